import { strict as assert } from 'node:assert';
import { DataType, makeTensor } from '../../../src/core/onnx/tensors';
import { parametersOf } from '../../../src/core/training/parameters';
import { factsOf, parseTiny, type TinyModel } from '../../support/tiny-model';

const { FLOAT, INT8 } = DataType;
const counted = (name: string, dims: readonly number[], from = 1) =>
  makeTensor(
    name,
    FLOAT,
    dims,
    Array.from({ length: dims.reduce((a, b) => a * b, 1) }, (_, i) => from + i / 10),
  );

async function found(model: TinyModel) {
  const parsed = parseTiny(model);
  const facts = await factsOf(parsed);
  const { parameters, frozen } = parametersOf(parsed, facts, { input: 'image', logits: model.outputs[0]! });
  return { trained: parameters.map(({ name }) => name), frozen };
}

/** From a tensor of 4 channels to scores. */
const head = (features: string): TinyModel['nodes'] => [
  ['GlobalAveragePool', features, 'pooled'],
  ['Flatten', 'pooled', 'row'],
  ['MatMul', 'row fc', 'product'],
  ['Add', 'product bias', 'y'],
];
const weights = { stem: [4, 3, 3, 3], fc: [4, 2] };
const bias = counted('bias', [2]);

describe('parameters', () => {
  it('leave out what prepares the image, statistics and constants of activations', async () => {
    const { trained, frozen } = await found({
      nodes: [
        ['Sub', 'image mean', 'centred'],
        ['Div', 'centred deviation', 'normal'],
        ['Conv', 'normal stem', 'map'],
        ['BatchNormalization', 'map scale shift running-mean running-variance', 'batch'],
        ['Mul', 'batch half', 'small'],
        ['Add', 'small offset', 'moved'],
        ['PRelu', 'moved slope', 'relu'],
        ...head('relu'),
      ],
      outputs: ['y'],
      weights,
      initializers: [
        bias,
        counted('mean', [1, 3, 1, 1]),
        counted('deviation', [1, 3, 1, 1]),
        ...['scale', 'shift', 'running-mean', 'running-variance'].map((name) => counted(name, [4])),
        makeTensor('half', FLOAT, [], [0.5]),
        makeTensor('offset', FLOAT, [1], [0.5]),
        counted('slope', [4, 1, 1]),
      ],
    });
    assert.deepEqual(trained.sort(), ['bias', 'fc', 'scale', 'shift', 'slope', 'stem']);
    assert.deepEqual(
      frozen.map(({ name }) => name),
      ['mean', 'deviation', 'running-mean', 'running-variance'],
    );
    assert.match(frozen[0]!.reason, /prepares the image/);
    assert.match(frozen[2]!.reason, /statistics/);
  });

  it('leave out the ones and zeros of a normalisation of groups that is written as nodes', async () => {
    const { trained } = await found({
      nodes: [
        ['Conv', 'image stem', 'map'],
        ['Reshape', 'map grouped', 'groups'],
        ['InstanceNormalization', 'groups ones zeros', 'normal'],
        ['Shape', 'map', 'dims'],
        ['Reshape', 'normal dims', 'back'],
        ['Mul', 'back scale', 'scaled'],
        ['Add', 'scaled shift', 'shifted'],
        ...head('shifted'),
      ],
      outputs: ['y'],
      weights,
      initializers: [
        bias,
        makeTensor('grouped', DataType.INT64, [3], [0, 2, -1]),
        makeTensor('ones', FLOAT, [2], [1, 1]),
        makeTensor('zeros', FLOAT, [2], [0, 0]),
        counted('scale', [4, 1, 1]),
        counted('shift', [4, 1, 1]),
      ],
    });
    assert.deepEqual(trained.sort(), ['bias', 'fc', 'scale', 'shift', 'stem']);
  });

  it('are found behind the nodes that rearrange them, and quantised ones are named', async () => {
    const { trained, frozen } = await found({
      nodes: [
        ['DequantizeLinear', 'bytes unit', 'kernel'],
        ['Conv', 'image kernel', 'map'],
        ['GlobalAveragePool', 'map', 'pooled'],
        ['Flatten', 'pooled', 'row'],
        ['Transpose', 'fc', 'turned'],
        ['Identity', 'turned', 'same'],
        ['MatMul', 'row same', 'y'],
      ],
      outputs: ['y'],
      weights: { fc: [2, 4] },
      initializers: [
        makeTensor(
          'bytes',
          INT8,
          [4, 3, 3, 3],
          Array.from({ length: 108 }, (_, i) => (i % 50) - 25),
        ),
        makeTensor('unit', FLOAT, [], [0.01]),
      ],
    });
    assert.deepEqual(trained, ['fc']);
    assert.deepEqual(frozen, [{ name: 'bytes', reason: 'it is quantised' }]);
  });

  it('before an operator without a gradient are named with it', async () => {
    const { trained, frozen } = await found({
      nodes: [
        ['Conv', 'image stem', 'map'],
        ['Det', 'map', 'determinants'],
        ['MatMul', 'determinants fc', 'y'],
      ],
      outputs: ['y'],
      weights: { stem: [4, 3, 1, 1], fc: [4, 2] },
    });
    assert.deepEqual(trained, ['fc']);
    assert.deepEqual(frozen, [{ name: 'stem', reason: 'no gradient passes Det' }]);
  });
});
