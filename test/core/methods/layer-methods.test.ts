import assert from 'node:assert/strict';
import fc from 'fast-check';
import { weightedSum } from '../../../src/core/methods/maps';
import { methods } from '../../../src/core/methods/method-table';
import { xGradWeights } from '../../../src/core/methods/xgrad-cam';
import type { MethodFrame } from '../../../src/core/saliency';
import { assertClose, classOf, explain, framesOf, logitOf, sumOf } from './run';
import { type TinyNetwork, tinyNetwork } from './tiny-network';

const value = fc.integer({ min: -8, max: 8 }).map((x) => x / 4);
const list = <T>(of: fc.Arbitrary<T>, length: number) => fc.array(of, { minLength: length, maxLength: length });
/** Two colours, 4 x 6 pixels, three channels of 2 x 3, two classes. */
const shape = {
  image: list(list(list(value, 6), 4), 2),
  pool: fc.constant(2),
  weights: list(list(value, 2), 3),
  bias: list(value, 3),
  head: list(list(value, 3), 2),
};
const pooled: fc.Arbitrary<TinyNetwork> = fc.record(shape);
const placed: fc.Arbitrary<TinyNetwork> = fc.record({ ...shape, places: list(value, 6) });

describe('methods of the layer', () => {
  it('Grad-CAM is CAM over the number of pixels where the head is linear', () =>
    fc.assert(
      fc.asyncProperty(pooled, async (model) => {
        const network = tinyNetwork(model);
        const [grad, cam] = [await explain(network, 'grad-cam'), await explain(network, 'cam')];
        assertClose(
          grad.map.map((x) => x * 6),
          cam.map,
        );
      }),
    ));

  it('HiResCAM is Grad-CAM where the gradient is the same at every pixel', () =>
    fc.assert(
      fc.asyncProperty(pooled, async (model) => {
        const network = tinyNetwork(model);
        const [hiRes, grad] = [await explain(network, 'hires-cam'), await explain(network, 'grad-cam')];
        assertClose(hiRes.map, grad.map);
      }),
    ));

  it('LayerCAM is HiResCAM where the gradient is nowhere negative', () =>
    fc.assert(
      fc.asyncProperty(placed, async (model) => {
        const positive = {
          ...model,
          head: model.head.map((row) => row.map(Math.abs)),
          places: model.places!.map(Math.abs),
        };
        const network = tinyNetwork(positive);
        assertClose((await explain(network, 'layer-cam')).map, (await explain(network, 'hires-cam')).map);
      }),
    ));

  it('XGrad-CAM sums, before the ReLU, to the sum of gradient times activation', () =>
    fc.assert(
      fc.asyncProperty(placed, async (model) => {
        const network = tinyNetwork(model);
        const gradient = await network.featureGradient(classOf(network, { class: 0 }));
        const map = weightedSum(network.features, xGradWeights(network.features, gradient));
        const expected = sumOf(gradient.map((g, i) => g * network.features.data[i]!));
        assert.ok(Math.abs(sumOf(map) - expected) < 1e-4, `${sumOf(map)} instead of ${expected}`);
        // Here y is linear in A, so that is y itself.
        assert.ok(Math.abs(sumOf(map) - logitOf(network)) < 1e-4);
        assertClose(
          (await explain(network, 'xgrad-cam')).map,
          map.map((x) => Math.max(x, 0)),
        );
      }),
    ));

  it("XGrad-CAM's weights are what the score loses without a channel (sensitivity)", () =>
    fc.assert(
      fc.asyncProperty(placed, async (model) => {
        const network = tinyNetwork(model);
        const { data, channels, height, width } = network.features;
        const weights = xGradWeights(network.features, await network.featureGradient(classOf(network, { class: 0 })));
        const without = Array.from({ length: channels }, (_, k) => ({
          features: data.slice().fill(0, k * height * width, (k + 1) * height * width),
        }));
        let k = 0;
        for await (const chunk of network.scoreFeatures(without)) {
          for (const scored of chunk) {
            const share = weights[k]! * sumOf(data.subarray(k * height * width, (k + 1) * height * width));
            assert.ok(Math.abs(share - (logitOf(network) - logitOf(scored))) < 1e-4, `channel ${k}`);
            k += 1;
          }
        }
        assert.equal(k, channels);
      }),
    ));

  /** A^0 = [1, 2], A^1 = [3, 0]; y_0 = 2 t and y_1 = -y_0. For class 0 the gradients are [1, -2] and [-1, 2]. */
  const byHand = tinyNetwork({
    image: [[[1, 2]], [[3, 0]]],
    weights: [
      [1, 0],
      [0, 1],
    ],
    head: [
      [1, -1],
      [-1, 1],
    ],
    places: [1, -2],
  });

  for (const [method, first, second] of [
    // w = (-0.5, 0.5); for class 1 its opposite.
    ['grad-cam', [1, 0], [0, 1]],
    // [1 - 3, -4 + 0]
    ['hires-cam', [0, 0], [2, 4]],
    // ReLU(g) = [1, 0], [0, 2]; for class 1 [0, 2], [1, 0].
    ['layer-cam', [1, 0], [3, 4]],
    // w = ((1 - 4) / 3, -3 / 3) = (-1, -1); for class 1 (1, 1).
    ['xgrad-cam', [0, 0], [4, 2]],
    // w_k = sum of a ReLU(g): 1 / (2 + 3) and 4 / (8 + 3 * 8) * 2 = 1 / 4; for class 1 4 / (8 + 3 * 8) * 2 and 1 / (2 + 3).
    ['grad-cam++', [1 / 5 + 3 / 4, 2 / 5], [1 / 4 + 3 / 5, 2 / 4]],
  ] as const) {
    it(`${method} by hand`, async () => {
      assertClose((await explain(byHand, method)).map, first);
      assertClose((await explain(byHand, method, { class: 1 })).map, second);
    });
  }

  it('CAM by hand', async () => {
    // A^0 = [1, 2], A^1 = [3, 0]; weights 2 and -1, so [2 - 3, 4].
    const network = tinyNetwork({
      image: [[[1, 2]], [[3, 0]]],
      weights: [
        [1, 0],
        [0, 1],
      ],
      head: [
        [2, -1],
        [0.5, 1],
      ],
    });
    assertClose((await explain(network, 'cam')).map, [0, 4]);
    assertClose((await explain(network, 'cam', { class: 1 })).map, [3.5, 1]);
  });

  it('CAM refuses a head that is not linear and names a method that works', async () => {
    await assert.rejects(explain(byHand, 'cam'), (error: Error & { code: string }) => {
      assert.equal(error.code, 'method-unsuitable');
      assert.match(error.message, /^method cam: .*needs .* Use grad-cam instead\.$/);
      return true;
    });
  });

  it('Eigen-CAM of maps that are multiples of one pattern is that pattern', () =>
    fc.assert(
      fc.asyncProperty(
        list(fc.integer({ min: 1, max: 9 }), 4),
        list(fc.integer({ min: 1, max: 9 }), 3),
        async (pattern, factors) => {
          const network = tinyNetwork({ image: [[pattern]], weights: factors.map((f) => [f]), head: [[1, 1, 1]] });
          const length = Math.hypot(...factors);
          assertClose(
            (await explain(network, 'eigen-cam')).map,
            pattern.map((x) => x * length),
            1e-4,
          );
        },
      ),
    ));

  it('Eigen-CAM by hand', async () => {
    // O = [[2, 0], [1, 3], [0, 0]]; O'O = [[5, 3], [3, 9]], whose first vector is (1, (4 + sqrt(52)) / 6).
    const network = tinyNetwork({
      image: [[[2, 1, 0]], [[0, 3, 0]]],
      weights: [
        [1, 0],
        [0, 1],
      ],
      head: [[1, 1]],
    });
    const slope = (4 + Math.sqrt(52)) / 6;
    const length = Math.hypot(1, slope);
    assertClose((await explain(network, 'eigen-cam')).map, [2 / length, (1 + 3 * slope) / length, 0]);
  });

  it("Group-CAM's first frame, and one group without scores, is Grad-CAM", () =>
    fc.assert(
      fc.asyncProperty(placed, fc.integer({ min: 1, max: 4 }), async (model, groups) => {
        const network = tinyNetwork(model);
        const [first] = await framesOf(methods['group-cam'].run(network, classOf(network, { class: 0 }), { groups }));
        assertClose(first!.map, (await explain(network, 'grad-cam')).map);
      }),
    ));

  it('Group-CAM with one group and no de-noising is Grad-CAM times its score', () =>
    fc.assert(
      fc.asyncProperty(placed, async (model) => {
        const network = tinyNetwork(model);
        const run = methods['group-cam'].run(network, classOf(network, { class: 0 }), {
          groups: 1,
          variant: 'official',
        });
        const frames: MethodFrame[] = [];
        let step = await run.next();
        for (; !step.done; step = await run.next()) frames.push(step.value);
        const [score = 0] = step.value.scores!;
        const grad = await explain(network, 'grad-cam');
        assertClose(
          frames.at(-1)!.map,
          grad.map.map((x) => score * x),
        );
      }),
    ));

  it('a contrast is the explanation of a difference of logits', () =>
    fc.assert(
      fc.asyncProperty(pooled, async (model) => {
        // Class 2 is y_0 - y_1 / 2, so it has the same explanation.
        const [a, b] = model.head;
        const network = tinyNetwork({ ...model, head: [a!, b!, a!.map((w, k) => w - b![k]! / 2)] });
        const contrast = { class: 0, contrast: { classes: [1], weight: 0.5 } };
        for (const method of ['grad-cam', 'cam', 'layer-cam', 'grad-cam++', 'ablation-cam', 'gradient'] as const) {
          const [map, expected] = [
            await explain(network, method, contrast),
            await explain(network, method, { class: 2 }),
          ];
          assertClose(map.map, expected.map, 1e-5, method);
        }
      }),
    ));
});
