/** The plane of a set as numbers and pixels. */
import assert from 'node:assert/strict';
import type { Corner } from '../../../../src/core/query/query';
import { MOST_CORNERS, polygonOf } from '../../../../webview/dataset/clusters/scatter/lasso';
import { createNearest } from '../../../../webview/dataset/clusters/scatter/nearest';
import { drawPoints, radiusOf, toPlane, toSquare } from '../../../../webview/dataset/clusters/scatter/points';
import { noise } from '../support/data';

describe('a lasso as a polygon', () => {
  it('keeps the corners of what was drawn along straight lines', () => {
    const corners: Corner[] = [
      [0.1, 0.1],
      [0.9, 0.1],
      [0.9, 0.8],
      [0.1, 0.8],
    ];
    const drawn = corners.flatMap(([x, y], i) => {
      const [nextX, nextY] = corners[(i + 1) % 4]!;
      return Array.from({ length: 50 }, (_, k): Corner => {
        const share = k / 50;
        return [x + share * (nextX - x), y + share * (nextY - y)];
      });
    });
    const polygon = polygonOf(drawn)!;
    for (const corner of corners) {
      assert.ok(
        polygon.some(([x, y]) => Math.hypot(x - corner[0], y - corner[1]) < 0.02),
        `${corner}`,
      );
    }
    assert.ok(polygon.length <= 6, `${polygon.length}`);
  });

  it('has at most 60 corners of three decimals, and lies near a path of thousands', () => {
    const drawn = Array.from({ length: 5_000 }, (_, i): Corner => {
      const angle = (2 * Math.PI * i) / 5_000;
      const radius = 0.3 + 0.05 * Math.sin(40 * angle) + 0.003 * noise(i, 1);
      return [0.5 + radius * Math.cos(angle), 0.5 + radius * Math.sin(angle)];
    });
    const polygon = polygonOf(drawn)!;
    assert.ok(polygon.length <= MOST_CORNERS && polygon.length > 20, `${polygon.length}`);
    for (const value of polygon.flat()) assert.equal(value, Number(value.toFixed(3)));
    for (const [x, y] of polygon) {
      const nearest = Math.min(...drawn.map(([a, b]) => Math.hypot(a - x, b - y)));
      assert.ok(nearest < 0.001, `${nearest}`);
    }
  });

  it('of a click, of a line or of a shiver is none', () => {
    const still = Array.from({ length: 10 }, (): Corner => [0.5, 0.5]);
    assert.equal(polygonOf(still), undefined);
    assert.equal(polygonOf(still.map(([x, y], i) => [x + i / 100, y])), undefined);
    assert.equal(polygonOf(still.map(([x, y], i) => [x + noise(i, 1) / 500, y + noise(i, 2) / 500])), undefined);
  });
});

describe('the point under the pointer', () => {
  it('is the one that a search through all of them finds', () => {
    const places = Float32Array.from({ length: 2_000 }, (_, i) => noise(i, 3));
    const nearest = createNearest(places);
    for (let i = 0; i < 200; i++) {
      const [x, y] = [1.2 * noise(i, 4) - 0.1, 1.2 * noise(i, 5) - 0.1];
      let best: number | undefined;
      let least = 0.03;
      for (let p = 0; p < 1_000; p++) {
        const distance = Math.hypot(places[2 * p]! - x, places[2 * p + 1]! - y);
        if (distance <= least) [best, least] = [p, distance];
      }
      assert.equal(nearest(x, y, 0.03), best);
    }
  });
  it('is none where there are no points', () => {
    assert.equal(createNearest(new Float32Array())(0.5, 0.5, 1), undefined);
  });
});

describe('points as pixels', () => {
  const frame = { side: 100, padding: 10 };
  const colors = {
    ground: [0, 0, 0],
    clusters: [
      [0, 0, 255],
      [255, 160, 0],
    ],
    none: [128, 128, 128],
  } as const;
  const draw = (points: readonly (readonly [number, number, number, number])[], marked: readonly number[] = []) => {
    const cloud = {
      places: Float32Array.from(points.flatMap((point) => point.slice(0, 2))),
      cluster: Uint8Array.from(points, ([, , k]) => k),
      correct: Uint8Array.from(points, ([, , , right]) => right),
    };
    const pixels = drawPoints(cloud, frame, 1, colors, new Set(marked));
    return (x: number, y: number) => [...pixels.subarray(4 * (y * 100 + x), 4 * (y * 100 + x) + 3)];
  };

  it('places are those of the square, and back', () => {
    assert.deepEqual([toSquare(0, frame), toSquare(1, frame)], [10, 90]);
    assert.ok(Math.abs(toPlane(toSquare(0.3, frame), frame) - 0.3) < 1e-12);
  });

  it('have the colour of their cluster, and the ground is opaque', () => {
    const at = draw([
      [0, 0, 0, 1],
      [0.5, 0.5, 1, 1],
      [1, 1, 255, 2],
    ]);
    assert.deepEqual(
      [at(10, 10), at(50, 50), at(90, 90)],
      [
        [0, 0, 255],
        [255, 160, 0],
        [128, 128, 128],
      ],
    );
    assert.deepEqual(at(30, 70), [0, 0, 0]);
  });

  it('a wrong one is a cross: open to its sides, where a dot is full', () => {
    const [right, wrong] = [draw([[0.5, 0.5, 0, 1]]), draw([[0.5, 0.5, 0, 0]])];
    assert.deepEqual(right(53, 50), [0, 0, 255]);
    assert.deepEqual(wrong(53, 50), [0, 0, 0]);
    assert.deepEqual(
      [wrong(50, 50), wrong(52, 52), wrong(48, 52)],
      [
        [0, 0, 255],
        [0, 0, 255],
        [0, 0, 255],
      ],
    );
  });

  it('of marked clusters lie above the others, which are faint', () => {
    const points = [
      [0.5, 0.5, 0, 1],
      [0.5, 0.5, 1, 1],
    ] as const;
    assert.deepEqual(draw(points)(50, 50), [255, 160, 0]);
    assert.deepEqual(draw(points, [0])(50, 50), [0, 0, 255]);
    const [, , blue] = draw([[0.5, 0.5, 0, 1]], [1])(50, 50);
    assert.ok(blue! > 20 && blue! < 100, `${blue}`);
  });

  it('of a large set have sharp edges, and the wrong ones are still crosses', () => {
    const points = Array.from({ length: 20_000 }, (_, i) => [0.5, 0.5, 0, Number(i > 0)] as const);
    const at = draw(points);
    for (const x of [47, 48, 49, 50, 51, 52, 53]) assert.ok([0, 255].includes(at(x, 50)[2]!), `${at(x, 50)}`);
    const [right, wrong] = [draw([...points.slice(1), points[1]!]), draw(points.map(() => points[0]!))];
    assert.deepEqual(
      [right(52, 50), wrong(52, 52)],
      [
        [0, 0, 255],
        [0, 0, 255],
      ],
    );
    assert.deepEqual(
      [right(52, 52), wrong(52, 50)],
      [
        [0, 0, 0],
        [0, 0, 0],
      ],
    );
  });

  it('at the border are cut, and fewer points are larger', () => {
    draw([
      [-0.2, 1.2, 0, 0],
      [1.125, 0.5, 0, 1],
    ]);
    assert.ok(radiusOf(100) > radiusOf(10_000) && radiusOf(10_000) > radiusOf(100_000));
  });
});
