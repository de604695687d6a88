import assert from 'node:assert/strict';
import fc from 'fast-check';
import { pearson } from '../../../src/core/metrics/adcc';
import { dropOf } from '../../../src/core/metrics/average-drop';
import { centreBlob } from '../../../src/core/metrics/baselines';
import { METRICS, type Metric } from '../../../src/core/metrics/measurement';
import { measureMap, metrics, SCORES } from '../../../src/core/metrics/metric-table';
import { assertClose } from '../methods/run';
import { networkScoredBy, saliencyFrom, subjectOf } from './subject';

/** Four pixels in a row; p is the mean of the image. */
const row = networkScoredBy([0.8, 0.8, 0.4, 0.4], [1, 4], (image) => image.reduce((a, b) => a + b, 0) / 4);

const scoresOf = async (metric: Metric, map: readonly number[], rest = {}, options = {}) =>
  (await measureMap(subjectOf(row, map, rest), [{ metric, options }])).scores;

describe('average drop', () => {
  it('by hand', async () => {
    // p is 0.6; of the image times the map it is (0.8 + 0.4) / 4.
    const { drop, increase } = await scoresOf('average-drop', [1, 0.5, 0, 0]);
    assertClose([drop!, increase!], [0.5, 0], 1e-6);
  });

  it('what is seen better without the rest has no drop but an increase', async () => {
    const network = networkScoredBy([1, 1], [1, 2], (image) => 0.5 + 0.3 * image[0]! - 0.3 * image[1]!);
    const { scores } = await measureMap(subjectOf(network, [1, -1]), [{ metric: 'average-drop' }]);
    assert.deepEqual(scores, { drop: 0, increase: 1 });
  });

  it('of a class without any probability there is none', () => {
    assert.equal(dropOf(0, 0), undefined);
    assert.equal(dropOf(0.5, 0), 1);
  });
});

describe('ADCC', () => {
  it('by hand: the harmonic mean of coherency, simplicity and what is kept', async () => {
    const explain = async () => saliencyFrom([0, 1, 0, 0]);
    const scores = await scoresOf('adcc', [1, 0.5, 0, 0], { explain });
    // Deviations from the means: (5, 1, -3, -3) / 8 and (-1, 3, -1, -1) / 4.
    const coherency = (1 + (-5 + 3 + 3 + 3) / Math.sqrt(44 * 12)) / 2;
    const expected = { adcc: 3 / (1 / coherency + 1 / (1 - 0.375) + 1 / (1 - 0.5)), coherency, complexity: 0.375 };
    assertClose([scores['adcc']!, scores['coherency']!, scores['complexity']!], Object.values(expected), 1e-6);
  });

  it('a blank map has no coherency', async () => {
    const explain = async () => saliencyFrom([0, 0, 0, 0]);
    assert.deepEqual(await scoresOf('adcc', [1, 1, 0, 0], { explain }), { complexity: 0.5 });
  });

  it('correlation is 1 with a rising line of itself and undefined with a constant', () => {
    const a = Float32Array.of(1, 5, 2, 2);
    assertClose(
      [
        pearson(
          a,
          a.map((value) => 3 * value - 1),
        )!,
        pearson(
          a,
          a.map((value) => -value),
        )!,
      ],
      [1, -1],
      1e-6,
    );
    assert.equal(pearson(a, new Float32Array(4)), undefined);
  });
});

describe('sparseness', () => {
  it('by hand', async () => {
    assertClose([(await scoresOf('sparseness', [0.5, 0.5, 0.5, 0.5]))['sparseness']!], [0]);
    // One of n pixels has everything: 1 - 1 / n.
    assertClose([(await scoresOf('sparseness', [0, 0, -1, 0]))['sparseness']!], [0.75]);
    // (-3 * 1 - 1 * 2 + 1 * 3 + 3 * 4) / (4 * 10)
    assertClose([(await scoresOf('sparseness', [0.2, 0.1, 0.4, 0.3]))['sparseness']!], [0.25]);
    assert.deepEqual(await scoresOf('sparseness', [0, 0, 0, 0]), {});
  });

  it('is half the mean difference between two pixels over their mean, whatever the map', async () => {
    const values = fc.array(fc.float({ min: 0, max: 1, noNaN: true }), { minLength: 4, maxLength: 4 });
    await fc.assert(
      fc.asyncProperty(values, async (map) => {
        const total = map.reduce((a, b) => a + b, 0);
        fc.pre(total > 1e-3);
        const differences = map.flatMap((a) => map.map((b) => Math.abs(a - b))).reduce((a, b) => a + b, 0);
        const { sparseness } = await scoresOf('sparseness', map);
        assertClose([sparseness!], [differences / (2 * 4 * total)], 1e-5);
      }),
    );
  });
});

describe('max-sensitivity', () => {
  it('by hand: the farthest of the maps, as a share of the length', async () => {
    const maps = [
      [3, 4, 0, 0],
      [3, 4, 0, 1],
      [3, 2, 0, 0],
    ];
    let asked = 0;
    const explain = async () => saliencyFrom(maps[asked++]!);
    const { sensitivity } = await scoresOf('max-sensitivity', [3, 4, 0, 0], { explain }, { samples: 3 });
    assertClose([sensitivity!], [2 / 5]);
  });

  it('asks about images within the radius, all different, and drawn from the seed', async () => {
    const imagesFor = async (seed: number) => {
      const images: number[][] = [];
      const explain = async (image: Float32Array) => {
        images.push([...image]);
        return saliencyFrom([1, 0, 0, 0]);
      };
      await scoresOf('max-sensitivity', [1, 0, 0, 0], { explain }, { samples: 50, radius: 0.25, seed });
      return images;
    };
    const images = await imagesFor(1);
    const changes = images.flatMap((image) => image.map((value, i) => value - row.input.data[i]!));
    assert.ok(changes.every((change) => Math.abs(change) <= 0.2500001));
    assert.ok(Math.max(...changes) > 0.2 && Math.min(...changes) < -0.2);
    assert.deepEqual(images, await imagesFor(1));
    assert.notDeepEqual(images, await imagesFor(2));
  });

  it('a blank map has none', async () => {
    assert.deepEqual(await scoresOf('max-sensitivity', [0, 0, 0, 0]), {});
  });
});

describe('table of metrics', () => {
  it('gives only scores that it lists, each name by one metric', async () => {
    const listed = Object.values(metrics).flatMap(({ scores }) => Object.keys(scores));
    assert.equal(new Set(listed).size, listed.length);
    const image = Array.from({ length: 3 * 64 }, (_, i) => Math.sin(i));
    const network = networkScoredBy(image, [8, 8], (values) => 1 / (1 + Math.exp(-values[27]!)));
    const subject = subjectOf(network, centreBlob({ height: 8, width: 8 }).map, {
      regions: [{ category: 'thing', box: { left: 2, top: 2, width: 4, height: 4 } }],
    });
    for (const metric of METRICS) {
      const { scores } = await measureMap(subject, [{ metric }]);
      assert.deepEqual(Object.keys(scores), Object.keys(metrics[metric].scores), metric);
      assert.ok(Object.values(scores).every(Number.isFinite), metric);
      assert.ok(Object.keys(scores).every((name) => name in SCORES));
    }
  });
});
