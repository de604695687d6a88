import { strict as assert } from 'node:assert';
import { DEFAULT_STYLE } from '../../../src/core/style';
import { TOP_CLASS, type Wanted } from '../../../src/extension/explanation/comparison';
import { tooFar } from '../../../src/extension/panel/panel-memory';
import { editorState } from '../../../src/extension/panel/panel-messages';
import {
  initialState,
  nextImage,
  type PanelEvent,
  type PanelState,
  reduce,
} from '../../../src/extension/panel/panel-state';
import { restyled } from '../../../src/extension/panel/restyled';
import { summaryOf } from '../../../src/extension/status/summary';
import { explanation, frame, info } from '../support';

const opened = (...names: string[]) => initialState(names, DEFAULT_STYLE, false);
const apply = (state: PanelState, ...events: PanelEvent[]) => events.reduce(reduce, state);
const asked = (image: number, ...wanted: Wanted[]): PanelEvent => ({ type: 'asked', image, wanted });
const bee: Wanted = { target: { index: 1 }, title: 'bee' };
const cat: Wanted = { target: { index: 2 }, title: 'cat' };
const started = (image: number, run: number, slot = 0): PanelEvent => ({ type: 'started', image, run, slot });
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
  it('another image takes the place of one with its picture, and nothing of the one before is left', () => {
    const before = [
      { type: 'asked', image: 0, wanted: [TOP_CLASS] },
      { type: 'picture', image: 0, picture: { uri: 'a' }, size: { width: 4, height: 2 } },
      { type: 'started', image: 0, run: 1, slot: 0 },
      {
        type: 'explained',
        image: 0,
        run: 1,
        slot: 0,
        explanation: explanation(1),
        summary: summaryOf(explanation(1), info),
      },
    ] satisfies PanelEvent[];
    const shown = before.reduce(reduce, initialState(['a.png'], DEFAULT_STYLE, false));
    const wanted = [{ target: { index: 2 }, title: 'dog' }];
    const next = reduce(shown, { type: 'replaced', image: 0, name: 'b.png', wanted, picture: { uri: 'b' } });
    assert.deepEqual(next.images[0], {
      ...{ name: 'b.png', status: 'queued', run: 2, wanted, picture: { uri: 'b' } },
      slots: [{ shown: { title: 'dog', state: { kind: 'working', text: 'Waiting', done: 0, total: 0 } } }],
    });
    assert.equal(next.style, shown.style);
    const late = reduce(next, { type: 'frame', image: 0, run: 1, slot: 0, frame: frame(1) });
    assert.equal(late.images[0], next.images[0]);
  });

  it('goes from the question over frames to the answer', () => {
    let state = apply(opened('a'), asked(0, TOP_CLASS), started(0, 1));
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

  it('says that another explanation goes first, with what was found so far, and then that it goes on', () => {
    const at = { image: 0, run: 1, slot: 0 };
    const stage = (state: PanelState) => state.images[0]!.slots[0]!.shown.state;
    let state = apply(opened('a'), asked(0, TOP_CLASS), started(0, 1), { type: 'waits', ...at, waits: true });
    assert.deepEqual(stage(state), { kind: 'working', text: 'Waiting for another explanation', done: 0, total: 0 });
    state = apply(state, { type: 'waits', ...at, waits: false });
    assert.deepEqual(stage(state), { kind: 'working', text: 'Preparing', done: 0, total: 0 });
    state = apply(state, { type: 'frame', ...at, frame: frame(8) }, { type: 'waits', ...at, waits: true });
    assert.deepEqual(stage(state), { kind: 'working', text: 'Waiting for another explanation at', done: 8, total: 32 });
    assert.equal(state.images[0]!.slots[0]!.shown.frame?.done, 8);
    state = apply(state, { type: 'waits', ...at, waits: false });
    assert.deepEqual(stage(state), { kind: 'working', text: 'Running passes', done: 8, total: 32 });
  });

  it('drops what belongs to an older question', () => {
    const first = apply(opened('a'), asked(0, TOP_CLASS), started(0, 1));
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
    let state = apply(opened('a'), asked(0, bee, cat), started(0, 1), explained(0, 1, 0, 1));
    assert.deepEqual(statuses(state), ['working']);
    assert.deepEqual(kinds(state), ['done', 'working']);
    state = apply(state, explained(0, 1, 1, 2));
    assert.deepEqual(statuses(state), ['done']);
  });

  it('one failure keeps no other explanation from being made, and offers what helps', () => {
    let state = apply(opened('a'), asked(0, bee, cat), started(0, 1), failed(0, 1, 0));
    assert.deepEqual(kinds(state), ['failed', 'working']);
    assert.deepEqual(statuses(state), ['working']);
    state = apply(state, started(0, 1, 1), explained(0, 1, 1, 2));
    assert.deepEqual(kinds(state), ['failed', 'done']);
    assert.deepEqual(statuses(state), ['failed']);
    const shown = state.images[0]!.slots[0]!.shown.state;
    assert.ok(shown.kind === 'failed');
    assert.deepEqual(
      shown.actions.map(({ id }) => id),
      ['choose-layer', 'gradient-free'],
    );
  });

  it('a retry asks for what is not done, and for nothing when all is', () => {
    const state = apply(opened('a'), asked(0, bee, cat), started(0, 1), explained(0, 1, 0, 1), failed(0, 1, 1));
    const again = apply(state, { type: 'retried', image: 0 });
    assert.deepEqual(kinds(again), ['done', 'working']);
    assert.deepEqual([again.images[0]!.status, again.images[0]!.run], ['queued', 2]);
    const done = apply(again, started(0, 2, 1), explained(0, 2, 1, 2));
    assert.equal(apply(done, { type: 'retried', image: 0 }).images[0], done.images[0]);
  });

  it('of several only the one in work is prepared; the others wait', () => {
    const state = apply(opened('a'), asked(0, bee, cat), started(0, 1, 1));
    const texts = state.images[0]!.slots.map(({ shown }) => shown.state.kind === 'working' && shown.state.text);
    assert.deepEqual(texts, ['Waiting', 'Preparing']);
  });

  it('a comparison of methods keeps their names for titles, one of classes their labels', () => {
    const rise: Wanted = { target: 'top', title: 'RISE', method: 'rise' };
    const cam: Wanted = { target: 'top', title: 'CAM', method: 'cam' };
    const titles = (...wanted: Wanted[]) =>
      apply(opened('a'), asked(0, ...wanted), explained(0, 1, 0, 1), explained(0, 1, 1, 2)).images[0]!.slots.map(
        ({ shown }) => shown.title,
      );
    assert.deepEqual(titles(rise, cam), ['RISE', 'CAM']);
    assert.deepEqual(titles(bee, cat), ['label 1', 'label 2']);
  });

  it("another model's probabilities are not those of the classes in the side panel", () => {
    const other: Wanted = { target: 'top', title: 'b.onnx', model: { path: '/b.onnx' } };
    const state = apply(opened('a'), asked(0, TOP_CLASS, other), explained(0, 1, 0, 1), explained(0, 1, 1, 2));
    assert.equal(state.images[0]!.probabilities, state.images[0]!.slots[0]!.explanation?.probabilities);
  });

  it('cancelling stops the image in work and the queue, which goes on where it was when it is resumed', () => {
    const queue = apply(opened('a', 'b', 'c'), asked(0, TOP_CLASS), asked(1, bee, cat), asked(2, bee));
    const working = apply(queue, started(0, 1), explained(0, 1, 0, 1), started(1, 1), explained(1, 1, 0, 1));
    const state = apply(working, { type: 'cancelled' });
    assert.deepEqual(statuses(state), ['done', 'cancelled', 'stopped']);
    assert.deepEqual([kinds(state, 1), kinds(state, 2)], [['done', 'cancelled'], ['cancelled']]);
    assert.equal(nextImage(state), undefined);
    assert.equal(state.images[1]!.run, 2, 'an answer that is on its way must be dropped');
    const resumed = apply(state, { type: 'resumed' });
    assert.deepEqual(statuses(resumed), ['done', 'queued', 'queued']);
    assert.deepEqual([kinds(resumed, 1), kinds(resumed, 2)], [['done', 'working'], ['working']]);
    assert.deepEqual(resumed.images[2]!.wanted, [bee]);
    assert.equal(resumed.images[0], working.images[0], 'what is done is not asked again');
  });

  it('a stopped queue stays so when a setting changes, and asks the new question when it is resumed', () => {
    const queue = apply(opened('a', 'b'), asked(0, TOP_CLASS), asked(1, bee), started(0, 1), explained(0, 1, 0, 1));
    const state = apply(queue, { type: 'cancelled' }, { type: 'remodelled', image: 1 });
    assert.deepEqual(statuses(state), ['done', 'stopped']);
    const resumed = apply(state, { type: 'resumed' }).images[1]!;
    assert.deepEqual([resumed.status, resumed.wanted], ['queued', [TOP_CLASS]]);
  });

  it('asks the same again after a change, the top class as the top class', () => {
    const done = apply(
      opened('a', 'b'),
      asked(0, TOP_CLASS, bee),
      started(0, 1),
      explained(0, 1, 0, 2),
      explained(0, 1, 1, 1),
    );
    const state = apply(done, { type: 'refreshed', image: 0 }, { type: 'refreshed', image: 1 });
    assert.deepEqual(statuses(state), ['queued', 'idle']);
    assert.deepEqual(state.images[0]!.wanted, [TOP_CLASS, bee]);
    assert.deepEqual(kinds(state), ['working', 'working']);
  });

  it('keeps the probabilities while other classes are asked for, and forgets them with the model', () => {
    const done = apply(opened('a'), asked(0, TOP_CLASS), started(0, 1), explained(0, 1, 0, 2));
    assert.equal(done.images[0]!.probabilities, done.images[0]!.slots[0]!.explanation?.probabilities);
    const other = apply(done, asked(0, bee));
    assert.equal(other.images[0]!.probabilities, done.images[0]!.probabilities);
    const chosen = apply(other, { type: 'remodelled', image: 0 });
    assert.equal(chosen.images[0]!.probabilities, undefined);
    assert.deepEqual(chosen.images[0]!.wanted, [TOP_CLASS]);
  });
});

