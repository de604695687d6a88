import { strict as assert } from 'node:assert';
import { borderShare, grown, hotCells, meanShare, shareMoved } from '../../../src/core/clusters/cells';
import { CLUSTER_DEFAULTS, type Clusters, clustersOf } from '../../../src/core/clusters/clusters';
import { symmetricEigen } from '../../../src/core/clusters/pca';
import { createRandom } from '../../../src/core/random';

const SIDE = 8;

/** A map with heat around a cell, and noise. */
function blob(x: number, y: number, random: ReturnType<typeof createRandom>): Float32Array {
  return Float32Array.from({ length: SIDE * SIDE }, (_, i) => {
    const square = ((i % SIDE) - x) ** 2 + (Math.floor(i / SIDE) - y) ** 2;
    return Math.exp(-square / 3) + 0.05 * random.uniform();
  });
}

function clustered(maps: readonly ArrayLike<number>[], options = CLUSTER_DEFAULTS): Clusters {
  const steps = clustersOf({ height: SIDE, width: SIDE, maps }, options);
  let step = steps.next();
  while (!step.done) step = steps.next();
  return step.value;
}

describe('clusters of maps', () => {
  it('two places of heat are two clusters, the larger first, and the same each time', () => {
    const random = createRandom(3);
    const maps = Array.from({ length: 50 }, (_, n) => (n % 5 < 3 ? blob(2, 2, random) : blob(6, 6, random)));
    const { clusters } = clustered(maps);
    assert.deepEqual(clusters, [[...maps.keys()].filter((n) => n % 5 < 3), [...maps.keys()].filter((n) => n % 5 >= 3)]);
    assert.deepEqual(clustered(maps), clustered(maps));
  });

  it('three places are three, and no more than three are made of four', () => {
    const random = createRandom(4);
    const places = [1, 3.5, 6] as const;
    const three = Array.from({ length: 60 }, (_, n) => blob(places[n % 3]!, places[(n * 2) % 3]!, random));
    assert.deepEqual(
      new Set(clustered(three).clusters.map(String)),
      new Set([0, 1, 2].map((k) => String([...three.keys()].filter((n) => n % 3 === k)))),
    );
    const four = Array.from({ length: 80 }, (_, n) => blob(n % 2 ? 1 : 6, n % 4 < 2 ? 1 : 6, random));
    assert.equal(clustered(four).clusters.length, 3);
  });

  it('near-equal parts stay together: noise alone is cut once, for a comparison, and not again', () => {
    const random = createRandom(5);
    assert.equal(clustered(Array.from({ length: 200 }, () => blob(3, 3, random))).clusters.length, 2);
  });

  it('bytes give the same clusters as numbers, whatever the scale of each map', () => {
    const random = createRandom(6);
    const maps = Array.from({ length: 40 }, (_, n) => blob(n % 2 ? 2 : 5, 3, random));
    const bytes = maps.map((map, n) => Uint8Array.from(map, (value) => value * (120 + (n % 7) * 10)));
    assert.deepEqual(clustered(bytes).clusters, clustered(maps).clusters);
  });

  it('no map, one, two, equal ones and blank ones have no more than one cluster', () => {
    const map = blob(2, 2, createRandom(1));
    const blank = new Float32Array(SIDE * SIDE);
    assert.deepEqual(clustered([]).clusters, []);
    assert.deepEqual(clustered([map]).clusters, [[0]]);
    assert.deepEqual(clustered([map, blob(6, 6, createRandom(2))]).clusters, [[0, 1]]);
    assert.equal(clustered(Array.from({ length: 30 }, () => map)).clusters.length, 1);
    const mixed = clustered([blank, map, blank]);
    assert.deepEqual([mixed.clusters, mixed.blank], [[[1]], [0, 2]]);
    assert.deepEqual(clustered([blank, blank]).clusters, []);
  });

  it('landmarks give the same clusters where these are distinct, with everybody in one', () => {
    const random = createRandom(7);
    const maps = Array.from({ length: 300 }, (_, n) => (n % 3 ? blob(2, 2, random) : blob(6, 5, random)));
    const some = clustered(maps, { ...CLUSTER_DEFAULTS, landmarks: 40 });
    assert.deepEqual(some.clusters, clustered(maps).clusters);
  });
});

describe('cells', () => {
  it('shares, hot cells, the border and what is moved, by hand', () => {
    const mean = meanShare([[1, 0, 0, 3, 0, 0, 0, 0, 0], [0, 0, 0, 0, 2, 0, 0, 0, 0], new Array(9).fill(0)], 9);
    assert.deepEqual([...mean], [0.125, 0, 0, 0.375, 0.5, 0, 0, 0, 0]);
    assert.deepEqual([...hotCells(mean, 3, 3).chosen], [0, 0, 0, 1, 1, 0, 0, 0, 0]);
    assert.deepEqual([...grown(hotCells(mean, 3, 3)).chosen], [1, 1, 0, 1, 1, 1, 1, 1, 0]);
    const corner = { height: 2, width: 3, chosen: Uint8Array.of(0, 0, 1, 0, 0, 0) };
    assert.deepEqual([...grown(corner).chosen], [0, 1, 1, 0, 0, 1], 'not around the edge');
    assert.equal(borderShare(mean, 3, 3), 0.5);
    assert.equal(shareMoved(mean, Float64Array.from([0.125, 0, 0.375, 0, 0.5, 0, 0, 0, 0])), 0.375);
    assert.equal(hotCells(new Float64Array(9), 3, 3).chosen.includes(1), false);
  });

  it('eigenvalues of a symmetric matrix, in closed form', () => {
    const { values } = symmetricEigen([
      [2, -1, 0],
      [-1, 2, -1],
      [0, -1, 2],
    ]);
    const expected = [1, 2, 3].map((k) => 2 - 2 * Math.cos((k * Math.PI) / 4));
    values
      .toSorted((a, b) => a - b)
      .forEach((value, k) => {
        assert.ok(Math.abs(value - expected[k]!) < 1e-12);
      });
  });
});
