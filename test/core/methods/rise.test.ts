import assert from 'node:assert/strict';
import { createRandom } from '../../../src/core/methods/random';
import { randomMask } from '../../../src/core/methods/rise';
import { bilinearMatrix } from '../../../src/core/resize';
import { explain } from './run';
import { tinyNetwork } from './tiny-network';

const SIDE = 14;
const CELLS = 7;
const CELL = SIDE / CELLS;

/** E[M(a) M(b)] along one axis: sum over the offsets and cells of both weights, with the cells' own second moments. */
function overlap(a: number, b: number): number {
  const weights = bilinearMatrix(CELLS, (CELLS + 1) * CELL);
  let sum = 0;
  for (let offset = 0; offset < CELL; offset++) {
    for (let cell = 0; cell < CELLS; cell++) {
      sum += weights[(a + offset) * CELLS + cell]! * weights[(b + offset) * CELLS + cell]!;
    }
  }
  return sum / CELL;
}

/** E[M(a) M(b)] of two pixels, p^2 + p (1 - p) * (what the bilinear weights share). */
function secondMoment(a: readonly [number, number], b: readonly [number, number], p: number): number {
  return p ** 2 + p * (1 - p) * overlap(a[0], b[0]) * overlap(a[1], b[1]);
}

/** A network whose score is one pixel's value: 1 at (5, 8). */
const PIXEL = [5, 8] as const;
const network = tinyNetwork({
  image: [
    Array.from({ length: SIDE }, (_, i) =>
      Array.from({ length: SIDE }, (_, j) => Number(i === PIXEL[0] && j === PIXEL[1])),
    ),
  ],
  weights: [[1]],
  head: [[SIDE * SIDE], [0]],
});
/** Rates by y_0 - y_1 = the pixel's value, a linear score. */
const linear = { class: 0, contrast: { classes: [1], weight: 1 } };

describe('RISE', () => {
  it('of a network that looks at one pixel is E[M(pixel) M] / p', async () => {
    for (const probability of [0.5, 0.2]) {
      const masks = 4000;
      const { map, offset } = await explain(network, 'rise', linear, { masks, probability, seed: 11 });
      let worst = 0;
      for (let i = 0; i < SIDE; i++) {
        for (let j = 0; j < SIDE; j++) {
          const expected = secondMoment(PIXEL, [i, j], probability) / probability;
          // M1 M2 <= 1, so its variance is below E[M1 M2].
          const sigma = Math.sqrt(expected / probability / masks);
          worst = Math.max(worst, Math.abs(map[i * SIDE + j]! - expected) / sigma);
        }
      }
      assert.ok(worst < 4.5, `${worst} sigma away at worst`);
      assert.equal(map.indexOf(Math.max(...map)), PIXEL[0] * SIDE + PIXEL[1]);
      assert.equal(offset, Math.min(...map));
    }
  });

  it('the same seed gives the same map, another one another', async () => {
    const of = async (seed: number) => [...(await explain(network, 'rise', linear, { masks: 30, seed })).map];
    assert.deepEqual(await of(5), await of(5));
    assert.notDeepEqual(await of(5), await of(6));
  });

  it('masks are within [0, 1], with mean p, at sizes that cells do not divide', () => {
    const random = createRandom(0);
    let sum = 0;
    const [height, width, count] = [10, 17, 400];
    for (let i = 0; i < count; i++) {
      const mask = randomMask({ height, width }, 4, 0.3, random);
      assert.equal(mask.length, height * width);
      assert.ok(mask.every((m) => m >= 0 && m <= 1 + 1e-6));
      sum += mask.reduce((a, b) => a + b, 0);
    }
    assert.ok(Math.abs(sum / (count * height * width) - 0.3) < 0.02, `${sum / (count * height * width)}`);
  });
});
