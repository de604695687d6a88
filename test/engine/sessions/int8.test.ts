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
import { firstPass } from '../../../src/engine/sessions/passes';
import { createSessions } from '../../../src/engine/sessions/sessions';
import { testFolder } from '../../support/folder';
import { largestDifference } from '../../support/reference';
import { IMAGE, LAYER, NETWORK, networkModel, tensorFile } from '../../support/tiny-network';

describe('scores in 8 bits', () => {
  const folder = testFolder();

  /** @param factor of the image's numbers */
  async function scored(explainer: Explainer, factor: number, precision: 'int8' | 'float32') {
    const image = { ...IMAGE, data: IMAGE.data.map((x) => x * factor) };
    const tensor = folder.write(`input-${factor}.npy`, tensorFile(image));
    const input = await prepareInput({ tensor }, explainer.info);
    const { blur } = DEFAULT_CHOICE;
    const work = { signal: { aborted: false }, passes: 0 };
    const state = await firstPass(explainer, input, blur, work);
    const { width, height } = explainer.info.layers.find(({ tensor }) => tensor === LAYER)!;
    const masks = Array.from({ length: 9 }, (_, i) => ({
      mask: Float32Array.from({ length: width * height }, (_, at) => ((at * (i + 3)) % 7) / 6),
    }));
    const target = classTarget(explainer.info.labels.value, { class: 1 });
    const found: number[] = [];
    for await (const chunk of scoreMasks(explainer, state, masks, 'zero', blur, work, { precision, target }))
      for (const { outputs } of chunk) found.push(...probabilitiesOf(outputs));
    return found;
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
});
