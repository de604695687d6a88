import assert from 'node:assert/strict';
import fc from 'fast-check';
import { centreBlob, randomMap } from '../../../src/core/metrics/baselines';
import { stepCounts } from '../../../src/core/metrics/curve';
import { deletedImage } from '../../../src/core/metrics/deletion';
import type { MetricChoice } from '../../../src/core/metrics/measurement';
import type { MetricProgress } from '../../../src/core/metrics/metric';
import { measureMap } from '../../../src/core/metrics/metric-table';
import { createRandom } from '../../../src/core/random';
import { assertClose } from '../methods/run';
import { networkScoredBy, subjectOf } from './subject';

/** Four pixels in a row; p grows with what the image shows of the first two. */
const row = networkScoredBy([1, 1, 1, 1], [1, 4], (image) => 0.1 + 0.6 * image[0]! + 0.2 * image[1]!);
const quarter = { step: 25, unit: 'percent' } as const;

const BOTH: readonly MetricChoice[] = [
  { metric: 'insertion', options: quarter },
  { metric: 'deletion', options: { ...quarter, to: 'zero' } },
];

describe('insertion and deletion', () => {
  it('by hand: four pixels in the right order', async () => {
    const { curves, scores } = await measureMap(subjectOf(row, [1, 0.5, 0.25, 0]), BOTH);
    assertClose(curves['insertion']!.probabilities, [0.1, 0.7, 0.9, 0.9, 0.9], 1e-6);
    assertClose(curves['deletion']!.probabilities, [0.9, 0.3, 0.1, 0.1, 0.1], 1e-6);
    assert.deepEqual(curves['insertion']!.fractions, [0, 0.25, 0.5, 0.75, 1]);
    // (0.1 / 2 + 0.7 + 0.9 + 0.9 + 0.9 / 2) / 4 and (0.9 / 2 + 0.3 + 0.1 + 0.1 + 0.1 / 2) / 4
    assertClose([scores['insertion']!, scores['deletion']!, scores['overall']!], [0.75, 0.25, 0.5], 1e-6);
  });

  it('of equal saliencies the lower index comes first', async () => {
    const { curves } = await measureMap(subjectOf(row, [0, 0, 0, 0]), BOTH);
    assertClose(curves['insertion']!.probabilities, [0.1, 0.7, 0.9, 0.9, 0.9], 1e-6);
  });

  it('over-all needs both', async () => {
    const { scores } = await measureMap(subjectOf(row, [1, 0.5, 0.25, 0]), BOTH.slice(0, 1));
    assert.deepEqual(Object.keys(scores), ['insertion']);
  });

  it('tells how far it is, with the curve so far', async () => {
    const told: (MetricProgress & { metric: string })[] = [];
    const { curves } = await measureMap(subjectOf(row, [1, 0.5, 0.25, 0]), BOTH, (metric, progress) =>
      told.push({ metric, ...progress }),
    );
    assert.deepEqual(
      told.map(({ metric, done, total }) => [metric, done, total]),
      [
        ['insertion', 3, 5],
        ['insertion', 4, 5],
        ['deletion', 4, 5],
        ['deletion', 5, 5],
      ],
    );
    assert.deepEqual(told[0]!.curve!.probabilities, curves['insertion']!.probabilities.slice(0, 3));
  });

  it('steps are counted in percent or pixels and end with all of them', () => {
    assert.deepEqual(stepCounts(10, { step: 30, unit: 'percent' }), [0, 3, 6, 9, 10]);
    assert.deepEqual(stepCounts(10, { step: 4, unit: 'pixels' }), [0, 4, 8, 10]);
    assert.deepEqual(stepCounts(10, { step: 99, unit: 'pixels' }), [0, 10]);
    assert.equal(stepCounts(224 * 224, { step: 448, unit: 'pixels' }).length, 113);
    assert.equal(stepCounts(224 * 224, { step: 1, unit: 'percent' }).length, 101);
  });

  it('deleted pixels become the blurred image, zeros, black, or noise like the image', () => {
    const image = Array.from({ length: 2 * 900 }, (_, i) => (i < 900 ? 5 + (i % 3) : -2));
    const subject = subjectOf(
      networkScoredBy(image, [30, 30], () => 0.5),
      new Float32Array(900),
      {
        blurred: Float32Array.from(image, () => 7),
        black: [-1, -2],
      },
    );
    const deleted = (to: 'blur' | 'zero' | 'black' | 'noise', seed = 0) => deletedImage(subject, { to, seed });
    assert.equal(deleted('blur'), subject.blurred);
    assert.ok(deleted('zero').every((value) => value === 0));
    assert.deepEqual([deleted('black')[0], deleted('black')[899], deleted('black')[900]], [-1, -1, -2]);
    const noise = deleted('noise').subarray(0, 900);
    const mean = noise.reduce((sum, value) => sum + value, 0) / 900;
    const variance = noise.reduce((sum, value) => sum + (value - mean) ** 2, 0) / 900;
    // The mean is 6 and the variance 2/3; four deviations of their estimates from 900 draws.
    assert.ok(Math.abs(mean - 6) < 0.11 && Math.abs(variance - 2 / 3) < 0.13, `${mean} ${variance}`);
    assert.deepEqual(deleted('noise'), deleted('noise'));
    assert.notDeepEqual(deleted('noise'), deleted('noise', 1));
    assert.ok(
      deleted('noise')
        .subarray(900)
        .every((value) => value === -2),
    );
  });

  it('an unknown option or a value out of bounds is refused', async () => {
    const wrong = (options: Record<string, number | string>) =>
      measureMap(subjectOf(row, [1, 0, 0, 0]), [{ metric: 'deletion', options }]);
    await assert.rejects(wrong({ to: 'grey' }), { code: 'bad-option' });
    await assert.rejects(wrong({ step: 0 }), { code: 'bad-option' });
    await assert.rejects(wrong({ steps: 3 }), { code: 'bad-option' });
  });
});

