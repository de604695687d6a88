/** Operators of onnxruntime that stand for several of ONNX's. */
import { DataType, sizeOf } from '../../../../src/core/onnx/tensors';
import type { TinyNode } from '../../../support/tiny-model';
import { noise } from '../../../support/tiny-network';
import type { Case, Operand } from '../check';

const int = (value: number) => ({ int: value });
const text = (string: string) => ({ string });
const ms = (name: string) => `com.microsoft:${name}`;
const bytes = (dims: readonly number[], seed: number): Operand => ({
  dims,
  values: noise(sizeOf(dims), seed).map((value) => Math.floor(127.5 + 127 * value)),
  dtype: DataType.UINT8,
});
const skip = (name: string, inputs: string): readonly TinyNode[] => [
  [ms(name), inputs, 'n   s'],
  ['Mul', 'n s', 'y'],
];

export const fused: readonly Case[] = [
  ...['Tanh', 'Sigmoid'].map(
    (activation): Case => ({
      op: ms('FusedConv'),
      kind: 'smooth32',
      inputs: [[1, 2, 4, 4], [3, 2, 3, 3], [3]],
      attributes: { activation: text(activation), pads: { ints: [1, 1, 1, 1] }, strides: { ints: [2, 2] } },
    }),
  ),
  {
    op: ms('FusedConv'),
    kind: 'smooth32',
    inputs: [[1, 2, 4, 4], [3, 2, 3, 3], [3], [1, 3, 4, 4]],
    attributes: {
      activation: text('HardSigmoid'),
      activation_params: { floats: [0.01, 0.5] },
      pads: { ints: [1, 1, 1, 1] },
    },
    wrt: [0],
  },
  {
    op: ms('FusedGemm'),
    kind: 'smooth32',
    inputs: [[3, 4], [5, 4], [5]],
    attributes: { activation: text('Tanh'), transB: int(1), alpha: { float: 0.5 } },
    wrt: [0, 1, 2],
  },
  {
    op: ms('FusedMatMul'),
    kind: 'linear',
    inputs: [
      [2, 4, 3],
      [2, 5, 4],
    ],
    attributes: { transA: int(1), transB: int(1), alpha: { float: 0.5 } },
    wrt: [0],
  },
  {
    op: ms('FusedMatMul'),
    kind: 'linear',
    inputs: [
      [2, 3, 4],
      [4, 5],
    ],
  },
  { op: ms('BiasGelu'), kind: 'smooth32', inputs: [[2, 3, 4], [4]], wrt: [0, 1] },
  { op: ms('Gelu'), kind: 'smooth32', inputs: [[2, 5]] },
  { op: ms('FastGelu'), kind: 'smooth32', inputs: [[2, 3, 4], [4]], wrt: [0, 1] },
  { op: ms('FastGelu'), kind: 'smooth32', inputs: [[2, 3, 4]] },
  { op: ms('QuickGelu'), kind: 'smooth32', inputs: [[2, 5]], attributes: { alpha: { float: 1.5 } } },
  {
    op: ms('SkipLayerNormalization'),
    kind: 'smooth32',
    inputs: [[2, 3, 4], [2, 3, 4], [4], [4], [4]],
    nodes: skip('SkipLayerNormalization', 'x0 x1 x2 x3 x4'),
    wrt: [0, 1],
  },
  { op: ms('SkipLayerNormalization'), kind: 'smooth32', inputs: [[2, 3, 4], [2, 3, 4], [4]], wrt: [0, 2] },
  {
    op: ms('SkipSimplifiedLayerNormalization'),
    kind: 'smooth32',
    inputs: [[2, 3, 4], [2, 3, 4], [4], [4]],
    nodes: skip('SkipSimplifiedLayerNormalization', 'x0 x1 x2 x3'),
    wrt: [0, 1],
  },
  {
    op: ms('MultiHeadAttention'),
    kind: 'smooth32',
    inputs: [[1, 3, 8], [1, 5, 8], [1, 5, 8], [24]],
    attributes: { num_heads: int(2) },
    wrt: [0, 1, 2],
  },
  {
    op: ms('MultiHeadAttention'),
    kind: 'smooth32',
    inputs: [[1, 3, 8], [1, 3, 8], [1, 3, 8], '', '', [1, 2, 3, 3]],
    attributes: { num_heads: int(2), scale: { float: 0.7 } },
    wrt: [0, 2],
  },
  { op: ms('Attention'), kind: 'smooth32', inputs: [[1, 3, 8], [8, 24], [24]], attributes: { num_heads: int(2) } },
  {
    op: ms('MatMulNBits'),
    kind: 'linear',
    inputs: [[2, 40], bytes([3, 3, 8], 1), [9]],
    attributes: { K: int(40), N: int(3), bits: int(4), block_size: int(16) },
  },
  {
    op: ms('MatMulNBits'),
    kind: 'linear',
    inputs: [[2, 48], bytes([3, 3, 8], 2), [9], bytes([6], 3)],
    attributes: { K: int(48), N: int(3), bits: int(4), block_size: int(16) },
  },
];
