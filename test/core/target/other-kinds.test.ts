/**
 * Targets that are no class: a loss, and a region of one tensor with a score of another. Each is a fragment and a reader of a
 * dozen lines; sessions, methods and metrics take them as they are. What they say is compared with plain loops over doubles.
 */
import { strict as assert } from 'node:assert';
import { DEFAULT_CHOICE } from '../../../src/core/methods/choice';
import { methods } from '../../../src/core/methods/method-table';
import type { MethodNetwork } from '../../../src/core/methods/network';
import { metrics } from '../../../src/core/metrics/metric-table';
import type { Facts } from '../../../src/core/onnx/facts';
import { sizeOf } from '../../../src/core/onnx/tensors';
import type { Fragment, Target } from '../../../src/core/target/target';
import { openModel } from '../../../src/engine/model/inspect';
import { prepareInput } from '../../../src/engine/pictures/prepare';
import { networkOf } from '../../../src/engine/sessions/method-network';
import { addPart } from '../../../src/engine/sessions/parts';
import { firstPass } from '../../../src/engine/sessions/passes';
import { createExplainer, releaseExplainer } from '../../../src/engine/sessions/sessions';
import { testFolder } from '../../support/folder';
import { features } from '../../support/naive';
import { IMAGE, LAYER, NETWORK, networkModel, noise, tensorFile } from '../../support/tiny-network';
import { assertClose } from '../methods/run';
import { ignore, subjectOf } from '../metrics/subject';

const LOGITS = 'logits';
const AREA = 6 * 8;

const sum = (values: readonly number[]) => values.reduce((a, b) => a + b, 0);
const mapsOf = (data: readonly number[]) => features(NETWORK, { ...IMAGE, data }).map((map) => map.flat());
function logitsOf(data: readonly number[]): number[] {
  const means = mapsOf(data).map((map) => sum(map) / AREA);
  return [0, 1, 2].map((c) => sum(means.map((mean, k) => mean * NETWORK.linear[3 * k + c]!)));
}

/** Cross-entropy with softmax: log(sum of exp y) - t . y. */
const crossEntropy = (facts: Facts): Fragment => ({
  reads: [LOGITS],
  outputs: { 'test:logits': 3 },
  inputs: [{ name: 'test:labels', dims: facts.get(LOGITS)!.dims }],
  forward: (emit, [logits]) => void emit.alias(logits!, 'test:logits'),
  backward: (emit, [logits]) => [emit.op('Sub', [emit.op('Softmax', [logits!], { axis: { int: 1 } }), 'test:labels'])],
});

function lossOf(label: number): Target {
  const value = (logits: ArrayLike<number>) => Math.log(sum(Array.from(logits, Math.exp))) - logits[label]!;
  const read = (outputs: Readonly<Record<string, Float32Array>>) => value(outputs['test:logits']!);
  const labels = new Float32Array(3).fill(1, label, label + 1);
  return { feeds: { 'test:labels': labels }, value: read, score: read, startsAtZero: true };
}

/** The mean of one channel over a rectangle of the layer, plus a logit. */
const weighted = (facts: Facts): Fragment => ({
  reads: [LAYER, LOGITS],
  outputs: { 'test:map': sizeOf(facts.get(LAYER)!.dims), 'test:scores': 3 },
  inputs: [
    { name: 'test:region', dims: facts.get(LAYER)!.dims },
    { name: 'test:class', dims: facts.get(LOGITS)!.dims },
  ],
  forward: (emit, [map, logits]) => {
    emit.alias(emit.op('Flatten', [map!], { axis: { int: 1 } }), 'test:map');
    emit.alias(logits!, 'test:scores');
  },
  backward: () => ['test:region', 'test:class'],
});

const CHANNEL = 2;
/** Rows 1 to 3 and columns 2 to 5 of a map of 6 by 8. */
const isInside = (at: number) => at >= 8 && at < 32 && at % 8 >= 2 && at % 8 < 6;
const REGION = Float32Array.from({ length: 7 * AREA }, (_, i) =>
  Math.floor(i / AREA) === CHANNEL && isInside(i % AREA) ? 1 / 12 : 0,
);
const dot = (a: ArrayLike<number>, b: ArrayLike<number>) => sum(Array.from(a, (x, i) => x * b[i]!));
const region: Target = {
  feeds: { 'test:region': REGION, 'test:class': Float32Array.of(0, 1, 0) },
  value: (outputs) => dot(outputs['test:map']!, REGION) + outputs['test:scores']![1]!,
  score: (outputs) => region.value(outputs),
  startsAtZero: false,
};

/** What the plain loops say each target is worth. */
const TARGETS: Readonly<
  Record<string, { fragment: typeof crossEntropy; target: Target; naive: (data: number[]) => number }>
