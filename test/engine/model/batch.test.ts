import { strict as assert } from 'node:assert';
import { DataType, makeTensor } from '../../../src/core/onnx/tensors';
import { factsAtBatch } from '../../../src/engine/model/batch';
import { CLASSIFIER, factsOf, inMemory, parseTiny, type TinyModel } from '../../support/tiny-model';

const ends = { input: 'image', logits: 'logits' };

async function batchOf(model: TinyModel, batch: number) {
  const parsed = parseTiny(model);
  return factsAtBatch(inMemory(parsed), await factsOf(parsed), ends, batch);
}

const shaped = (dims: readonly number[]): TinyModel => ({
  ...CLASSIFIER,
  nodes: [
    ['Conv', 'image stem', 'map'],
    ['Reshape', 'map dims', 'tokens'],
    ['Softmax', 'tokens', 'shares', { axis: { int: 2 } }],
    ['Mul', 'tokens shares', 'weighed'],
    ['Reshape', 'weighed back', 'features'],
    ['GlobalAveragePool', 'features', 'pooled'],
    ['Flatten', 'pooled', 'row'],
    ['MatMul', 'row fc', 'logits'],
  ],
  outputs: ['logits'],
  initializers: [makeTensor('dims', DataType.INT64, [3], dims), makeTensor('back', DataType.INT64, [4], [-1, 4, 6, 6])],
});

describe('a batch of images', () => {
  it('has its facts where the batch is free', async () => {
    const facts = await batchOf(CLASSIFIER, 5);
    assert.deepEqual(facts?.get('map')?.dims, [5, 4, 6, 6]);
    assert.deepEqual((await batchOf(shaped([-1, 4, 36]), 3))?.get('tokens')?.dims, [3, 4, 36]);
  });

  it('has none where the graph is bound to one image', async () => {
    assert.equal(await batchOf(shaped([1, 4, 36]), 3), undefined);
  });

  it('has none where images would be mixed', async () => {
    assert.equal(await batchOf(shaped([1, 1, -1]), 3), undefined);
  });
});