describe('the memory of a panel', () => {
  const names = ['a', 'b', 'c', 'd', 'e'];
  const done = names.reduce(
    (state, _, image) => apply(state, asked(image, bee), started(image, 1), explained(image, 1, 0, 1)),
    opened(...names),
  );
  /** Of one map: two numbers. */
  const MAP = 8;

  it('releases only the maps that are farthest from the active image', () => {
    assert.deepEqual(tooFar(done, 5 * MAP), []);
    const third = apply(done, { type: 'selected', image: 2 });
    assert.deepEqual(tooFar(third, 3 * MAP).sort(), [0, 4]);
    assert.deepEqual(tooFar(third, 0).sort(), [0, 1, 3, 4]);
    const of = third.images[0]!.slots[0]!.explanation!;
    const measured = apply(third, {
      type: 'assessment',
      image: 0,
      slot: 0,
      of,
      change: { type: 'asked', part: 'sanity' },
    });
    assert.deepEqual(tooFar(measured, 3 * MAP), [4], 'what is measured stays');
  });

  it('asks for a released map again when its image is selected; until then the image counts as done', () => {
    const state = apply(done, { type: 'released', image: 4 });
    assert.equal(state.images[4]!.slots[0]!.explanation, undefined);
    assert.equal(state.images[4]!.slots[0]!.shown.frame, undefined);
    assert.deepEqual(statuses(state), statuses(done));
    assert.equal(nextImage(state), undefined);
    const selected = apply(state, { type: 'selected', image: 4 }).images[4]!;
    assert.deepEqual([selected.status, selected.wanted], ['queued', [bee]]);
    assert.equal(apply(state, { type: 'selected', image: 1 }).images[1], done.images[1]);
  });

  it('releases a picture', () => {
    const picture = { png: Uint8Array.of(1) };
    const state = apply(done, { type: 'picture', image: 1, picture, size: { width: 1, height: 2 } });
    assert.equal(state.images[1]!.picture, picture);
    const after = apply(state, { type: 'picture', image: 1 }).images[1]!;
    assert.deepEqual([after.picture, after.size], [undefined, { width: 1, height: 2 }]);
  });
});

