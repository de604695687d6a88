import assert from 'node:assert/strict';
import { DEFAULT_CHOICE } from '../../../src/core/methods/choice';
import { makeNode } from '../../../src/core/onnx/emit';
import { indexGraph, nodesLeadingTo } from '../../../src/core/onnx/graph';
import { createService } from '../../../src/engine/service';
import { testFolder } from '../../support/folder';
import { project } from '../../support/shared';
import { CLASSIFIER, type TinyNode, tinyModel } from '../../support/tiny-model';

const NOBODY = { signal: new AbortController().signal, emit: () => {} };

/** Nodes one behind the other, from one tensor to another. */
const chain = (operator: string, count: number, from: string, to: string): TinyNode[] =>
  Array.from({ length: count }, (_, i) => [
    operator,
    i === 0 ? from : `${operator}${i}`,
    i === count - 1 ? to : `${operator}${i + 1}`,
  ]);

describe('large models', () => {
  const folder = testFolder();
  const explain = (model: string, target: 'top' | { label: string }) =>
    createService().explain(
      {
        ...DEFAULT_CHOICE,
        method: 'grad-cam',
        view: 'large',
        image: { path: project('media', 'demo', 'scenes', 'cat-and-dog.png') },
        model: { path: model },
        target,
        device: 'cpu',
        top: 2,
      },
      NOBODY,
    );

  it('of 10,000 nodes one behind the other are inspected and explained', async () => {
    const nodes: TinyNode[] = [
      ['Conv', 'image stem', 'map'],
      ...chain('Relu', 6000, 'map', 'relu'),
      ...CLASSIFIER.nodes.slice(2, -1).map(([operator, from, to]): TinyNode => [operator, from, to]),
      ...chain('Identity', 4000, 'logits', 'scores'),
      ['Softmax', 'scores', 'p'],
    ];
    const file = folder.write('net.onnx', tinyModel({ ...CLASSIFIER, nodes }));
    const info = await createService().inspect({ model: { path: file } }, NOBODY);
    assert.equal(info.layers.length, 6001);
    const long = await explain(file, 'top');
    const short = await explain(folder.write('short.onnx', tinyModel(CLASSIFIER)), 'top');
    // A ReLU of a ReLU is the ReLU.
    assert.deepEqual(long.probabilities, short.probabilities);
    assert.deepEqual(long.frame.map, short.frame.map);
  });

  it('of 200,000 classes are inspected and explained, and a class is found by its name', async () => {
    const count = 200_000;
    const names = JSON.stringify(Array.from({ length: count }, (_, i) => `class ${i}`));
    const model = tinyModel({ ...CLASSIFIER, weights: { stem: [4, 3, 3, 3], fc: [4, count] }, metadata: { names } });
    const file = folder.write('net.onnx', model);
    const info = await createService().inspect({ model: { path: file } }, NOBODY);
    assert.equal(info.labels.value.length, count);
    const explanation = await explain(file, { label: `class ${count - 1}` });
    assert.equal(explanation.class, count - 1);
    assert.equal(explanation.probabilities.length, count);
    await assert.rejects(explain(file, { label: 'class x199999' }), { code: 'unknown-class', message: /class 199999/ });
  });

  it('may have a node of 200,000 inputs', () => {
    const names = Array.from({ length: 200_000 }, (_, i) => `x${i}`);
    const node = makeNode('Concat', 'all', names, ['all'], {});
    assert.deepEqual(nodesLeadingTo(indexGraph([node]), ['all']), [node]);
  });
});
