/** What the editor page knows, without the DOM: what follows from what the host has told and from what is kept. */
import assert from 'node:assert/strict';
import { signal } from '@preact/signals';
import type { FromEditor } from '../../../src/protocol/webview';
import { createView } from '../../../webview/editor/stage/view';
import type { Saved } from '../../../webview/editor/state';
import { createStore } from '../../../webview/editor/store';
import { CAT, comparison, DOG, editorState, SCENE } from '../support/states';

const PICTURE = 'cat-and-dog.png';

/** A page that is told of some slots, with its picture decoded unless it is left out. */
function pageOf(slots: Parameters<typeof editorState>[0], { saved = {}, more = {}, isDecoded = true } = {}) {
  const kept = signal<Saved>(saved);
  const posted: FromEditor[] = [];
  const keep = (change: Saved) => {
    kept.value = { ...kept.value, ...change };
  };
  const store = createStore(kept, (thrown) => assert.fail(String(thrown)));
  const view = createView(store, { saved: kept, keep, keepSoon: keep }, (message) => posted.push(message));
  store.told.value = editorState(slots, { picture: { uri: PICTURE }, ...more });
  const image = { naturalWidth: SCENE.width, naturalHeight: SCENE.height } as HTMLImageElement;
  if (isDecoded) store.photograph.decoded(PICTURE, image);
  return { store, view, posted, image };
}

describe('the store of the editor page', () => {
  it('shows no result before the photograph is loaded', () => {
    const { store, image } = pageOf([CAT], { isDecoded: false });
    assert.deepEqual([store.overall.value, store.heats.value.size, store.summary.value], ['working', 0, undefined]);
    assert.equal(store.isReady.value, false);
    store.photograph.decoded(PICTURE, image);
    assert.deepEqual([store.overall.value, store.heats.value.size], ['done', 1]);
    assert.deepEqual([store.summary.value?.class.label, store.isReady.value], ['cat', true]);
  });

  it('has a pane for each slot, and one for the difference of two classes', () => {
    assert.deepEqual(pageOf([]).store.panes.value, ['0']);
    assert.deepEqual(pageOf([CAT, DOG]).store.panes.value, ['0', '1', 'difference']);
    const methods = pageOf(comparison(2), { more: { comparedBy: 'methods' } });
    assert.deepEqual(methods.store.panes.value, ['0', '1']);
  });

  it('takes the size of the image from where it is known first', () => {
    const unknown = { size: undefined };
    assert.deepEqual(pageOf([CAT]).store.size.value, SCENE);
    assert.deepEqual(pageOf([{ ...CAT, frame: undefined! }], { more: unknown }).store.size.value, SCENE);
    assert.equal(pageOf([], { more: unknown, isDecoded: false }).store.size.value, undefined);
  });

  it('enlarges one of several alone', () => {
    const saved = { enlarged: '1' };
    assert.equal(pageOf([CAT, DOG], { saved }).store.isEnlarged.value, true);
    assert.equal(pageOf([CAT], { saved }).store.isEnlarged.value, false);
  });
});

describe('the view of the editor page', () => {
  const PANE = { width: 256, height: 256 };

  it('has a place for the image once image and pane have a size, and zooms about the centre', () => {
    const { view } = pageOf([CAT]);
    assert.equal(view.placement.value, undefined);
    view.zoom(2);
    view.paneView.value = PANE;
    assert.equal(view.isPannable.value, false);
    view.actual();
    assert.deepEqual(view.placement.value, { scale: 1, left: -128, top: -128 });
    assert.equal(view.isPannable.value, true);
  });

  it('rings the probe where no pointer is: with keys in all panes, else in the others', () => {
    // A copy that can't be decoded: there is heat, and no picture to read colours from.
    const picture = { png: Uint8Array.of(0) };
    const { view, store } = pageOf([CAT, DOG], { more: { picture }, isDecoded: false });
    store.photograph.failed(store.photograph.source.value!);
    view.paneView.value = PANE;
    view.hover({ x: 128, y: 128 }, '0');
    assert.deepEqual([view.ringIn('0'), typeof view.ringIn('1')], [undefined, 'object']);
    view.probePeak();
    assert.deepEqual(view.ringIn('0'), view.ringIn('1'));
    assert.equal(view.values.value.get('0'), '1.00');
    view.clearProbe();
    assert.deepEqual([view.ringIn('1'), view.reading.value], [undefined, '']);
  });

  it('tells the host which slot has the focus, once; the difference belongs to the first', () => {
    const { view, store, posted } = pageOf([CAT, DOG]);
    view.focus('1');
    view.focus('1');
    view.focus('difference');
    assert.deepEqual(posted, [
      { type: 'focused', slot: 1 },
      { type: 'focused', slot: 0 },
    ]);
    assert.equal(store.saved.value.focused, 0);
  });
});
