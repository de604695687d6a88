import { strict as assert } from 'node:assert';
import { DEFAULT_STYLE } from '../../src/core/types';
import {
  initialState,
  nextImage,
  type PanelEvent,
  type PanelState,
  reduce,
  TOP_CLASS,
  type Wanted,
} from '../../src/extension/panel-state';
import { summaryOf } from '../../src/extension/summary';
import { explanation, frame, info } from './support';

const opened = (...names: string[]) => initialState(names, DEFAULT_STYLE, false);
const apply = (state: PanelState, ...events: PanelEvent[]) => events.reduce(reduce, state);
const asked = (image: number, ...wanted: Wanted[]): PanelEvent => ({ type: 'asked', image, wanted });
const bee: Wanted = { target: { index: 1 }, title: 'bee' };
const cat: Wanted = { target: { index: 2 }, title: 'cat' };
const explained = (image: number, run: number, slot: number, index: number): PanelEvent => {
  const found = explanation(index);
  return { type: 'explained', image, run, slot, explanation: found, summary: summaryOf(found, info) };
};
const failed = (image: number, run: number, slot: number): PanelEvent => ({
  type: 'failed',
  image,
  run,
  slot,
  code: 'unsupported-operator',
  message: 'operator Einsum',
});
const kinds = (state: PanelState, image = 0) => state.images[image]!.slots.map((slot) => slot.shown.state.kind);
const statuses = (state: PanelState) => state.images.map((image) => image.status);

describe('the state of a panel', () => {
  it('goes from the question over frames to the answer', () => {
    let state = apply(opened('a'), asked(0, TOP_CLASS), { type: 'started', image: 0 });
    assert.deepEqual(statuses(state), ['working']);
    state = apply(state, { type: 'frame', image: 0, run: 1, slot: 0, frame: frame(8) });
    const shown = state.images[0]!.slots[0]!.shown;
    assert.deepEqual(shown.state, { kind: 'working', text: 'Running passes', done: 8, total: 32 });
    assert.equal(shown.frame?.done, 8);
    state = apply(state, explained(0, 1, 0, 2));
    assert.deepEqual(statuses(state), ['done']);
    assert.equal(state.images[0]!.slots[0]!.shown.title, 'label 2');
    assert.equal(state.images[0]!.slots[0]!.explanation?.class, 2);
  });

  it('drops what belongs to an older question', () => {
    const first = apply(opened('a'), asked(0, TOP_CLASS), { type: 'started', image: 0 });
    const second = apply(first, asked(0, bee));
    const late = apply(
      second,
      { type: 'frame', image: 0, run: 1, slot: 0, frame: frame(16) },
      explained(0, 1, 0, 0),
      failed(0, 1, 0),
    );
    assert.deepEqual(late, second);
    assert.deepEqual(kinds(late), ['working']);
    assert.equal(late.images[0]!.slots[0]!.shown.frame, undefined);
  });

  it('is done when both of two classes are', () => {
    let state = apply(opened('a'), asked(0, bee, cat), { type: 'started', image: 0 }, explained(0, 1, 0, 1));
    assert.deepEqual(statuses(state), ['working']);
    assert.deepEqual(kinds(state), ['done', 'working']);
    state = apply(state, explained(0, 1, 1, 2));
    assert.deepEqual(statuses(state), ['done']);
  });

  it('keeps finished classes when a later one fails, and offers what helps', () => {
    const state = apply(
      opened('a'),
      asked(0, bee, cat),
      { type: 'started', image: 0 },
      explained(0, 1, 0, 1),
      failed(0, 1, 1),
    );
    assert.deepEqual(kinds(state), ['done', 'failed']);
    assert.deepEqual(statuses(state), ['failed']);
    const shown = state.images[0]!.slots[1]!.shown.state;
    assert.ok(shown.kind === 'failed');
    assert.deepEqual(
      shown.actions.map(({ id }) => id),
      ['choose-layer', 'gradient-free'],
    );
  });

  it('a failure leaves nothing that seems to be in work', () => {
    const state = apply(opened('a'), asked(0, bee, cat), { type: 'started', image: 0 }, failed(0, 1, 0));
    assert.deepEqual(kinds(state), ['failed', 'cancelled']);
  });

  it('cancelling stops the image in work and empties the queue', () => {
    const state = apply(
      opened('a', 'b', 'c'),
      asked(0, TOP_CLASS),
      asked(1, TOP_CLASS),
      { type: 'started', image: 0 },
      { type: 'cancelled' },
    );
    assert.deepEqual(statuses(state), ['cancelled', 'idle', 'idle']);
    assert.deepEqual(kinds(state), ['cancelled']);
    assert.equal(nextImage(state), undefined);
    assert.equal(state.images[0]!.run, 2, 'an answer that is on its way must be dropped');
  });

  it('asks the same again after a change, the top class as the top class', () => {
    const done = apply(
      opened('a', 'b'),
      asked(0, TOP_CLASS, bee),
      { type: 'started', image: 0 },
      explained(0, 1, 0, 2),
      explained(0, 1, 1, 1),
    );
    const state = apply(done, { type: 'refreshed', image: 0 }, { type: 'refreshed', image: 1 });
    assert.deepEqual(statuses(state), ['queued', 'idle']);
    assert.deepEqual(
      state.images[0]!.slots.map(({ target, shown }) => [target, shown.title]),
      [
        ['top', 'top class'],
        [{ index: 1 }, 'label 1'],
      ],
    );
  });

  it('keeps the probabilities while other classes are asked for, and forgets them with the model', () => {
    const done = apply(opened('a'), asked(0, TOP_CLASS), { type: 'started', image: 0 }, explained(0, 1, 0, 2));
    assert.equal(done.images[0]!.probabilities, done.images[0]!.slots[0]!.explanation?.probabilities);
    const other = apply(done, asked(0, bee));
    assert.equal(other.images[0]!.probabilities, done.images[0]!.probabilities);
    const chosen = apply(other, { type: 'refreshed', image: 0, wanted: [TOP_CLASS] });
    assert.equal(chosen.images[0]!.probabilities, undefined);
    assert.deepEqual(
      chosen.images[0]!.slots.map(({ target }) => target),
      ['top'],
    );
  });
});

describe('the queue of a panel', () => {
  const queued = apply(opened('a', 'b', 'c'), ...[0, 1, 2].map((image) => asked(image, TOP_CLASS)));

  it('takes the image on screen first, then the others in order', () => {
    assert.equal(nextImage(queued), 0);
    assert.equal(nextImage(apply(queued, { type: 'selected', image: 2 })), 2);
    const third = apply(queued, { type: 'selected', image: 2 }, { type: 'started', image: 2 });
    assert.equal(nextImage(third), 0);
  });

  it('a preempted image waits again, with the classes it has', () => {
    const state = apply(queued, asked(1, bee, cat), { type: 'started', image: 1 }, explained(1, 2, 0, 1), {
      type: 'preempted',
      image: 1,
    });
    assert.equal(state.images[1]!.status, 'queued');
    assert.deepEqual(kinds(state, 1), ['done', 'working']);
  });

  it('selecting an image that was never explained asks for it; another selection asks nothing', () => {
    const idle = opened('a', 'b');
    assert.deepEqual(statuses(apply(idle, { type: 'selected', image: 1 })), ['idle', 'queued']);
    const done = apply(idle, asked(1, TOP_CLASS), { type: 'started', image: 1 }, explained(1, 1, 0, 0));
    assert.deepEqual(statuses(apply(done, { type: 'selected', image: 1 })), ['idle', 'done']);
    assert.equal(apply(idle, { type: 'selected', image: 7 }), idle);
  });
});
