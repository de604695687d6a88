import assert from 'node:assert/strict';
import type { Frame } from '../../src/core/saliency';
import { read } from '../../src/core/schema';
import { DEFAULT_STYLE } from '../../src/core/style';
import type { EditorState, ShownImage, Slot, SlotState } from '../../src/protocol/webview';
import { duration, facts, signedValue, stateText } from '../../webview/editor/facts';
import { canvasSize, differenceOf, heatOf } from '../../webview/editor/heat/heat';
import { samePicture } from '../../webview/editor/stage/pictures';
import { changed, overall, SAVED, type Saved } from '../../webview/editor/state';
import { percentOf } from '../../webview/numbers';
import { CAT, DOG, editorState, hillOn, strip, summary } from './support/states';

const slot = (state: SlotState): Slot => ({ title: 'cat', state });
const WORKING: SlotState = { kind: 'working', text: 'Running passes', done: 4, total: 32 };
const FAILED: SlotState = { kind: 'failed', code: 'internal', message: 'broken', actions: [] };

describe('the state of the editor page', () => {
  const state: EditorState = editorState([CAT, DOG]);

  it('is replaced as a whole, or by slot, by tile, or by what is shown of the image', () => {
    assert.equal(changed(undefined, { type: 'state', state }), state);
    const after = changed(state, { type: 'slot', index: 1, slot: slot(WORKING) });
    assert.deepEqual(after?.slots, [CAT, slot(WORKING)]);
    assert.deepEqual(state.slots, [CAT, DOG]);
    const several = { ...state, strip };
    const tiled = changed(several, { type: 'tiles', tiles: [{ index: 4, state: 'cancelled' }] });
    assert.deepEqual(tiled?.strip, [...strip.slice(0, 4), { ...strip[4], state: 'cancelled' }]);
    assert.deepEqual([tiled?.active, tiled?.slots], [0, state.slots]);
    const image = { active: 3, name: 'd.png', slots: [CAT], assessment: [{}] } as unknown as ShownImage;
    const { picture, size, comparedBy, ...rest } = several;
    assert.deepEqual(changed(several, { type: 'image', image }), { ...rest, ...image }, 'the picture is of another');
    assert.equal(changed(several, { type: 'changed', change: { questions: '7' } })?.questions, '7');
  });

  it('removes measurements that no longer belong to the map', () => {
    const sanity = { work: { kind: 'done' }, maps: [] } as const;
    const known = { ...state, assessment: [{ sanity }, { sanity }] };
    const after = changed(known, { type: 'assessment', index: 1, assessment: { sanity: null } });
    assert.deepEqual(after?.assessment, [{ sanity }, {}]);
  });

  it('stays empty until the host has sent it whole', () => {
    assert.equal(changed(undefined, { type: 'slot', index: 0, slot: CAT }), undefined);
  });

  for (const [expected, states] of [
    ['empty', []],
    ['working', [CAT.state, WORKING]],
    ['failed', [CAT.state, FAILED]],
    ['working', [FAILED, WORKING]],
    ['cancelled', [CAT.state, { kind: 'cancelled' }]],
    ['done', [CAT.state, DOG.state]],
  ] as const) {
    it(`[${states.map(({ kind }) => kind)}] is ${expected}`, () => {
      assert.equal(overall(states.map((each) => slot(each))), expected);
    });
  }
});

describe('texts of the editor page', () => {
  it('name the state', () => {
    assert.equal(stateText(slot(WORKING)), 'Running passes 4/32');
    assert.equal(stateText(slot({ ...WORKING, total: 0 })), 'Running passes');
    assert.equal(stateText(slot(FAILED)), 'broken');
    assert.equal(stateText(CAT), 'cat, 61.2 %');
    const blank = slot({ kind: 'done', summary: summary('cat', 10, 0.5, { blank: 'All negative.' }) });
    assert.equal(stateText(blank), 'cat: All negative.');
  });

  it('name the facts, the layer without its batch', () => {
    const pieces = facts(summary('cat', 10, 0.5, { milliseconds: 1234, passes: 1 }));
    assert.deepEqual(pieces.slice(1), [
      'features.12 (128 × 16 × 16)',
      'demo-objects (demo model)',
      'cpu',
      '1.23 s',
      '1 pass',
    ]);
  });

  it('name the layers of a mean, which has no shape of its own', () => {
    const pieces = facts(summary('cat', 10, 0.5, { layer: 'conv + relu', layerShape: [] }));
    assert.equal(pieces[1], 'mean of conv + relu');
  });

  it('name no layer for a method that uses none', () => {
    const { layer: _, ...without } = summary('cat', 10, 0.5);
    assert.deepEqual(facts(without).slice(1, 3), ['demo-objects (demo model)', 'cpu']);
  });

  it('write numbers', () => {
    assert.equal(percentOf(0.6123, 'softmax'), '61.2 %');
    assert.equal(percentOf(0.0004, 'sigmoid'), '< 0.1 %');
    assert.equal(percentOf(0, 'softmax'), '0.0 %');
    assert.equal(percentOf(12.34567, 'none'), '12.35');
    assert.equal(duration(412.4), '412 ms');
    assert.equal(signedValue(-0.5), '−0.50');
    assert.equal(signedValue(0.5), '+0.50');
  });
});

