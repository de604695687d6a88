/** Layers of transformers: tokens on their grid, windows, and the tokens that still affect the scores. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { findImageInput } from '../../../src/core/model/inputs';
import { findLayers } from '../../../src/core/model/layers/layers';
import { findScores } from '../../../src/core/model/logits';
import { parseModel } from '../../../src/core/onnx/model';
import { DataType, makeTensor } from '../../../src/core/onnx/tensors';
import { project } from '../../support/shared';
import { factsOf, parseTiny, type TinyModel, type TinyNode, traceTiny } from '../../support/tiny-model';

const ints = (...values: number[]) => ({ ints: values });
const int = (value: number) => ({ int: value });
const int64 = (name: string, ...values: number[]) => makeTensor(name, DataType.INT64, [values.length], values);

/** 8 x 8 pixels to 4 x 4 patches of 6 channels, [1, 16, 6]. */
const PATCHES: readonly TinyNode[] = [
  ['Conv', 'image stem', 'map', { strides: ints(2, 2) }],
  ['Reshape', 'map flat', 'columns'],
  ['Transpose', 'columns', 'patches', { perm: ints(0, 2, 1) }],
];

/** Tokens `x` with themselves, [1, tokens, 6], to `y`: normalised, attended to, added. */
const attention = (x: string, y: string): TinyNode[] => [
  ['LayerNormalization', `${x} scale`, `${y}_norm`],
  ['MatMul', `${y}_norm wide`, `${y}_qkv`],
  ['Split', `${y}_qkv`, `${y}_q ${y}_k ${y}_v`, { axis: int(-1) }],
  ['Transpose', `${y}_k`, `${y}_keys`, { perm: ints(0, 2, 1) }],
  ['MatMul', `${y}_q ${y}_keys`, `${y}_scores`],
  ['Softmax', `${y}_scores`, `${y}_weights`],
  ['MatMul', `${y}_weights ${y}_v`, `${y}_mixed`],
  ['Add', `${x} ${y}_mixed`, `${y}_sum`],
  ['LayerNormalization', `${y}_sum scale`, `${y}_norm2`],
  ['MatMul', `${y}_norm2 square`, `${y}_mlp`],
  ['Add', `${y}_sum ${y}_mlp`, y],
];

const WEIGHTS = { stem: [6, 3, 2, 2], scale: [6], wide: [6, 18], square: [6, 6], fc: [6, 5], token: [1, 2, 6] };
const CONSTANTS = [int64('flat', 1, 6, 16), int64('first', 0), int64('one', 1), int64('two', 2), int64('many', 1000)];

async function layersOf(nodes: readonly TinyNode[], more: Partial<TinyModel> = {}) {
  const model = parseTiny({ nodes, outputs: ['logits'], weights: WEIGHTS, initializers: CONSTANTS, ...more });
  const facts = await factsOf(model);
  const input = findImageInput(model);
  const { layers, preferred } = findLayers(model, facts, input, findScores(model, facts, input.name));
  const of = (tensor: string) => layers.find((layer) => layer.tensor === tensor);
  return { layers, preferred, of, names: layers.map(({ tensor }) => tensor) };
}