> = {
  'a loss': {
    fragment: crossEntropy,
    target: lossOf(1),
    naive: (data) => Math.log(sum(logitsOf(data).map(Math.exp))) - logitsOf(data)[1]!,
  },
  'a region and a score': {
    fragment: weighted,
    target: region,
    naive: (data) => dot(mapsOf(data).flat(), REGION) + logitsOf(data)[1]!,
  },
};

describe('targets of other kinds', () => {
  const folder = testFolder();

  async function withNetwork(fragment: typeof crossEntropy, test: (network: MethodNetwork) => Promise<void>) {
    const model = { path: folder.write('model.onnx', networkModel()), layer: LAYER };
    const { file, ...opened } = await openModel(model);
    const known = { ...opened, identity: file.identity };
    const explainer = await createExplainer(known, file, 'cpu', fragment(known.facts));
    try {
      for (const part of ['feature-gradient', 'input-gradient', 'features', 'images'] as const)
        await addPart(explainer, part, file);
      const input = await prepareInput({ tensor: folder.write('input.npy', tensorFile(IMAGE)) }, known.info);
      const work = { signal: { aborted: false }, passes: 0 };
      const state = await firstPass(explainer, input, DEFAULT_CHOICE.blur, work);
      await test(networkOf(explainer, state, DEFAULT_CHOICE.blur, work));
    } finally {
      releaseExplainer(explainer);
      file.release();
    }
  }

  for (const [name, { fragment, target, naive }] of Object.entries(TARGETS)) {
    it(`${name}: its value for an image, and for each of a batch`, () =>
      withNetwork(fragment, async (network) => {
        assertClose([target.value(network.outputs)], [naive([...IMAGE.data])]);
        const images = Array.from({ length: 7 }, (_, i) => noise(IMAGE.data.length, i + 2));
        const found: number[] = [];
        const items = images.map((image) => ({ image: Float32Array.from(image) }));
        for await (const chunk of network.scoreImages(items))
          for (const { outputs } of chunk) found.push(target.value(outputs));
        assertClose(found, images.map(naive));
      }));

    it(`${name}: its gradient, by central differences`, () =>
      withNetwork(fragment, async (network) => {
        const image = Float32Array.from(IMAGE.data);
        for await (const chunk of network.inputGradients([{ image }], target, 'plain')) {
          for (const { gradient } of chunk) {
            const at = (i: number, step: number) => naive(IMAGE.data.with(i, IMAGE.data[i]! + step));
            const probed = Array.from({ length: 40 }, (_, i) => (i * 53 + 3) % IMAGE.data.length);
            assertClose(
              probed.map((i) => gradient[i]!),
              probed.map((i) => (at(i, 1e-5) - at(i, -1e-5)) / 2e-5),
            );
            assert.ok(
              probed.some((i) => Math.abs(gradient[i]!) > 1e-3),
              'no gradient',
            );
          }
        }
      }));

    it(`${name}: explained by methods with gradients and by passes, and measured`, () =>
      withNetwork(fragment, async (network) => {
        for (const method of ['group-cam', 'grad-cam', 'score-cam', 'ablation-cam', 'rise', 'xrai'] as const) {
          const options = { rise: { masks: 20 }, xrai: { steps: 4 } }[method as string] ?? {};
          let last: Float32Array = new Float32Array();
          for await (const { map } of methods[method].run(network, target, options)) last = map;
          assert.ok(last.length > 0 && last.every(Number.isFinite), method);
        }
        const pixels = IMAGE.height * IMAGE.width;
        const map = Float32Array.from({ length: pixels }, (_, i) => i / pixels);
        const { scores, curve } = await metrics.deletion.run(
          subjectOf(network, map, { target }),
          { step: 50, to: 'zero' },
          ignore,
        );
        // Pixels of the second half go first, then all.
        const half = IMAGE.data.map((value, i) => (i % pixels < pixels / 2 ? value : 0));
        const expected = [naive([...IMAGE.data]), naive(half), naive(half.map(() => 0))];
        assertClose(curve!.probabilities, expected);
        assertClose([scores['deletion']!], [(expected[0]! + 2 * expected[1]! + expected[2]!) / 4]);
      }));
  }

  it('a region and a score: HiResCAM by hand', () =>
    withNetwork(weighted, async (network) => {
      const maps = mapsOf(IMAGE.data);
      const expected = Array.from({ length: AREA }, (_, at) =>
        Math.max(sum(maps.map((map, k) => map[at]! * (REGION[k * AREA + at]! + NETWORK.linear[3 * k + 1]! / AREA))), 0),
      );
      let last: Float32Array = new Float32Array();
      for await (const { map } of methods['hires-cam'].run(network, region)) last = map;
      assertClose(last, expected);
    }));

  it('are refused by CAM, which needs the weights of classes', () =>
    withNetwork(crossEntropy, async (network) => {
      const head = new Float32Array(21);
      await assert.rejects(methods.cam.run({ ...network, head }, lossOf(0)).next(), { code: 'method-unsuitable' });
    }));
});