describe('heat', () => {
  const typed = (frame: Frame): Frame => ({ ...frame, map: Float32Array.from(frame.map) });
  const [cat, dog] = [typed(hillOn('cat')), typed(hillOn('dog'))];

  it('has its peak on the object, and the value 1 there', () => {
    const heat = heatOf(cat);
    const { x, y } = heat.peak();
    assert.ok(x > 206 && x < 206 + 211 && y > 84 && y < 84 + 212, `${x}, ${y}`);
    assert.ok(heat.valueAt(x, y) > 0.99);
    assert.equal(heatOf(cat), heat);
  });

  it('as a difference is the first minus the second', () => {
    const difference = differenceOf(cat, dog)!;
    const [a, b] = [heatOf(cat), heatOf(dog)];
    for (const [x, y] of [
      [0, 0],
      [311, 190],
      [115, 286],
    ] as const) {
      assert.ok(Math.abs(difference.valueAt(x, y) - (a.valueAt(x, y) - b.valueAt(x, y))) < 1e-6);
    }
  });

  it('with a sign keeps it, and a difference of two such maps stays within [-1, 1]', () => {
    const [plus, minus] = [1, -1].map((sign) =>
      heatOf({ ...cat, signed: true, map: cat.map.map((value) => sign * value) }),
    );
    const { x, y } = plus!.peak();
    assert.deepEqual([plus!.signed, heatOf(cat).signed], [true, false]);
    assert.ok(plus!.valueAt(x, y) > 0.99 && minus!.valueAt(x, y) < -0.99);
    const negated = { ...cat, signed: true, map: cat.map.map((value) => -value) };
    const apart = differenceOf({ ...cat, signed: true }, negated)!.valueAt(x, y);
    assert.ok(apart > 0.99 && apart <= 1, `${apart}`);
  });

  it('of maps of different sizes has no difference', () => {
    assert.equal(differenceOf(cat, { ...dog, inputSize: { width: 64, height: 64 } }), undefined);
  });

  it('is drawn with 640 pixels on the longer side, a frame with half of them, never with none on the shorter', () => {
    assert.deepEqual(canvasSize({ width: 4000, height: 3000 }, false), { width: 320, height: 240 });
    assert.deepEqual(canvasSize({ width: 4000, height: 3000 }, true), { width: 640, height: 480 });
    assert.deepEqual(canvasSize({ width: 32, height: 32 }, true), { width: 640, height: 640 });
    assert.deepEqual(canvasSize({ width: 9000, height: 2 }, true), { width: 640, height: 1 });
  });
});

describe('pictures', () => {
  const png = (...bytes: number[]) => ({ png: Uint8Array.from(bytes) });
  it('are the same by address or by content, since messages are copies', () => {
    assert.ok(samePicture({ uri: 'a' }, { uri: 'a' }));
    assert.ok(!samePicture({ uri: 'a' }, { uri: 'b' }));
    assert.ok(samePicture(png(1, 2), png(1, 2)));
    assert.ok(!samePicture(png(1, 2), png(1, 3)));
    assert.ok(!samePicture(png(1), { uri: 'a' }));
    assert.ok(!samePicture(undefined, { uri: 'a' }));
  });
});

describe('what the editor page keeps', () => {
  const kept: Saved = {
    style: DEFAULT_STYLE,
    focused: 1,
    viewport: { zoom: 'fit', x: 0.5, y: 0.5 },
    restore: '{}',
    walk: { metric: 'insertion', fraction: 0.25, shown: true },
  };
  const present = (data: unknown) => {
    const found = read(SAVED, data);
    return 'value' in found
      ? Object.fromEntries(Object.entries(found.value).filter(([, value]) => value !== undefined))
      : undefined;
  };

  it('is read as it was saved', () => assert.deepEqual(present(structuredClone(kept)), kept));

  it('loses what is damaged or of another version, and that alone', () => {
    const { restore, focused } = kept;
    const damaged = {
      style: { ...DEFAULT_STYLE, colormap: 'rainbow' },
      viewport: { zoom: 0, x: 0.5, y: 0.5 },
      walk: { metric: 'deletion', fraction: 7, shown: true },
      measuring: 'yes',
      of: 'another version',
    };
    assert.deepEqual(present({ restore, focused, ...damaged }), { restore, focused });
  });

  for (const data of [undefined, null, 'state', [kept]]) {
    it(`is nothing where ${JSON.stringify(data)} was saved`, () => assert.equal(present(data), undefined));
  }
});