describe('layers of tokens', () => {
  const classToken: readonly TinyNode[] = [
    ...PATCHES,
    ['Concat', 'token patches', 'tokens', { axis: int(1) }],
    ...attention('tokens', 'block0'),
    ...attention('block0', 'block1'),
    ['LayerNormalization', 'block1 scale', 'normed'],
  ];

  it('with a class token: the normalised input of the last block', async () => {
    const { preferred, of, names } = await layersOf([
      ...classToken,
      ['Gather', 'normed first', 'row', { axis: int(1) }],
      ['Squeeze', 'row one', 'flat_row'],
      ['Gemm', 'flat_row fc', 'logits'],
    ]);
    assert.equal(preferred, 'block1_norm');
    const grid = { channels: 6, height: 4, width: 4, arrangement: 'tokens', skip: 2 };
    const shape = [1, 18, 6];
    assert.deepEqual(of('block1_norm'), {
      tensor: 'block1_norm',
      operator: 'LayerNormalization',
      shape,
      ...grid,
      cut: false,
    });
    assert.equal(of('block0')?.cut, true);
    // Their patches lead nowhere.
    for (const dead of ['block1_sum', 'block1_norm2', 'block1_mlp', 'block1', 'normed'])
      assert.ok(!names.includes(dead), dead);
    for (const mixed of ['block1_scores', 'block1_weights', 'block1_mixed', 'block1_keys'])
      assert.ok(!names.includes(mixed), mixed);
  });

  for (const [what, nodes] of Object.entries<readonly TinyNode[]>({
    'slicing it off': [
      ['Slice', 'normed first one one', 'row'],
      ['Squeeze', 'row one', 'flat_row'],
      ['Gemm', 'flat_row fc', 'logits'],
    ],
    'the mean of two class tokens': [
      ['Slice', 'normed first two one', 'rows'],
      ['ReduceMean', 'rows', 'flat_row', { axes: ints(1), keepdims: int(0) }],
      ['Gemm', 'flat_row fc', 'logits'],
    ],
  }))
    it(`the same with ${what}`, async () => {
      assert.equal((await layersOf([...classToken, ...nodes])).preferred, 'block1_norm');
    });

  it('without a class token: the normalised output of all blocks', async () => {
    const { preferred, of } = await layersOf([
      ...classToken,
      ['Slice', 'normed two many one', 'pixels'],
      ['ReduceMean', 'pixels', 'row', { axes: ints(1), keepdims: int(0) }],
      ['Gemm', 'row fc', 'logits'],
    ]);
    assert.equal(preferred, 'pixels');
    assert.deepEqual([of('normed')?.skip, of('pixels')?.skip, of('pixels')?.shape], [2, 0, [1, 16, 6]]);
  });

  it('tokens made a map again are a map', async () => {
    const { of, preferred } = await layersOf(
      [
        ...PATCHES,
        ...attention('patches', 'block0'),
        ['Reshape', 'block0 grid', 'last'],
        ['ReduceMean', 'last', 'row', { axes: ints(1, 2), keepdims: int(0) }],
        ['Gemm', 'row fc', 'logits'],
      ],
      { initializers: [...CONSTANTS, int64('grid', 1, 4, 4, 6)] },
    );
    assert.deepEqual([of('last')?.arrangement, of('last')?.height, of('last')?.channels], ['NHWC', 4, 6]);
    // The reshape only arranges what it is given.
    assert.equal(preferred, 'block0');
  });

  it('inside of windows nothing is a layer, behind them all is', async () => {
    const { names, of } = await layersOf(
      [
        ['Conv', 'image stem', 'map', { strides: ints(2, 2) }],
        ['Transpose', 'map', 'last_axis', { perm: ints(0, 2, 3, 1) }],
        ['Reshape', 'last_axis parted', 'windows'],
        ['Transpose', 'windows', 'windows_first', { perm: ints(0, 1, 3, 2, 4, 5) }],
        ['Reshape', 'windows_first joined', 'inside'],
        ['MatMul', 'inside square', 'handled'],
        ['Reshape', 'handled parted', 'windows_again'],
        ['Transpose', 'windows_again', 'rows_first', { perm: ints(0, 1, 3, 2, 4, 5) }],
        ['Reshape', 'rows_first grid', 'undone'],
        ['Add', 'last_axis undone', 'sum'],
        ['ReduceMean', 'sum', 'row', { axes: ints(1, 2), keepdims: int(0) }],
        ['Gemm', 'row fc', 'logits'],
      ],
      {
        initializers: [int64('parted', 1, 2, 2, 2, 2, 6), int64('joined', 4, 4, 6), int64('grid', 1, 4, 4, 6)],
      },
    );
    assert.deepEqual(names, ['map', 'last_axis', 'sum']);
    assert.equal(of('sum')?.arrangement, 'NHWC');
  });

  it('rows rolled around are no layer', async () => {
    const { names } = await layersOf([
      ['Conv', 'image stem', 'map', { strides: ints(2, 2) }],
      ['Slice', 'map one many two', 'below'],
      ['Slice', 'map first one two', 'above'],
      ['Concat', 'below above', 'rolled', { axis: int(2) }],
      ['Relu', 'rolled', 'shifted'],
      ['Add', 'map shifted', 'sum'],
      ['GlobalAveragePool', 'sum', 'pooled'],
      ['Flatten', 'pooled', 'row'],
      ['Gemm', 'row fc', 'logits'],
    ]);
    assert.deepEqual(names, ['map', 'sum']);
  });
});

/** Of the tiny networks of test/data/gradients, as PyTorch exports them. */
describe('default layers of families', () => {
  const families: readonly (readonly [string, RegExp, object])[] = [
    ['vit', /encoder_layer_1\/ln_1\/LayerNorm/, { arrangement: 'tokens', skip: 1, height: 3, width: 3, channels: 8 }],
    ['swin', /^\/norm\/LayerNorm/, { arrangement: 'NHWC', skip: 0, height: 4, width: 4, channels: 12 }],
    ['convnext', /features\.3\.0\/Add/, { arrangement: 'NCHW', skip: 0, height: 2, width: 3, channels: 8 }],
    [
      'maxvit',
      /grid_attention\/departition_op\/Reshape/,
      { arrangement: 'NCHW', skip: 0, height: 2, width: 2, channels: 6 },
    ],
    ['resnet', /relu_2\/Relu/, { arrangement: 'NCHW', skip: 0, height: 3, width: 3, channels: 16 }],
  ];
  for (const [name, tensor, expected] of families)
    it(name, async () => {
      const model = parseModel(readFileSync(project('test', 'data', 'gradients', `${name}.onnx`)), `${name}.onnx`);
      const { dims } = JSON.parse(readFileSync(project('test', 'data', 'gradients', `${name}.json`), 'utf8'));
      const facts = await traceTiny(model, { name: 'image', dtype: DataType.FLOAT, dims });
      const input = findImageInput(model);
      const { layers, preferred } = findLayers(model, facts, input, findScores(model, facts, input.name));
      const { arrangement, skip, height, width, channels } = layers.find((layer) => layer.tensor === preferred)!;
      assert.match(preferred, tensor);
      assert.deepEqual({ arrangement, skip, height, width, channels }, expected);
    });
});
