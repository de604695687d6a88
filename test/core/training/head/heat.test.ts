import assert from 'node:assert/strict';
import { createRandom } from '../../../../src/core/random';
import { addHeat, type HeatedImage, heatPenalty } from '../../../../src/core/training/head/heat';
import type { Linear } from '../../../../src/core/training/head/linear';
import { fitted, type RegressionData } from '../../../../src/core/training/head/softmax-regression';

const last = (data: RegressionData, start: Linear, withBias: boolean) => [...fitted(data, start, withBias)].at(-1)!;

describe('the penalty on heat', () => {
  it('has the gradient of central differences, also where the heat of cells is not positive', () => {
    const random = createRandom(3);
    const normal = (length: number) => Float64Array.from({ length }, () => random.normal());
    const [size, rows, cells] = [4, 3, 6];
    const start = { weight: normal(rows * size), bias: normal(rows) };
    const images = Array.from(
      { length: 5 },
      (_, i): HeatedImage => ({
        maps: Float32Array.from(normal(size * cells)),
        chosen: Uint8Array.from({ length: cells }, (_, cell) => (cell % 2 === i % 2 ? 1 : 0)),
        row: i % rows,
        sign: i === 4 ? -1 : 1,
      }),
    );
    const penalty = heatPenalty(images, start, 2)!;
    const deviation = normal(size).map((x) => 1 + x ** 2);
    const theta = normal(rows * (size + 1));
    const valueAt = (at: Float64Array) => addHeat(penalty, deviation, at, new Float64Array(at.length));
    const gradient = new Float64Array(theta.length);
    addHeat(penalty, deviation, theta, gradient);
    const step = 1e-5;
    theta.forEach((_, i) => {
      const [a, b] = [theta.slice(), theta.slice()];
      a[i]! += step;
      b[i]! -= step;
      const expected = (valueAt(a) - valueAt(b)) / (2 * step);
      assert.ok(Math.abs(gradient[i]! - expected) < 1e-8, `${i}: ${gradient[i]}, ${expected}`);
    });
  });

  it('is half of its weight at the start if all cells are penalised', () => {
    const start = { weight: Float64Array.of(1, 2, -1, 0.5), bias: Float64Array.of(0, 0) };
    const image = {
      maps: Float32Array.of(1, 0.5, 0, 2, 1, -3),
      chosen: Uint8Array.of(1, 1, 1),
      row: 0,
      sign: 1,
    } as const;
    const theta = Float64Array.of(1, 2, 0, -1, 0.5, 0);
    const value = (chosen: Uint8Array) =>
      addHeat(heatPenalty([{ ...image, chosen }], start, 4)!, Float64Array.of(1, 1), theta, new Float64Array(6));
    assert.ok(Math.abs(value(image.chosen) - 2) < 1e-12);
    // The heat of the cells is 5, 2.5 and 0.
    assert.ok(Math.abs(value(Uint8Array.of(0, 1, 1)) - (2 * 2.5 ** 2) / (5 ** 2 + 2.5 ** 2)) < 1e-12);
    assert.equal(heatPenalty([{ ...image, maps: new Float32Array(6) }], start, 4), undefined);
  });

  it('moves weights that nothing else moves as far as ridge regression does', () => {
    // Two features with mean 0 and deviation 1, and images that do not count.
    const [l2, weight] = [0.5, 3];
    const start = { weight: Float64Array.of(2, 1, 0.3, -0.2), bias: Float64Array.of(0, 0) };
    const cell = [1, 0.5] as const;
    const image = { maps: Float32Array.from(cell), chosen: Uint8Array.of(1), row: 0, sign: 1 } as const;
    const data: RegressionData = {
      ...{ features: Float32Array.of(1, 1, -1, -1, 1, -1, -1, 1), size: 2, rows: 2, activation: 'softmax', l2 },
      labels: Float32Array.of(1, 0, 0, 1, 1, 0, 0, 1),
      weights: new Float64Array(4),
      heat: heatPenalty([image], start, weight),
    };
    const found = last(data, start, true);
    const heat = 2 * cell[0] + cell[1];
    const factor = weight / heat ** 2;
    const by = (factor * heat) / (l2 + factor * (cell[0] ** 2 + cell[1] ** 2));
    const expected = [2 - by * cell[0], 1 - by * cell[1], 0.3, -0.2];
    for (const [i, value] of found.weight.entries())
      assert.ok(Math.abs(value - expected[i]!) < 1e-5, `${i}: ${value}, ${expected[i]}`);
  });
});
