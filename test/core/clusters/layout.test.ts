import { strict as assert } from 'node:assert';
import { umapOf } from '../../../src/core/clusters/layout';
import { principal } from '../../../src/core/clusters/pca';
import { firstTwo, inUnitSquare } from '../../../src/core/clusters/places';
import type { Points } from '../../../src/core/clusters/points';
import { createRandom } from '../../../src/core/random';

function done<T>(steps: Generator<void, T>): T {
  let step = steps.next();
  while (!step.done) step = steps.next();
  return step.value;
}

/** Two clouds, by turns, far from each other along a direction that is none of the axes. */
function clouds(count: number): Points {
  const random = createRandom(2);
  const data = Float32Array.from({ length: count * 3 }, (_, i) => random.normal() + (Math.floor(i / 3) % 2 ? 20 : 0));
  return { count, dimensions: 3, data };
}

describe('pictures of points', () => {
  it('the first component of points on a line is the distance along it', () => {
    const data = Float32Array.from({ length: 15 }, (_, i) => Math.floor(i / 3) * [1, 2, 2][i % 3]!);
    const { data: projected } = done(principal({ count: 5, dimensions: 3, data }, 2));
    [-6, -3, 0, 3, 6].forEach((along, n) => {
      assert.ok(Math.abs(projected[2 * n]! - along) < 1e-5, String(projected));
      assert.ok(Math.abs(projected[2 * n + 1]!) < 1e-5);
    });
  });

  it('UMAP keeps two clouds apart, and gives the same places each time', () => {
    const places = done(umapOf(clouds(60), 1));
    assert.deepEqual(places, done(umapOf(clouds(60), 1)));
    assert.notDeepEqual(places, done(umapOf(clouds(60), 2)));
    const nearest = (n: number) => {
      const others = [...Array(60).keys()].filter((m) => m !== n);
      const away = (m: number) => Math.hypot(places[2 * n]! - places[2 * m]!, places[2 * n + 1]! - places[2 * m + 1]!);
      return others.reduce((best, m) => (away(m) < away(best) ? m : best));
    };
    for (let n = 0; n < 60; n++) assert.equal(nearest(n) % 2, n % 2);
  });

  it('images beyond the limit are where their nearest one is', () => {
    const points = clouds(60);
    const places = done(umapOf(points, 1, 30));
    const at = (n: number) => `${places[2 * n]} ${places[2 * n + 1]}`;
    assert.equal(new Set(Array.from({ length: 60 }, (_, n) => at(n))).size, 30);
    const far = (n: number, m: number) =>
      Math.hypot(...[0, 1, 2].map((d) => points.data[3 * n + d]! - points.data[3 * m + d]!));
    const landmarks = Array.from({ length: 30 }, (_, i) => 2 * i);
    assert.equal(at(31), at(landmarks.reduce((best, m) => (far(31, m) < far(31, best) ? m : best))));
  });

  it('of three points or fewer it is the first two coordinates', () => {
    for (const count of [0, 1, 3]) assert.deepEqual(done(umapOf(clouds(count), 1)), firstTwo(clouds(count)));
    assert.equal(done(umapOf(clouds(4), 1)).length, 8);
  });

  it('fill the unit square along their longer side, around the middle, and keep their proportions', () => {
    assert.deepEqual([...inUnitSquare(Float32Array.of(-4, 1, 4, 3, 0, 5))], [0, 0.25, 1, 0.5, 0.5, 0.75]);
    assert.deepEqual([...inUnitSquare(Float32Array.of(7, 7, 7, 7))], [0.5, 0.5, 0.5, 0.5]);
    assert.deepEqual([...inUnitSquare(new Float32Array())], []);
  });
});
