import { strict as assert } from 'node:assert';
import { CPU_RULES } from '../../../src/core/gradients/cpu';
import { withGraph } from '../../../src/core/onnx/model';
import { DataType, dimsOf, makeTensor, valuesOf } from '../../../src/core/onnx/tensors';
import { parametersOf } from '../../../src/core/training/parameters';
import { STEP, stepGraph } from '../../../src/core/training/step-graph';
import { relativeErrors } from '../../support/runtime';
import { CLASSIFIER, factsOf, inMemory, parseTiny, type TinyModel } from '../../support/tiny-model';
import { noise } from '../../support/tiny-network';
import { oneHot, trained } from '../../support/training';

const PLAIN: TinyModel = { ...CLASSIFIER, nodes: CLASSIFIER.nodes.slice(0, -1), outputs: ['logits'] };
const dims = [2, 3, 8, 8];
const image = Float32Array.from(noise(2 * 3 * 64, 1));
const labels = oneHot([0, 1], 2);

async function gradientsOf(model: TinyModel, options: Partial<Parameters<typeof trained>[1]> = {}) {
  const network = await trained(inMemory(parseTiny(model)), { dims, ...options });
  const { gradients } = await network.step(image, labels);
  await network.release();
  return gradients;
}

describe('a training step', () => {
  it('of the head alone holds no convolution of the way back, and the same gradient', async () => {
    const model = parseTiny(PLAIN);
    const facts = await factsOf(model, dims);
    const found = parametersOf(model, facts, { input: 'image', logits: 'logits' });
    const head = found.parameters.filter(({ name }) => name === 'fc');
    const output = { logits: 'logits', link: 'identity', activation: 'softmax', classes: 2 } as const;
    const graph = stepGraph(model, facts, { input: 'image', parameters: head, output }, CPU_RULES);
    assert.equal(graph.node.filter(({ opType }) => opType === 'Conv').length, 1);
    assert.deepEqual(
      graph.input.map(({ name }) => name),
      [STEP.image, STEP.labels, 'fc'],
    );
    const [all, own] = [await gradientsOf(PLAIN), await gradientsOf(PLAIN, { only: (name) => name === 'fc' })];
    assert.deepEqual([...all.keys()].sort(), ['fc', 'stem']);
    assert.ok(relativeErrors(own.get('fc')!, all.get('fc')!).largest <= 1e-6);
  });

  it('adds up the gradients of a weight that two layers share', async () => {
    const twice = (second: string): TinyModel => ({
      ...PLAIN,
      nodes: [
        ...PLAIN.nodes.slice(0, 2),
        ['Conv', 'relu middle', 'next'],
        ['Conv', `next ${second}`, 'last'],
        ['GlobalAveragePool', 'last', 'pooled'],
        ...PLAIN.nodes.slice(3),
      ],
      weights: { ...PLAIN.weights, middle: [4, 4, 2, 2], ...(second !== 'middle' && { [second]: [4, 4, 2, 2] }) },
    });
    const [shared, apart] = [await gradientsOf(twice('middle')), await gradientsOf(twice('other'))];
    const sum = apart.get('middle')!.map((value, i) => value + apart.get('other')![i]!);
    assert.ok(relativeErrors(shared.get('middle')!, sum).largest <= 1e-5);
  });

  it('feeds weights of float16 as float32', async () => {
    const model = parseTiny({ ...PLAIN, inputType: DataType.FLOAT16 });
    const initializer = model.graph.initializer.map((tensor) =>
      makeTensor(tensor.name, DataType.FLOAT16, dimsOf(tensor), valuesOf(tensor)!),
    );
    const half = withGraph(model, { ...model.graph, initializer });
    const network = await trained(inMemory(half), { dims, dtype: DataType.FLOAT16 });
    const { gradients } = await network.step(image, labels);
    await network.release();
    const wide = await gradientsOf(PLAIN);
    for (const [name, gradient] of gradients) {
      assert.ok(gradient instanceof Float32Array);
      const { largest } = relativeErrors(gradient, wide.get(name)!);
      assert.ok(largest <= 0.01, `${name}: ${largest}`);
    }
  });
});
