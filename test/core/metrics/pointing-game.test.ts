/** The pointing game and the energy on objects, worked out by hand. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { Region } from '../../../src/core/annotations/annotations';
import type { Subject } from '../../../src/core/metrics/metric';
import { measureMap } from '../../../src/core/metrics/metric-table';
import { pointingAccuracy } from '../../../src/core/metrics/pointing-game';
import { networkScoredBy, subjectOf } from './subject';

/** An input of 2 rows and 4 columns that is shown on an image of 40 x 20, ten pixels to one. */
const network = networkScoredBy(new Array(8).fill(1), [2, 4], () => 0.5);
const imageTransform = { scaleX: 10, scaleY: 10, offsetX: 0, offsetY: 0, image: { width: 40, height: 20 } };
const box = (left: number, top: number, width: number, height: number): Region => ({
  category: 'thing',
  box: { left, top, width, height },
});

function scoresOf(map: readonly number[], regions: readonly Region[], tolerance = 0, rest: Partial<Subject> = {}) {
  const subject = subjectOf(network, map, { imageTransform, regions, ...rest });
  return measureMap(subject, [{ metric: 'pointing', options: { tolerance } }, { metric: 'energy' }]).then(
    ({ scores }) => scores,
  );
}

/** Its maximum is the third pixel of the first row: the point (25, 5) of the image. */
const MAP = [0, 0, 4, 1, 0, 0, 4, 1];

describe('pointing game', () => {
  it('the first of equal maxima counts', async () => {
    assert.equal((await scoresOf(MAP, [box(20, 0, 10, 10)]))['pointing'], 1);
    assert.equal((await scoresOf(MAP, [box(20, 10, 10, 10)]))['pointing'], 0);
  });

  it('an object is grown by the tolerance, and its border belongs to it', async () => {
    // The box ends 15 pixels left of the maximum.
    assert.equal((await scoresOf(MAP, [box(0, 0, 10, 20)], 14.9))['pointing'], 0);
    assert.equal((await scoresOf(MAP, [box(0, 0, 10, 20)], 15))['pointing'], 1);
  });

  it('a maximum on any object of the class is a hit', async () => {
    assert.equal((await scoresOf(MAP, [box(0, 0, 5, 5), box(24, 4, 2, 2)]))['pointing'], 1);
  });

  it('an outline counts in place of its box', async () => {
    // A triangle in the upper left half of the image; its box is the whole of it.
    const corner = [0, 0, 20, 0, 0, 20];
    const polygon = [0, 1, 2].map((i) => ({ x: corner[2 * i]!, y: corner[2 * i + 1]! }));
    const triangle = { ...box(0, 0, 40, 20), outline: { polygons: [polygon] } };
    assert.equal((await scoresOf(MAP, [triangle], 0))['pointing'], 0);
    // The nearest pixel centre inside is (18.5, 0.5): 7.9 pixels away.
    assert.equal((await scoresOf(MAP, [triangle], 7.8))['pointing'], 0);
    assert.equal((await scoresOf(MAP, [triangle], 8))['pointing'], 1);
  });

  it('maps lie on the image where the crop was', async () => {
    const cropped = { ...imageTransform, offsetX: 100, image: { width: 240, height: 20 } };
    const at = (left: number) => scoresOf(MAP, [box(left, 0, 10, 10)], 0, { imageTransform: cropped });
    assert.equal((await at(120))['pointing'], 1);
    assert.equal((await at(110))['pointing'], 0);
    assert.deepEqual(await at(20), {}, 'an object outside the crop is no target');
  });

  it('a blank map is a miss, and has no energy', async () => {
    assert.deepEqual(await scoresOf(new Array(8).fill(0), [box(0, 0, 40, 20)]), { pointing: 0 });
  });

  it('without objects there is no score', async () => {
    assert.deepEqual(await scoresOf(MAP, []), {});
  });

  it('accuracy is the mean over categories, not over answers', () => {
    const answers = [
      { category: 'dog', hit: true },
      { category: 'cat', hit: false },
      { category: 'dog', hit: true },
      { category: 'dog', hit: false },
    ];
    const { categories, mean } = pointingAccuracy(answers);
    assert.deepEqual(categories, [
      { category: 'cat', hits: 0, total: 1, accuracy: 0 },
      { category: 'dog', hits: 2, total: 3, accuracy: 2 / 3 },
    ]);
    assert.equal(mean, 1 / 3);
  });
});

describe('energy on objects', () => {
  it('is the share inside: of 10, the 4 + 1 of the upper row', async () => {
    assert.equal((await scoresOf(MAP, [box(20, 0, 20, 10)]))['energy'], 0.5);
  });

  it('objects that overlap count once', async () => {
    assert.equal((await scoresOf(MAP, [box(20, 0, 10, 10), box(20, 0, 10, 10)]))['energy'], 0.4);
  });

  it('what speaks against the class is no energy', async () => {
    assert.equal((await scoresOf([-4, 0, 4, 0, 0, 0, 0, 0], [box(20, 0, 10, 10)]))['energy'], 1);
  });

  it('of two halves adds up to 1', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.double({ min: 0.01, max: 1, noNaN: true }), { minLength: 8, maxLength: 8 }),
        async (map) => {
          const left = (await scoresOf(map, [box(0, 0, 20, 20)]))['energy']!;
          const right = (await scoresOf(map, [box(20, 0, 20, 20)]))['energy']!;
          assert.ok(Math.abs(left + right - 1) < 1e-9);
        },
      ),
    );
  });
});
