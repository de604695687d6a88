/** Composes the page of an explanation: state, actions, components, and the connection to the host. */
import './editor.css';
import { reasonOf } from '../../src/core/errors';
import type { FromEditor, ToEditor } from '../../src/protocol/webview';

import { besideScript } from '../beside';
import { createPainter } from '../heat/painter';
import { connect, listen } from '../messages';
import { mount } from '../mount';
import { createActions } from './actions';
import { announce } from './announce';
import type { Editor } from './editor-model';
import { createPaintings } from './heat/paintings';
import { createHandlers } from './messages';
import { Page } from './page';
import { createEditorAsking } from './requests';
import { createSaving } from './saving';
import { listenToKeys } from './stage/gestures';
import { createView } from './stage/view';
import { SAVED, type Saved } from './state';
import { createStore } from './store';
import { createThumbnails } from './strip/thumbnails';

const { post, saved: kept, save } = connect<FromEditor, Saved>(SAVED);
/** The host restores a panel from this text, so it is part of the saved state. */
const { restore } = document.body.dataset;
const saving = createSaving({ ...kept, ...(restore !== undefined && { restore }) }, save);
const failed = (thrown: unknown) => post({ type: 'error', message: reasonOf(thrown) });
const paint = createPainter(besideScript('heat-worker.js'), (text) => post({ type: 'log', text }));
const paintings = createPaintings(paint, failed);
const store = createStore(saving.saved, failed);
const view = createView(store, saving, post);
const { ask, settle } = createEditorAsking(post);
const actions = createActions(store, view, saving, paint, post, ask);
const thumbnails = createThumbnails((index) => ask('thumbnail', { index }));
const editor: Editor = { store, view, actions, thumbnails, paintings };

mount(<Page editor={editor} />);
announce(store);
listenToKeys({
  pan: view.pan,
  probe: view.probeBy,
  probePeak: view.probePeak,
  zoomIn: view.zoomIn,
  zoomOut: view.zoomOut,
  fit: view.fit,
  actual: () => view.actual(),
  original(held) {
    store.isOriginalHeld.value = held;
  },
  enlarge: view.toggleEnlarged,
  escape: actions.escape,
});
listen<ToEditor>(createHandlers(editor, saving, post, settle));

const { questions, style, focused } = saving.saved.value;
post({
  type: 'ready',
  ...(questions !== undefined && { questions }),
  ...(style && { style }),
  ...(focused !== undefined && { focused }),
});
