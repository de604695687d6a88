import assert from 'node:assert/strict';
import { findImageInput } from '../../../../src/core/model/inputs';
import { findLayers, type Layers } from '../../../../src/core/model/layers/layers';
import { findScores } from '../../../../src/core/model/logits';
import { DataType, makeTensor } from '../../../../src/core/onnx/tensors';
import { factsOf, parseTiny, type TinyModel, type TinyNode } from '../../../support/tiny-model';

const SAME = { pads: { ints: [1, 1, 1, 1] } };
const int = (value: number) => ({ int: value });
const ints = (...values: number[]) => ({ ints: values });

/** From a map of 4 channels, called `last`, to 5 logits. */
const HEAD: readonly TinyNode[] = [
  ['GlobalAveragePool', 'last', 'pooled'],
  ['Flatten', 'pooled', 'row'],
  ['Gemm', 'row fc', 'logits'],
];
const WEIGHTS = { stem: [4, 3, 3, 3], conv: [4, 4, 3, 3], fc: [4, 5] };

async function layersOf(
  nodes: readonly TinyNode[],
  more: Partial<TinyModel> = {},
  dims = [1, 3, 8, 8],
): Promise<Layers> {
  const model = parseTiny({ nodes, outputs: ['logits'], weights: WEIGHTS, ...more });
  const facts = await factsOf(model, dims);
  const input = findImageInput(model);
  return findLayers(model, facts, input, findScores(model, facts, input.name));
}

const named = ({ layers }: Layers) => layers.map(({ tensor }) => tensor);
const cuts = ({ layers }: Layers) => layers.filter(({ cut }) => cut).map(({ tensor }) => tensor);