describe('a model that looks at one pixel', () => {
  const SIDE = 6;
  const PIXELS = SIDE * SIDE;
  const one = (pixel: number) =>
    networkScoredBy(new Array<number>(PIXELS).fill(1), [SIDE, SIDE], (image) => 0.2 + 0.6 * image[pixel]!);
  const pixelwise: readonly MetricChoice[] = [
    { metric: 'insertion', options: { step: 1, unit: 'pixels' } },
    { metric: 'deletion', options: { step: 1, unit: 'pixels' } },
  ];
  const place = fc.nat({ max: PIXELS - 1 });

  it('a map of that pixel has the best areas there are', async () => {
    await fc.assert(
      fc.asyncProperty(place, async (pixel) => {
        const map = Float32Array.from({ length: PIXELS }, (_, i) => (i === pixel ? 1 : 0));
        const { scores } = await measureMap(subjectOf(one(pixel), map), pixelwise);
        // All but the first step have the pixel, which lie in a trapezoid of one step.
        const lost = (0.6 * 0.5) / PIXELS;
        assertClose([scores['insertion']!, scores['deletion']!], [0.8 - lost, 0.2 + lost], 1e-6);
      }),
    );
  });

  it('no map has better ones', async () => {
    const values = fc.array(fc.float({ min: 0, max: 1, noNaN: true }), { minLength: PIXELS, maxLength: PIXELS });
    await fc.assert(
      fc.asyncProperty(place, values, async (pixel, map) => {
        const { scores } = await measureMap(subjectOf(one(pixel), map), pixelwise);
        const lost = (0.6 * 0.5) / PIXELS;
        assert.ok(scores['insertion']! <= 0.8 - lost + 1e-6);
        assert.ok(scores['deletion']! >= 0.2 + lost - 1e-6);
      }),
      { numRuns: 50 },
    );
  });

  it('random maps have the mean of both ends on average', async () => {
    const random = createRandom(7);
    const draws = 400;
    let sum = 0;
    for (let i = 0; i < draws; i++) {
      const map = randomMap({ height: SIDE, width: SIDE }, random).map;
      sum += (await measureMap(subjectOf(one(i % PIXELS), map), pixelwise)).scores['insertion']!;
    }
    // The pixel's place is uniform, so an area is uniform in [0.2, 0.8]: deviation 0.6 / sqrt(12), four of the mean's.
    assert.ok(Math.abs(sum / draws - 0.5) < (4 * 0.6) / Math.sqrt(12 * draws), `${sum / draws}`);
  });

  it('a blob in the centre finds a pixel there first, and one in a corner last', async () => {
    const { map } = centreBlob({ height: SIDE, width: SIDE });
    const area = async (pixel: number) =>
      (await measureMap(subjectOf(one(pixel), map), pixelwise)).scores['insertion']!;
    // Of the four pixels in the centre the first is the best found; of the corners the last is found last.
    assertClose([await area(2 * SIDE + 2)], [0.8 - (0.6 * 0.5) / PIXELS], 1e-6);
    assertClose([await area(PIXELS - 1)], [0.2 + (0.6 * 0.5) / PIXELS], 1e-6);
  });
});
