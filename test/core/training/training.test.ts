/** The parts of a training that are functions of their arguments. */
import assert from 'node:assert/strict';
import { createRandom } from '../../../src/core/random';
import { augmented } from '../../../src/core/training/augment';
import type { Linear } from '../../../src/core/training/head/linear';
import { minimise } from '../../../src/core/training/head/minimise';
import { fitted, logitsOf, type RegressionData } from '../../../src/core/training/head/softmax-regression';
import { areaOf, binarised, mixed, randomMask } from '../../../src/core/training/masks';
import { batchOf, epochOrder, groupsOf, stepsPerEpoch, weightsOf } from '../../../src/core/training/order';
import { riseIn } from '../../../src/core/training/rise';
import { rateAt } from '../../../src/core/training/schedule';
import { areFinite, sgdStep } from '../../../src/core/training/sgd';

describe('SGD', () => {
  it('follows the formula of torch.optim.SGD over several steps', () => {
    const [w, v] = [Float64Array.of(1, -2), new Float64Array(2)];
    const options = { rate: 0.1, momentum: 0.5, weightDecay: 0.01 };
    sgdStep(w, v, [0.5, 1], options);
    // g + decay w = 0.51, 0.98.
    assert.deepEqual([...v], [0.51, 0.98]);
    assert.deepEqual([...w], [1 - 0.051, -2 - 0.098]);
    sgdStep(w, v, [0, 0], options);
    const expected = [0.5 * 0.51 + 0.01 * 0.949, 0.5 * 0.98 + 0.01 * -2.098];
    for (const [i, value] of v.entries()) assert.ok(Math.abs(value - expected[i]!) < 1e-15);
  });

  it('sees what is not finite', () => {
    assert.ok(areFinite([1, -3e38, 0]));
    assert.ok(!areFinite([1, Number.NaN]) && !areFinite([Number.NEGATIVE_INFINITY, 0]));
  });

  it('warms up, and falls to a tenth twice', () => {
    const rates = Array.from({ length: 100 }, (_, step) => rateAt(step, 100, 1));
    assert.ok(rates.slice(0, 10).every((rate, i) => rate < 1 && rate > (rates[i - 1] ?? 0)));
    assert.deepEqual(new Set(rates.slice(10, 50)), new Set([1]));
    assert.ok(Math.abs(rates[50]! - 0.1) < 1e-12 && Math.abs(rates[99]! - 0.01) < 1e-12);
    assert.ok(rateAt(0, 1, 1) > 0);
  });

  it('says that a loss rises only if it does', () => {
    assert.equal(riseIn([3, 2.9, 3.1, 3, 2.8, 2.9]), undefined);
    assert.match(riseIn([1, 1, 1, 2, 2, 2]) ?? '', /1\.00 in the epoch's first steps, 2\.00 now/);
    assert.equal(riseIn([1]), undefined);
  });
});

describe('the order of images', () => {
  const images = Array.from({ length: 20 }, (_, i) => ({ truth: [i < 15 ? 0 : 1], group: i % 2 }));

  it('has each image once, another way in each epoch and for each seed', () => {
    const groups = groupsOf(images, 'none');
    const orders = [
      [0, 1],
      [0, 2],
      [1, 1],
    ].map(([seed, epoch]) => epochOrder(groups, { seed: seed!, epoch: epoch! }));
    for (const order of orders)
      assert.deepEqual(
        [...order].sort((a, b) => a - b),
        [...images.keys()],
      );
    assert.equal(new Set(orders.map(String)).size, 3);
    assert.deepEqual(epochOrder(groups, { seed: 0, epoch: 1 }), orders[0]);
  });

  it('draws as often from one group as from another', () => {
    for (const [balance, count] of [
      ['class', 2],
      ['group', 4],
    ] as const) {
      const groups = groupsOf(images, balance);
      assert.equal(groups.length, count);
      const order = epochOrder(groups, { seed: 3, epoch: 1 });
      for (const members of groups)
        assert.equal(order.filter((index) => members.includes(index)).length, images.length / count);
      const weights = weightsOf(groups);
      for (const members of groups)
        assert.ok(Math.abs(members.reduce((sum, i) => sum + weights[i]!, 0) - images.length / count) < 1e-12);
    }
  });

  it('fills the last batch up', () => {
    const order = Uint32Array.of(4, 3, 2, 1, 0);
    assert.equal(stepsPerEpoch(5, 2), 3);
    assert.deepEqual([...batchOf(order, 2, 2)], [0, 4]);
  });
});

describe('images in training', () => {
  const form = { layout: 'NCHW', channels: 2, height: 8, width: 8 } as const;
  const image = Float32Array.from({ length: 128 }, (_, i) => i);

  it('are mirrored and shifted alike in both layouts', () => {
    const inRows = Float32Array.from({ length: 128 }, (_, i) => image[(i % 2) * 64 + Math.floor(i / 2)]!);
    for (let seed = 0; seed < 8; seed++) {
      const planes = augmented(image, form, createRandom(seed));
      const rows = augmented(inRows, { ...form, layout: 'NHWC' }, createRandom(seed));
      for (const [i, value] of rows.entries()) assert.equal(value, planes[(i % 2) * 64 + Math.floor(i / 2)]);
      // All that moved is still there: an inner pixel moves by at most one, and no value is new.
      assert.ok(planes.every((value) => image.includes(value)));
      const at = planes.indexOf(image[27]!);
      assert.ok(Math.abs(Math.floor(at / 8) - 3) <= 1, `row ${at}`);
    }
  });

  it('are mixed by equation 5, or by the literal code', () => {
    const mask = binarised(Float32Array.from({ length: 64 }, (_, i) => (i < 16 ? 1 : 0)));
    assert.equal(areaOf(mask), 16);
    const blurred = new Float32Array(128).fill(-7);
    const kept = mixed(image, blurred, mask, form, false);
    for (const [i, value] of kept.entries()) assert.equal(value, i % 64 < 16 ? image[i] : -7);
    const literal = mixed(image, blurred, mask, form, true);
    for (const [i, value] of literal.entries()) assert.equal(value, i % 64 < 16 ? image[i]! - 7 : -7 + 1);
    assert.equal(areaOf(binarised(new Float32Array(64))), 64);
  });

  it('have random masks of a given area', () => {
    const masks = [1, 2].map((seed) => randomMask(20, form, { height: 3, width: 3 }, createRandom(seed)));
    for (const mask of masks) assert.equal(areaOf(mask), 20);
    assert.notDeepEqual(masks[0], masks[1]);
  });
});

describe('the head', () => {
  it('L-BFGS finds the minimum of Rosenbrock’s function', () => {
    const rosenbrock = (at: Float64Array) => {
      const [x, y] = [at[0]!, at[1]!];
      const value = (1 - x) ** 2 + 100 * (y - x * x) ** 2;
      return { value, gradient: Float64Array.of(-2 * (1 - x) - 400 * x * (y - x * x), 200 * (y - x * x)) };
    };
    const last = [...minimise(rosenbrock, Float64Array.of(-1.2, 1), 1e-9)].at(-1)!;
    assert.ok(
      last.at.every((value) => Math.abs(value - 1) < 1e-7),
      String(last.at),
    );
  });

  it('stays where it was as far as the penalty is strong: one feature has a closed form', () => {
    // Two images of features -1 and 1 with equal classes: the loss log(1 + exp(-d)) is of d = w1 - w0 alone.
    const features = Float32Array.of(-1, 1);
    const labels = Float32Array.of(1, 0, 0, 1);
    const start: Linear = { weight: Float64Array.of(-0.5, 1), bias: new Float64Array(2) };
    const l2 = 0.3;
    const data: RegressionData = {
      ...{ features, size: 1, rows: 2, labels, weights: Float64Array.of(1, 1), activation: 'softmax', l2 },
    };
    const { weight } = [...fitted(data, start, true)].at(-1)!;
    // Each weight moves by half of the way that d moves, and l2 (d - 1.5) / 2 = 1 / (1 + exp(d)).
    const d = weight[1]! - weight[0]!;
    assert.ok(Math.abs((l2 * (d - 1.5)) / 2 - 1 / (1 + Math.exp(d))) < 1e-5, `${d}`);
    assert.ok(Math.abs(weight[1]! + weight[0]! - 0.5) < 1e-5);
  });

  for (const activation of ['softmax', 'sigmoid'] as const)
    it(`${activation} regression ends where no small change lowers the loss`, () => {
      const random = createRandom(1);
      const [n, size, rows] = [40, 3, 3];
      const features = Float32Array.from({ length: n * size }, () => 5 * random.normal() + 2);
      const labels = new Float32Array(n * rows);
      for (let i = 0; i < n; i++) labels[i * rows + random.below(rows)] = 1;
      const weights = Float64Array.from({ length: n }, (_, i) => (i % 2 ? 1.5 : 0.5));
      const data: RegressionData = { features, size, rows, labels, weights, activation, l2: 0.01 };
      const start = { weight: new Float64Array(rows * size), bias: new Float64Array(rows) };
      const end = [...fitted(data, start, true)].at(-1)!;
      const deviation = Array.from({ length: size }, (_, k) => {
        const of = Array.from({ length: n }, (_, i) => features[i * size + k]!);
        const mean = of.reduce((sum, x) => sum + x, 0) / n;
        return Math.sqrt(of.reduce((sum, x) => sum + (x - mean) ** 2, 0) / n);
      });
      const lossOf = (layer: Linear) => {
        const z = logitsOf(layer, features, size);
        let loss = 0;
        for (let i = 0; i < n; i++) {
          const own = z.subarray(i * rows, (i + 1) * rows);
          const t = labels.subarray(i * rows, (i + 1) * rows);
          const sum = own.reduce((total, value) => total + Math.exp(value), 0);
          const one =
            activation === 'softmax'
              ? t.reduce((total, label, r) => total - label * Math.log(Math.exp(own[r]!) / sum), 0)
              : t.reduce(
                  (total, label, r) =>
                    total - Math.log(label ? 1 / (1 + Math.exp(-own[r]!)) : 1 / (1 + Math.exp(own[r]!))),
                  0,
                ) / rows;
          loss += (weights[i]! / n) * one;
        }
        return loss + layer.weight.reduce((total, w, i) => total + (0.01 / 2) * (w * deviation[i % size]!) ** 2, 0);
      };
      assert.ok(Math.abs(lossOf(end) - end.loss) < 1e-9);
      for (const part of ['weight', 'bias'] as const)
        end[part].forEach((_, i) => {
          const slopes = [1e-5, -1e-5].map((step) => {
            const moved = { weight: end.weight.slice(), bias: end.bias.slice() };
            moved[part][i]! += step;
            return lossOf(moved);
          });
          const slope = (slopes[0]! - slopes[1]!) / 2e-5;
          assert.ok(Math.abs(slope) < 1e-5, `${part} ${i}: ${slope}`);
        });
    });
});
