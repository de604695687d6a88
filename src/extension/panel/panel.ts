/**
 * One explanation panel: its webview, its images, and the queues that work for it. State changes only through the
 * store. Each change is sent to the webview, and the whole state again whenever the webview is loaded again.
 */
import { isDeepStrictEqual } from 'node:util';
import * as vscode from 'vscode';
import { FROM_EDITOR, type FromEditor } from '../../protocol/webview';
import { TOP_CLASS, type Wanted } from '../explanation/comparison';
import type { ImageFile } from '../images/image-file';
import { nameOf } from '../images/targets';
import { watchUris } from '../model/watch';
import { answering, type Handlers, receiver } from '../receive';
import { readSettings } from '../settings';
import { createPageLine, type PageLine } from './page-line';
import { createPanelActions, type PanelActions } from './panel-actions';
import { editorState, messagesBetween } from './panel-messages';
import type { PanelPictures } from './panel-pictures';
import { initialState } from './panel-state';
import { createPanelStore, type PanelStore } from './panel-store';
import type { Panel, PanelServices } from './panel-types';
import { createPanelWork } from './panel-work';
import { restyled } from './restyled';

export function createPanel(
  webviewPanel: vscode.WebviewPanel,
  first: readonly ImageFile[],
  services: PanelServices,
  wanted: readonly Wanted[] = [TOP_CLASS],
): Panel {
  const images = [...first];
  const changed = new vscode.EventEmitter<void>();
  const isDemo = () => services.model.choice().path === undefined;
  const names = images.map(({ uri }) => nameOf(uri));
  const page = createPageLine(webviewPanel);
  const store = createPanelStore(initialState(names, readSettings().style, isDemo()), (before) => {
    messagesBetween(before, store.state).forEach(page.send);
    changed.fire();
    work.update();
  });
  const place = { webview: webviewPanel.webview, isActive: () => webviewPanel.active };
  const work = createPanelWork(store, images, place, page.send, services);
  const { pictures } = work;
  const actions = createPanelActions(store, images, pictures, services);

  const handlers = pageHandlers(store, page, pictures, actions, services);
  const filesOf = (shown: readonly ImageFile[]) => shown.flatMap(({ uri, bytes }) => (bytes ? [] : [uri]));
  const watched = watchUris(filesOf(images), (addresses) => {
    const indices = images.flatMap(({ uri }, index) => (addresses.includes(String(uri)) ? [index] : []));
    pictures.reload(indices);
    store.dispatch(...indices.map((image) => ({ type: 'refreshed', image }) as const));
  });
  const subscriptions = [
    webviewPanel.webview.onDidReceiveMessage(receiver(FROM_EDITOR, handlers, services.log.warn)),
    webviewPanel.onDidChangeViewState(() => {
      if (!webviewPanel.visible) page.gone();
      if (webviewPanel.active) work.attend();
      changed.fire();
    }),
    services.model.onDidInspect(() => changed.fire()),
    watched,
    work,
    changed,
  ];
  let isDisposed = false;
  /** The image that was to be shown last in place of the first one. */
  let replacing: ImageFile | undefined;
  webviewPanel.onDidDispose(() => {
    isDisposed = true;
    store.close();
    page.gone();
    for (const item of subscriptions) item.dispose();
  });

  pictures.showMissing();
  const known = ({ truth }: ImageFile) => truth !== undefined && { truth };
  store.dispatch(...images.map((file, image) => ({ type: 'asked', image, wanted, ...known(file) }) as const));

  let { style } = readSettings();
  return {
    webviewPanel,
    images,
    model: services.model,
    get state() {
      return store.state;
    },
    onDidChange: changed.event,
    get wanted() {
      return store.wanted;
    },
    explain: (wanted) => {
      // The panel may be closed while its picker is open.
      if (isDisposed) return;
      if (!webviewPanel.visible) webviewPanel.reveal(undefined, true);
      actions.ask(wanted);
    },
    select: (image) => {
      if (images[image]) actions.select(image);
    },
    replace: async (image, wanted) => {
      replacing = image;
      const loaded = await pictures.exchange(0, image);
      if (isDisposed || replacing !== image) return;
      images[0] = image;
      watched.follow(filesOf(images));
      // Picture and name change together, so that nothing flickers.
      store.dispatch({ type: 'replaced', image: 0, name: nameOf(image.uri), wanted, ...known(image), ...loaded });
      pictures.showActive();
    },
    keep: (restore) => store.dispatch({ type: 'restore', restore }),
    cancel: () => {
      store.dispatch({ type: 'cancelled' });
      store.dispatch({ type: 'assessment-cancelled', part: 'measurement' });
      store.dispatch({ type: 'assessment-cancelled', part: 'sanity' });
    },
    resume: () => store.dispatch({ type: 'resumed' }),
    refresh: (change) => {
      pictures.showMissing();
      const type = change === 'chosen' && !services.model.isOwn ? 'remodelled' : 'refreshed';
      store.dispatch({ type: 'demo', demo: isDemo() }, ...images.map((_, image) => ({ type, image }) as const));
    },
    restyle: () => {
      const before = style;
      style = readSettings().style;
      store.dispatch({ type: 'style', style: restyled(store.state.style, before, style) });
    },
    choose: (chosen) => {
      if (!isDeepStrictEqual(chosen, store.state.chosen)) store.dispatch({ type: 'chosen', chosen });
    },
    send: page.send,
    command: page.command,
    export: async (kind) => {
      webviewPanel.reveal();
      const text = await actions.exportFocused(kind);
      if (text) page.send({ type: 'notice', text });
    },
    stopComparing: () => {
      webviewPanel.reveal();
      actions.askAlone();
    },
  };
}

/** What each message of the page does. */
function pageHandlers(
  store: PanelStore,
  page: PageLine,
  pictures: PanelPictures,
  actions: PanelActions,
  { report, log }: PanelServices,
): Handlers<FromEditor> {
  const { dispatch, take } = store;
  /** True until the page has loaded for the first time. The page of a restored panel has state that the host lacks. */
  let isNew = true;
  return {
    ready: (message) => {
      const isFirst = isNew;
      if (isFirst) actions.restore(message);
      isNew = false;
      page.ready({ type: 'state', state: editorState(store.state), isFirst });
    },
    style: take,
    focused: take,
    cancel: () => dispatch({ type: 'cancelled' }),
    resume: () => dispatch({ type: 'resumed' }),
    request: answering(
      {
        thumbnail: ({ index }) => pictures.thumbnails.make(index),
        export: ({ kind }) => actions.exportFocused(kind),
      },
      page.send,
    ),
    drawn: page.drawn,
    assessment: actions.gather,
    'cancel-assessment': ({ part }) => dispatch({ type: 'assessment-cancelled', part }),
    select: ({ index }) => actions.select(index),
    alone: actions.askAlone,
    action: ({ id }) => actions.act(id),
    unshowable: pictures.showByEngine,
    error: ({ message }) => report(new Error(message)),
    log: ({ text }) => log.warn(text),
  };
}