describe('the view of a panel', () => {
  const { contour: _, ...others } = DEFAULT_STYLE;
  const style = { ...DEFAULT_STYLE, opacity: 0.9 };

  it('keeps the style that the user has chosen when other settings change', () => {
    assert.deepEqual(restyled(style, DEFAULT_STYLE, { ...others, contour: true }), { ...style, contour: true });
    assert.deepEqual(restyled(style, DEFAULT_STYLE, { ...DEFAULT_STYLE, opacity: 0.1 }), { ...style, opacity: 0.1 });
  });

  it('has the focus on a slot that is there', () => {
    const state = apply(opened('a'), asked(0, bee, cat), { type: 'focused', slot: 1 });
    assert.equal(editorState(state).focused, 1);
    assert.equal(editorState(apply(state, asked(0, bee))).focused, 0);
  });
});

describe('the queue of a panel', () => {
  const queued = apply(opened('a', 'b', 'c'), ...[0, 1, 2].map((image) => asked(image, TOP_CLASS)));

  it('takes the image on screen first, then the others in order', () => {
    assert.equal(nextImage(queued), 0);
    assert.equal(nextImage(apply(queued, { type: 'selected', image: 2 })), 2);
    const third = apply(queued, { type: 'selected', image: 2 }, started(2, 1));
    assert.equal(nextImage(third), 0);
  });

  it('a preempted image waits again, with the classes it has', () => {
    const state = apply(queued, asked(1, bee, cat), started(1, 1), explained(1, 2, 0, 1), {
      type: 'preempted',
      image: 1,
    });
    assert.equal(state.images[1]!.status, 'queued');
    assert.deepEqual(kinds(state, 1), ['done', 'working']);
  });

  it('selecting an image that was never explained asks for it; another selection asks nothing', () => {
    const idle = opened('a', 'b');
    assert.deepEqual(statuses(apply(idle, { type: 'selected', image: 1 })), ['idle', 'queued']);
    const done = apply(idle, asked(1, TOP_CLASS), started(1, 1), explained(1, 1, 0, 0));
    assert.deepEqual(statuses(apply(done, { type: 'selected', image: 1 })), ['idle', 'done']);
    assert.equal(apply(idle, { type: 'selected', image: 7 }), idle);
    const stopped = apply(queued, { type: 'cancelled' }, { type: 'selected', image: 1 });
    assert.deepEqual(statuses(stopped), ['stopped', 'queued', 'stopped']);
  });
});
