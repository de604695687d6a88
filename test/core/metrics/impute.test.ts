import assert from 'node:assert/strict';
import fc from 'fast-check';
import { impute } from '../../../src/core/metrics/impute';
import { measureMap } from '../../../src/core/metrics/metric-table';
import { createRandom } from '../../../src/core/random';
import { assertClose } from '../methods/run';
import { networkScoredBy, subjectOf } from './subject';

const imputed = (values: readonly number[], [height, width]: readonly [number, number], missing: readonly number[]) =>
  impute(
    { data: Float32Array.from(values), channels: values.length / (height * width), height, width },
    Uint32Array.from(missing),
    0,
    createRandom(0),
  );

describe('noisy linear imputation', () => {
  it('a pixel becomes the mean of its neighbours, those across corners weighing half', () => {
    // (2 + 4 + 6 + 8) / 6 + (1 + 3 + 7 + 9) / 12
    assertClose(imputed([1, 2, 3, 4, 0, 6, 7, 8, 9], [3, 3], [4]), [1, 2, 3, 4, 5, 6, 7, 8, 9], 1e-6);
    // In the corner: (2 / 6 + 4 / 6 + 9 / 12) / (5 / 12)
    assertClose([imputed([0, 2, 1, 4, 9, 1, 1, 1, 1], [3, 3], [0])[0]!], [4.2], 1e-5);
  });

  it('several missing pixels depend on each other: a row between two ends is a straight line', () => {
    assertClose(imputed([0, 9, 9, 9, 4], [1, 5], [3, 1, 2]), [0, 1, 2, 3, 4], 1e-4);
  });

  it('every imputed value is the weighted mean of its neighbours, in every channel', () => {
    const SIDE = 9;
    const value = fc.float({ min: -3, max: 3, noNaN: true });
    const image = fc.array(value, { minLength: 2 * SIDE * SIDE, maxLength: 2 * SIDE * SIDE });
    const gone = fc.uniqueArray(fc.nat({ max: SIDE * SIDE - 1 }), { minLength: 1, maxLength: SIDE * SIDE - 1 });
    fc.assert(
      fc.property(image, gone, (values, missing) => {
        const result = imputed(values, [SIDE, SIDE], missing);
        for (const pixel of missing) {
          for (const plane of [0, SIDE * SIDE]) {
            let [sum, weights] = [0, 0];
            for (const dy of [-1, 0, 1]) {
              for (const dx of [-1, 0, 1]) {
                const [y, x] = [Math.floor(pixel / SIDE) + dy, (pixel % SIDE) + dx];
                if ((dy === 0 && dx === 0) || y < 0 || x < 0 || y >= SIDE || x >= SIDE) continue;
                const weight = dy === 0 || dx === 0 ? 2 : 1;
                sum += weight * result[plane + y * SIDE + x]!;
                weights += weight;
              }
            }
            assert.ok(Math.abs(result[plane + pixel]! - sum / weights) < 0.01);
          }
        }
      }),
    );
  });

  it('noise has the deviation asked for, and comes from the seed', () => {
    const [height, width] = [40, 40];
    const input = { data: new Float32Array(1600).fill(2), channels: 1, height, width };
    const missing = Uint32Array.from({ length: 1599 }, (_, i) => i);
    const image = impute(input, missing, 0.5, createRandom(3));
    const deviation = Math.sqrt(missing.reduce((sum, i) => sum + (image[i]! - 2) ** 2, 0) / 1599);
    // Four deviations of the estimate.
    assert.ok(Math.abs(deviation - 0.5) < (4 * 0.5) / Math.sqrt(2 * 1599), `${deviation}`);
    assert.deepEqual(image, impute(input, missing, 0.5, createRandom(3)));
  });
});

describe('ROAD', () => {
  const bright = (at: number) => Array.from({ length: 25 }, (_, i) => (i === at ? 1 : 0));
  const network = networkScoredBy(bright(12), [5, 5], (image) => 0.2 + 0.6 * image[12]!);
  const roadOf = async (map: readonly number[]) => {
    const { scores } = await measureMap(subjectOf(network, map), [{ metric: 'road', options: { noise: 0 } }]);
    return scores['road']!;
  };

  it('by hand: a map of the only pixel that counts, and its opposite', async () => {
    // Without it p is 0.2, whatever else is removed, since all its neighbours are 0; with it 0.8.
    assertClose([await roadOf(bright(12))], [(0.8 - 0.2) / 2], 1e-3);
    assertClose([await roadOf(bright(12).map((value) => -value))], [(0.2 - 0.8) / 2], 1e-3);
  });
});
