import assert from 'node:assert/strict';
import { indexGraph, nodesLeadingTo, tensorsDependingOn } from '../../../src/core/onnx/graph';
import { DataType, makeTensor } from '../../../src/core/onnx/tensors';
import { CLASSIFIER, factsOf, parseTiny } from '../../support/tiny-model';

describe('facts', () => {
  it('hold types and concrete dimensions of every tensor', async () => {
    const facts = await factsOf(parseTiny(CLASSIFIER), [2, 3, 10, 12]);
    const dims = ['image', 'stem', 'map', 'pooled', 'logits'].map((name) => facts.get(name)!.dims);
    assert.deepEqual(dims, [
      [2, 3, 10, 12],
      [4, 3, 3, 3],
      [2, 4, 8, 10],
      [2, 4, 1, 1],
      [2, 2],
    ]);
    assert.equal(facts.get('map')!.dtype, DataType.FLOAT);
  });

  it('hold the values of sizes computed in the graph, and of no image-dependent tensor', async () => {
    const model = parseTiny({
      nodes: [
        ['Shape', 'image', 'shape'],
        ['Mul', 'shape two', 'doubled'],
        ['Reshape', 'image flat', 'row'],
        ['ArgMax', 'row', 'best', { axis: { int: 1 } }],
        ['Greater', 'image threshold', 'mask'],
      ],
      outputs: ['best'],
      initializers: [
        makeTensor('two', DataType.INT64, [], [2]),
        makeTensor('flat', DataType.INT64, [2], [0, -1]),
        makeTensor('threshold', DataType.FLOAT, [], [0.5]),
      ],
    });
    const facts = await factsOf(model, [1, 3, 4, 5]);
    assert.deepEqual(facts.get('doubled')!.values, [2, 6, 8, 10]);
    assert.deepEqual(facts.get('flat')!.values, [0, -1]);
    assert.deepEqual(facts.get('threshold')!.values, [0.5]);
    assert.deepEqual(facts.get('row')!.dims, [1, 60]);
    assert.deepEqual(facts.get('best'), { dtype: DataType.INT64, dims: [1, 1] });
    assert.deepEqual(facts.get('mask'), { dtype: DataType.BOOL, dims: [1, 3, 4, 5] });
  });

  it('include sizes that depend on a large weight, though the weights are not read', async () => {
    const model = parseTiny({
      nodes: [['Concat', 'image extra', 'y', { axis: { int: 1 } }]],
      outputs: ['y'],
      weights: { extra: [1, 50, 8, 8] },
    });
    assert.deepEqual((await factsOf(model)).get('y')!.dims, [1, 53, 8, 8]);
  });
});

describe('graphs', () => {
  const { graph } = parseTiny({
    ...CLASSIFIER,
    nodes: [...CLASSIFIER.nodes, ['Shape', 'map', 'shape'], ['Sqrt', 'relu', 'beside']],
  });
  const index = indexGraph(graph.node);

  it('give the nodes that lead to a tensor, up to a stop, in order', () => {
    const outputs = (target: string, stops: string[]) =>
      nodesLeadingTo(index, [target], new Set(stops)).flatMap(({ output }) => output);
    assert.deepEqual(outputs('row', []), ['map', 'relu', 'pooled', 'row']);
    assert.deepEqual(outputs('row', ['relu']), ['pooled', 'row']);
    assert.deepEqual(outputs('row', ['row']), []);
  });

  it('give the tensors that depend on one', () => {
    const through = (node: { opType: string }) => node.opType !== 'Shape';
    assert.deepEqual([...tensorsDependingOn(index, ['pooled'])], ['pooled', 'row', 'logits', 'p']);
    assert.ok(tensorsDependingOn(index, ['map']).has('shape'));
    assert.ok(!tensorsDependingOn(index, ['map'], through).has('shape'));
  });

  it('know who makes and who uses a tensor', () => {
    assert.equal(index.producer.get('relu')!.opType, 'Relu');
    assert.deepEqual(
      index.consumers.get('relu')!.map(({ opType }) => opType),
      ['GlobalAveragePool', 'Sqrt'],
    );
  });
});
