import assert from 'node:assert/strict';
import { addResampled, randomMasks } from '../../../src/core/methods/rise';
import { createRandom } from '../../../src/core/random';
import { bilinearMatrix, resizeMap } from '../../../src/core/resize';
import { resampled } from '../../support/maps';
import { assertClose, explain } from './run';
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
    const [height, width, count] = [10, 17, 400];
    let sum = 0;
    for (const { mask, resampling } of randomMasks({ height, width }, count, 4, 0.3, createRandom(0))) {
      const full = resampled(mask, resampling, height, width);
      assert.ok(full.every((m) => m >= 0 && m <= 1 + 1e-6));
      sum += full.reduce((a, b) => a + b, 0);
    }
    assert.ok(Math.abs(sum / (count * height * width) - 0.3) < 0.02, `${sum / (count * height * width)}`);
  });

  it('masks are added up as they are shown', () => {
    const [height, width] = [10, 17];
    const sum = new Float64Array(height * width).fill(1);
    const expected = [...sum];
    for (const [i, item] of [...randomMasks({ height, width }, 3, 4, 0.5, createRandom(1))].entries()) {
      addResampled(sum, item, i - 1);
      resampled(item.mask, item.resampling, height, width).forEach((m, at) => {
        expected[at]! += (i - 1) * m;
      });
    }
    assertClose(sum, expected, 1e-5);
  });

  it('a mask is a part of the upsampled grid, less than a cell from its corner', () => {
    const [height, width, cells] = [12, 8, 4];
    for (const { mask, resampling } of randomMasks({ height, width }, 20, cells, 0.5, createRandom(2))) {
      const [rows, columns] = [(cells + 1) * 3, (cells + 1) * 2];
      const grid = resizeMap(mask, cells, cells, rows, columns);
      const crops = [0, 1, 2].flatMap((top) =>
        [0, 1].map((left) =>
          Array.from({ length: height * width }, (_, at) => {
            return grid[(top + Math.floor(at / width)) * columns + left + (at % width)]!;
          }),
        ),
      );
      const full = resampled(mask, resampling, height, width);
      assert.ok(crops.some((crop) => crop.every((m, at) => Math.abs(m - full[at]!) < 1e-5)));
    }
  });
});
