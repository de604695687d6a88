/** Scores in 8 bits of images that come at the same time. */
import { strict as assert } from 'node:assert';
import { toBinary } from '@bufbuild/protobuf';
import { ModelProtoSchema } from 'onnx-buf';
import { DEFAULT_CHOICE } from '../../../src/core/methods/choice';
import { makeNode } from '../../../src/core/onnx/emit';
import { parseModel } from '../../../src/core/onnx/model';
import { DataType, makeTensor } from '../../../src/core/onnx/tensors';
import { CLASSES, classTarget, probabilitiesOf } from '../../../src/core/target/class-scores';
import { prepareInput } from '../../../src/engine/pictures/prepare';
import { scoreMasks } from '../../../src/engine/sessions/blends';
import type { Explainer } from '../../../src/engine/sessions/explainer';
import { backdropOf, firstPass, type Work } from '../../../src/engine/sessions/passes';
import { createSessions } from '../../../src/engine/sessions/sessions';
import { testFolder } from '../../support/folder';
import { largestDifference } from '../../support/reference';
import { IMAGE, LAYER, NETWORK, networkModel, tensorFile } from '../../support/tiny-network';

describe('scores in 8 bits', () => {
  const folder = testFolder();

  /** @param factor of the image's numbers */
  async function scored(explainer: Explainer, factor: number, precision: 'int8' | 'float32') {
    return [...(await answered(explainer, factor, precision, 1)).answers.values()].flatMap((each) => [...each.at(-1)!]);
  }

  /** Probabilities of each mask, as often as it was answered, and those of the blurred image. */
  async function answered(
    explainer: Explainer,
    factor: number,
    precision: 'int8' | 'float32' | 'auto',
    explained: number,
  ) {
    const image = { ...IMAGE, data: IMAGE.data.map((x) => x * factor) };
    const tensor = folder.write(`input-${factor}.npy`, tensorFile(image));
    const input = await prepareInput({ tensor }, explainer.info);
    const { blur } = DEFAULT_CHOICE;
    const work: Work = { signal: { aborted: false }, passes: 0 };
    const state = await firstPass(explainer, input, blur, work);
    const { width, height } = explainer.info.layers.find(({ tensor }) => tensor === LAYER)!;
    const cells = width * height;
    const masks = Array.from({ length: 9 }, (_, i) => [
      { mask: Float32Array.from({ length: cells }, (_, at) => ((at * (i + 3)) % 7) / 6) },
      { mask: Float32Array.from({ length: cells }, (_, at) => (at % 9 === i ? 1 : 0)) },
    ]).flat();
    const target = classTarget(explainer.info.labels.value, { class: explained });
    const answers = new Map<unknown, Float32Array[]>();
    for await (const chunk of scoreMasks(explainer, state, masks, 'blurred', blur, work, { precision, target }))
      for (const { item, outputs } of chunk)
        answers.set(item, [...(answers.get(item) ?? []), Float32Array.from(probabilitiesOf(outputs))]);
    const backdrop = await backdropOf(explainer, state, 'blurred', blur);
    return { answers, work, blurred: backdrop.outputs && probabilitiesOf(backdrop.outputs) };
  }

  it('a bias is as large as it is, however small what it is added to', async () => {
    const bias = [0.5, 2, 0.25, 1, 3, 0.75, 1.5];
    for (const factor of [0, 1e-9, 1e-3]) {
      const network = { ...NETWORK, conv: NETWORK.conv.map((w) => w * factor) };
      const proto = parseModel(networkModel({ network }), 'model.onnx').proto;
      const graph = proto.graph!;
      const at = graph.node.findIndex(({ output }) => output[0] === LAYER);
      graph.node.splice(
        at + 1,
        0,
        makeNode('Conv', 'second', [LAYER, 'ones1', 'bias'], ['second'], {}),
        makeNode('Relu', 'last', ['second'], ['last'], {}),
      );
      graph.node.find(({ opType }) => opType === 'GlobalAveragePool')!.input = ['last'];
      const ones = Array.from({ length: 49 }, (_, i) => (i % 8 === 0 ? 1 : 0.001));
      graph.initializer.push(
        makeTensor('ones1', DataType.FLOAT, [7, 7, 1, 1], ones),
        makeTensor('bias', DataType.FLOAT, [7], bias),
      );
      const model = { path: folder.write('model.onnx', toBinary(ModelProtoSchema, proto)), layer: LAYER };
      const explainer = await createSessions().explainerFor(model, 'cpu', ['int8']);
      const [small, real] = [await scored(explainer, 1, 'int8'), await scored(explainer, 1, 'float32')];
      assert.ok(largestDifference(small, real) <= 0.02, `${factor}: ${largestDifference(small, real)}`);
    }
  });

  it('of a faint and of a bright image at once: the grids cover both', async () => {
    const model = { path: folder.write('model.onnx', networkModel()), layer: LAYER };
    const factors = [8, 0.1];
    const explainer = await createSessions().explainerFor(model, 'cpu', ['int8']);
    assert.ok(explainer.fragment.outputs[CLASSES.probabilities]);
    const together = await Promise.all(factors.map((factor) => scored(explainer, factor, 'int8')));
    for (const [i, factor] of factors.entries()) {
      const real = await scored(explainer, factor, 'float32');
      assert.ok(largestDifference(together[i]!, real) <= 0.05, `${factor}: ${largestDifference(together[i]!, real)}`);
    }
  });

  it('auto scores an image again in float32 where masks that lower the score weigh against those that raise it', async () => {
    const model = { path: folder.write('model.onnx', networkModel()), layer: LAYER };
    const explainer = await createSessions().explainerFor(model, 'cpu', ['int8']);
    const seen = { clear: 0, disputed: 0 };
    for (const factor of [-8, -1, 1, 8]) {
      const chosen = await answered(explainer, factor, 'int8', 0);
      const int8 = explainer.parts.int8!;
      assert.ok(!('reason' in int8));
      int8.verdict = { suits: true, reason: 'it was tried' };
      for (const k of chosen.blurred!.keys()) {
        const gains = [...chosen.answers.values()].map(([p]) => p![k]! - chosen.blurred![k]!);
        const raised = gains.reduce((sum, gain) => sum + Math.max(gain, 0), 0);
        const isDisputed = raised > 0 && raised < 0.9 * gains.reduce((sum, gain) => sum + Math.abs(gain), 0);
        seen[isDisputed ? 'disputed' : 'clear'] += 1;
        const { answers, work } = await answered(explainer, factor, 'auto', k);
        assert.equal(work.precision?.used, isDisputed ? 'float32' : 'int8', `${factor}, class ${k}`);
        const real = [...(await answered(explainer, factor, 'float32', k)).answers.values()];
        for (const [i, each] of [...answers.values()].entries()) {
          assert.equal(each.length, isDisputed ? 2 : 1);
          if (isDisputed) assert.deepEqual(each[1], real[i]![0]);
        }
      }
    }
    assert.ok(seen.clear > 0 && seen.disputed > 0, JSON.stringify(seen));
  });
});
