import assert from 'node:assert/strict';
import fc from 'fast-check';
import { midpoints } from '../../../src/core/methods/integrated-gradients';
import { methods } from '../../../src/core/methods/method-table';
import { assertClose, classOf, explain, framesOf, logitOf, sumOf } from './run';
import { tinyNetwork } from './tiny-network';

const value = fc.integer({ min: -8, max: 8 }).map((x) => x / 4);
const list = <T>(of: fc.Arbitrary<T>, length: number) => fc.array(of, { minLength: length, maxLength: length });

/** y = t + t^2 / 2 with kinks along the path, since the layer has biases. */
const curved = fc.record({
  image: list(list(list(value, 4), 2), 2),
  pool: fc.constant(2),
  weights: list(list(value, 2), 3),
  bias: list(value, 3),
  head: list(list(value, 3), 2),
  places: list(value, 2),
  curve: fc.constant(0.5),
});

/** Both colours of [[1, 2]] and [[-3, 1]]; A^0 = I_0 + I_1 = [0, 3], A^1 = -I_1 = [3, 0]. y_0 = mean(A^0) - mean(A^1). */
const byHand = tinyNetwork({
  image: [[[1, 2]], [[-3, 1]]],
  weights: [
    [1, 1],
    [0, -1],
  ],
  head: [
    [1, -1],
    [0, 0],
  ],
});

describe('methods of pixels', () => {
  // d y / dI: first pixel (0, 1/2) by A^1 alone, second (1/2, 1/2) by A^0 alone.
  for (const [method, channels, expected] of [
    ['gradient', 'largest', [0.5, 0.5]],
    ['gradient', 'magnitude', [0.5, 1]],
    ['gradient', 'sum', [0.5, 1]],
    ['input-x-gradient', 'sum', [-1.5, 1.5]],
    // A^1's gradient, -1/2, does not pass.
    ['guided-backpropagation', 'magnitude', [0, 1]],
    // Without biases the gradient is the same along the path.
    ['integrated-gradients', 'sum', [-1.5, 1.5]],
  ] as const) {
    it(`${method} by hand, colours pooled by ${channels}`, async () => {
      const { map, signed, height, width } = await explain(byHand, method, { class: 0 }, { channels });
      assertClose(map, expected);
      assert.equal(signed, channels === 'sum');
      assert.deepEqual([height, width], [1, 2]);
    });
  }

  it('Integrated Gradients sum to the difference of the scores within 1 %', () =>
    fc.assert(
      fc.asyncProperty(curved, async (model) => {
        const network = tinyNetwork(model);
        const empty = tinyNetwork({ ...model, image: model.image.map((rows) => rows.map((row) => row.map(() => 0))) });
        const difference = logitOf(network) - logitOf(empty);
        const { map } = await explain(network, 'integrated-gradients', { class: 0 }, { steps: 2000 });
        // A kink costs a part of one step, in which the score moves as steeply as it does anywhere, as at the image.
        const steep = (await explain(network, 'input-x-gradient')).map;
        const reach = [...map, ...steep, difference].reduce((sum, x) => sum + Math.abs(x), 0);
        assert.ok(Math.abs(sumOf(map) - difference) <= 0.01 * reach + 1e-6, `${sumOf(map)} instead of ${difference}`);
      }),
      { numRuns: 30 },
    ));

  it('the path is sampled at the middles of equal steps, and evenly from the start', () => {
    for (const steps of [1, 2, 7, 8, 50]) {
      const sorted = midpoints(steps).sort((a, b) => a - b);
      assertClose(
        sorted,
        Array.from({ length: steps }, (_, i) => (i + 0.5) / steps),
      );
    }
    const first = midpoints(50).slice(0, 8);
    assert.ok(Math.abs(sumOf(first) / 8 - 0.5) < 0.1, `${first}`);
  });

  it('SmoothGrad is the gradient where the network is linear', async () => {
    const linear = tinyNetwork({ image: [[[3, 5]]], weights: [[1]], bias: [100], head: [[2], [1]] });
    const frames = await framesOf(methods['smooth-grad'].run(linear, classOf(linear, { class: 0 }), { samples: 7 }));
    for (const { map } of frames) assertClose(map, [1, 1]);
    assert.deepEqual(
      frames.map(({ done, total }) => [done, total]),
      [
        [3, 7],
        [6, 7],
        [7, 7],
      ],
    );
  });

  it('SmoothGrad of a ReLU is the chance that it is active', async () => {
    // Pixels 0 and 2, so the range is 2 and 50 % noise has sigma 1; A = ReLU(I - 1) is active where the noise exceeds 1
    // at the first pixel, -1 at the second: 0.1587 and 0.8413.
    const relu = tinyNetwork({ image: [[[0, 2]]], weights: [[1]], bias: [-1], head: [[2], [0]] });
    const { map } = await explain(relu, 'smooth-grad', { class: 0 }, { samples: 4000, noise: 50, seed: 3 });
    assertClose(map, [0.1587, 0.8413], 0.02);
  });

  it('the same seed gives the same SmoothGrad, another one another', async () => {
    const relu = tinyNetwork({ image: [[[0, 2, 1, 1]]], weights: [[1]], bias: [-1], head: [[2], [0]] });
    const of = async (seed: number) => [
      ...(await explain(relu, 'smooth-grad', { class: 0 }, { samples: 25, noise: 50, seed })).map,
    ];
    assert.deepEqual(await of(1), await of(1));
    assert.notDeepEqual(await of(1), await of(2));
  });

  it('XRAI gives a region the mean of its integrated gradients from black and white', async () => {
    // Left half 0, right half 1; y is the mean, so a pixel adds (I - B) / pixels: from black [0, 1], from white [-1, 0].
    const [height, width] = [32, 32];
    const halves = Array.from({ length: height }, () =>
      Array.from({ length: width }, (_, j) => Number(j >= width / 2)),
    );
    const network = tinyNetwork({ image: [halves], weights: [[1]], head: [[height * width], [0]] });
    for (const order of ['full', 'fast'] as const) {
      const { map, done, total } = await explain(network, 'xrai', { class: 0 }, { steps: 3, order });
      assert.deepEqual([done, total], [6, 6]);
      assert.ok(Math.abs(map[0]! - -0.5) < 1e-5 && Math.abs(map.at(-1)! - 0.5) < 0.07, `${map[0]}, ${map.at(-1)}`);
      assert.ok(Math.abs(sumOf(map)) < 1e-3);
    }
  });
});
