import assert from 'node:assert/strict';
import type { MethodRun } from '../../../src/core/methods/network';
import { severalLayers } from '../../../src/core/methods/several-layers';
import type { MethodFrame } from '../../../src/core/saliency';
import { assertClose, framesOf, resultOf } from './run';

async function* fake(whyBlank: string, frames: readonly Partial<MethodFrame>[], note?: string): MethodRun {
  for (const frame of frames)
    yield { done: 1, total: 1, height: 1, width: 2, map: new Float32Array(2), offset: 0, signed: false, ...frame };
  return { whyBlank, ...(note && { note }) };
}

const size = { width: 2, height: 1 };

describe('several layers', () => {
  it('are scaled each for itself and averaged', async () => {
    const runs = [
      () => fake('a', [{ map: Float32Array.of(0, 8) }]),
      () =>
        fake('b', [
          { map: Float32Array.of(3, 2), offset: 2, done: 1, total: 2 },
          { map: Float32Array.of(5, 2), offset: 2, done: 2, total: 2 },
        ]),
    ];
    const frames = await framesOf(severalLayers(runs, size));
    assertClose(frames[0]!.map, [0, 1]);
    assertClose(frames[1]!.map, [0.5, 0.5]);
    assert.deepEqual(
      frames.map(({ done, total }) => done / total),
      [0.5, 0.75, 1],
    );
  });

  it('keep the sign of signed maps', async () => {
    const runs = [-4, 2].map((x) => () => fake('', [{ map: Float32Array.of(x, 1), signed: true }]));
    const last = (await framesOf(severalLayers(runs, size))).at(-1)!;
    assertClose(last.map, [(-1 + 1) / 2, (0.25 + 0.5) / 2]);
    assert.ok(last.signed);
  });

  it('have a signed mean from the first signed map on, and a note says how many layers are signed', async () => {
    const runs = [
      () => fake('', [{ map: Float32Array.of(0, 1) }]),
      () => fake('', [{ map: Float32Array.of(-2, 0) }, { map: Float32Array.of(-2, 0), signed: true }], 'against'),
      () => fake('', [{ map: Float32Array.of(0, 1) }]),
    ];
    const frames = await framesOf(severalLayers(runs, size));
    assert.deepEqual(
      frames.map(({ signed }) => signed),
      [false, false, true, true],
    );
    assertClose(frames.at(-1)!.map, [-1 / 3, 2 / 3]);
    assert.equal((await resultOf(severalLayers(runs, size))).note, '1 of 3 layers: against');
  });

  it('are resized to the input; a layer begins when it is its turn; blank ones add nothing', async () => {
    const begun: string[] = [];
    const runs = ['first', 'second'].map((name) => () => {
      begun.push(name);
      return fake(name, [{ height: 1, width: 1, map: Float32Array.of(3) }]);
    });
    const run = severalLayers(runs, size);
    assertClose(((await run.next()).value as MethodFrame).map, [0, 0]);
    assert.deepEqual(begun, ['first']);
    assertClose(((await run.next()).value as MethodFrame).map, [0, 0]);
    assert.deepEqual((await run.next()).value, { whyBlank: 'first; second' });
  });
});
