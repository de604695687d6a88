import assert from 'node:assert/strict';
import fc from 'fast-check';
import { kMeans } from '../../../src/core/methods/k-means';
import { createRandom } from '../../../src/core/random';

const points = fc.array(fc.tuple(fc.integer({ min: -20, max: 20 }), fc.integer({ min: -20, max: 20 })), {
  minLength: 1,
  maxLength: 30,
});

describe('k-means', () => {
  it('finds groups that lie apart, whatever the seed', () => {
    const groups = [0, 1, 2, 0, 2, 1, 1, 0, 2];
    const data = Float32Array.from(groups.flatMap((group, i) => [10 * group + 0.1 * i, -7 * group - 0.1 * i]));
    for (let seed = 0; seed < 20; seed++) {
      const labels = kMeans(data, groups.length, 3, createRandom(seed));
      const named = groups.map((group) => labels[groups.indexOf(group)]);
      assert.deepEqual([...labels], named);
      assert.equal(new Set(labels).size, 3);
    }
  });

  it('every point is nearest to the mean of its own group', () => {
    fc.assert(
      fc.property(points, fc.integer({ min: 1, max: 6 }), fc.nat(), (list, k, seed) => {
        const labels = kMeans(Float32Array.from(list.flat()), list.length, k, createRandom(seed));
        const means = new Map(
          [...new Set(labels)].map((label) => {
            const own = list.filter((_, i) => labels[i] === label);
            return [label, [0, 1].map((d) => own.reduce((sum, point) => sum + point[d]!, 0) / own.length)] as const;
          }),
        );
        const distance = (point: readonly number[], label: number) =>
          point.reduce((sum, value, d) => sum + (value - means.get(label)![d]!) ** 2, 0);
        assert.ok(means.size <= k);
        list.forEach((point, i) => {
          for (const other of means.keys()) assert.ok(distance(point, labels[i]!) <= distance(point, other) + 1e-9);
        });
      }),
    );
  });

  it('equal points make one group', () => {
    assert.deepEqual([...kMeans(new Float32Array(12).fill(4), 6, 3, createRandom(0))], [0, 0, 0, 0, 0, 0]);
  });
});