describe('target layers', () => {
  it('are maps that the scores depend on, with shape and operator', async () => {
    const found = await layersOf([
      ['Conv', 'image stem', 'a', SAME],
      ['Relu', 'a', 'last'],
      ['Conv', 'a conv', 'unused'],
      ...HEAD,
    ]);
    assert.deepEqual(named(found), ['a', 'last']);
    assert.equal(found.preferred, 'last');
    const shape = { shape: [1, 4, 8, 8], channels: 4, height: 8, width: 8, arrangement: 'NCHW', skip: 0 };
    assert.deepEqual(found.layers[1], { tensor: 'last', operator: 'Relu', ...shape, cut: true });
  });

  it('prefers what comes before pooling, dropout, reshaping and identity', async () => {
    const found = await layersOf(
      [
        ['Conv', 'image stem', 'a', SAME],
        ['Relu', 'a', 'wanted'],
        ['MaxPool', 'wanted', 'pool', { kernel_shape: ints(2, 2), strides: ints(2, 2) }],
        ['Dropout', 'pool', 'dropped'],
        ['Identity', 'dropped', 'same'],
        ['Pad', 'same pads', 'padded'],
        ['AveragePool', 'padded', 'last', { kernel_shape: ints(2, 2) }],
        ...HEAD,
      ],
      { initializers: [makeTensor('pads', DataType.INT64, [8], Array(8).fill(0))] },
    );
    assert.equal(found.preferred, 'wanted');
    assert.deepEqual(named(found), ['a', 'wanted', 'pool', 'dropped', 'same', 'padded', 'last']);
  });

  it('a residual branch is a layer, since all scores depend on it, and no cut, since the shortcut goes around it', async () => {
    const found = await layersOf([
      ['Conv', 'image stem', 'stem_out', SAME],
      ['Conv', 'stem_out conv', 'branch', SAME],
      ['Relu', 'branch', 'branch_relu'],
      ['Add', 'stem_out branch_relu', 'sum'],
      ['Relu', 'sum', 'last'],
      ...HEAD,
    ]);
    assert.deepEqual(named(found), ['stem_out', 'branch', 'branch_relu', 'sum', 'last']);
    assert.deepEqual(cuts(found), ['stem_out', 'sum', 'last']);
  });

  it('a gate of its own map leaves no cut inside (squeeze and excitation)', async () => {
    const found = await layersOf([
      ['Conv', 'image stem', 'a', SAME],
      ['Sigmoid', 'a', 'gate'],
      ['Mul', 'a gate', 'last'],
      ...HEAD,
    ]);
    assert.deepEqual(cuts(found), ['a', 'last']);
    assert.equal(found.preferred, 'last');
  });

  it('a size read from a map is no dependence on it', async () => {
    const found = await layersOf([
      ['Conv', 'image stem', 'a', SAME],
      ['Conv', 'image stem', 'sized', SAME],
      ['Shape', 'sized', 'size'],
      ['ConstantOfShape', 'size', 'zeros'],
      ['Add', 'a zeros', 'last'],
      ...HEAD,
    ]);
    assert.deepEqual(named(found), ['a', 'last']);
  });

  it('skips maps with one channel a class that are only pooled (SqueezeNet)', async () => {
    const nodes: readonly TinyNode[] = [
      ['Conv', 'image stem', 'a', SAME],
      ['Relu', 'a', 'wanted'],
      ['Conv', 'wanted classifier', 'maps', SAME],
      ['Relu', 'maps', 'relu'],
      ['GlobalAveragePool', 'relu', 'pooled'],
      ['Flatten', 'pooled', 'logits'],
    ];
    const weights = { ...WEIGHTS, classifier: [5, 4, 3, 3] };
    const found = await layersOf(nodes, { weights });
    assert.equal(found.preferred, 'wanted');
    assert.deepEqual(named(found), ['a', 'wanted', 'maps', 'relu']);
  });

  it('takes such a map where there is no other', async () => {
    const found = await layersOf(
      [
        ['Conv', 'image classifier', 'maps', SAME],
        ['GlobalAveragePool', 'maps', 'pooled'],
        ['Flatten', 'pooled', 'logits'],
      ],
      { weights: { classifier: [5, 3, 3, 3] } },
    );
    assert.equal(found.preferred, 'maps');
  });

  it('keeps a map with as many channels as classes if a matrix follows it', async () => {
    const found = await layersOf([['Conv', 'image stem', 'a', SAME], ['Relu', 'a', 'last'], ...HEAD], {
      weights: { ...WEIGHTS, fc: [4, 4] },
    });
    assert.equal(found.preferred, 'last');
  });

  it('leaves out a map that only some of the scores depend on', async () => {
    const found = await layersOf([
      ['Conv', 'image stem', 'shared', SAME],
      ['Conv', 'shared conv', 'left', SAME],
      ['Conv', 'shared conv', 'right', SAME],
      ['GlobalAveragePool', 'left', 'left_pooled'],
      ['GlobalMaxPool', 'right', 'right_pooled'],
      ['Concat', 'left_pooled right_pooled', 'joined', { axis: int(1) }],
      ['Flatten', 'joined', 'logits'],
    ]);
    assert.deepEqual(named(found), ['shared']);
  });

  it('follows axes: maps with channels last are layers, maps of attention are not', async () => {
    const found = await layersOf(
      [
        ['Transpose', 'image', 'first', { perm: ints(0, 3, 1, 2) }],
        ['Conv', 'first stem', 'a', SAME],
        ['Transpose', 'a', 'channels_last', { perm: ints(0, 2, 3, 1) }],
        ['Relu', 'channels_last', 'relu_last'],
        ['Transpose', 'relu_last', 'back', { perm: ints(0, 3, 1, 2) }],
        ['Reshape', 'back heads', 'tokens'],
        ['Transpose', 'tokens', 'keys', { perm: ints(0, 1, 3, 2) }],
        ['MatMul', 'tokens keys', 'attention'],
        ['MatMul', 'attention tokens', 'mixed'],
        ['Reshape', 'mixed flat', 'row'],
        ['Gemm', 'row fc', 'logits'],
      ],
      {
        inputs: { image: ['N', 8, 8, 3] },
        weights: { ...WEIGHTS, fc: [256, 5] },
        initializers: [
          makeTensor('heads', DataType.INT64, [4], [1, 2, 64, 2]),
          makeTensor('flat', DataType.INT64, [2], [1, 256]),
        ],
      },
      [1, 8, 8, 3],
    );
    assert.deepEqual(named(found), ['first', 'a', 'channels_last', 'relu_last', 'back']);
    assert.deepEqual(
      found.layers.map(({ arrangement }) => arrangement),
      ['NCHW', 'NCHW', 'NHWC', 'NHWC', 'NCHW'],
    );
  });

  it('without a map there are none, and the input stands in', async () => {
    const nodes: readonly TinyNode[] = [
      ['Flatten', 'image', 'row'],
      ['Gemm', 'row fc', 'logits'],
    ];
    const found = await layersOf(nodes, { weights: { fc: [192, 5] } });
    assert.deepEqual(found, { layers: [], preferred: 'image', replaced: true });
  });
});
