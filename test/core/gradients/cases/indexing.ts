import { DataType } from '../../../../src/core/onnx/tensors';
import type { Case, Operand } from '../check';
import { int, int64, int64Of, scalar, string } from './operands';

const x = [2, 3, 4];
const linear = (op: string, inputs: Case['inputs'], attributes: Case['attributes'] = {}, more: Partial<Case> = {}) => ({
  op,
  kind: 'linear' as const,
  inputs,
  attributes: attributes ?? {},
  ...more,
});

const einsum = (equation: string, ...inputs: number[][]): Case => ({
  op: 'Einsum',
  kind: 'smooth',
  inputs,
  attributes: { equation: string(equation) },
  wrt: inputs.map((_, i) => i),
});

const einsums: readonly Case[] = [
  einsum('ij,jk->ik', [2, 3], [3, 4]),
  einsum('bij,bjk->bik', [2, 3, 4], [2, 4, 2]),
  einsum('bhid,bhjd->bhij', [2, 2, 3, 4], [2, 2, 5, 4]),
  einsum('ij , j', [2, 3], [3]),
  einsum('i,j->ij', [2], [3]),
  einsum('ij->ji', [2, 3]),
  einsum('ij->i', [2, 3]),
  einsum('ij->', [2, 3]),
  einsum('ij,kl->k', [2, 3], [4, 2]),
  einsum('ij,jk,kl->il', [2, 3], [3, 2], [2, 4]),
  einsum('...ij,...jk->...ik', [2, 3, 4], [2, 4, 2]),
  einsum('...ij,jk->...ik', [2, 3, 4], [4, 2]),
  einsum('b...i,...i->b...', [2, 3, 4], [3, 4]),
];

const indices = (dims: readonly number[], ...values: number[]) => int64Of(dims, ...values);

export const scatters: readonly Case[] = [
  linear('GatherND', [x, indices([2, 2], 0, 1, 1, -1)]),
  linear('GatherND', [x, indices([3, 1], 1, 0, 1)], {}, { opset: 12 }),
  linear('GatherND', [x, indices([2, 3], 0, 1, 2, -1, -2, -3)]),
  linear('GatherND', [x, indices([2, 1], 2, 0)], { batch_dims: int(1) }),
  linear('GatherND', [x, indices([2, 2, 1], 2, 2, -1, 0)], { batch_dims: int(1) }),
  ...[13, 16].flatMap((opset): Case[] => [
    linear('ScatterND', [x, indices([2, 2], 0, 1, 1, -1), [2, 4]], {}, { opset, wrt: [0, 2] }),
    linear('ScatterND', [x, indices([1, 1], 1), [1, 3, 4]], {}, { opset, wrt: [0, 2] }),
    linear(
      'ScatterElements',
      [x, indices([2, 1, 4], 0, 1, 2, 2, 1, 1, 0, -1), [2, 1, 4]],
      { axis: int(1) },
      {
        opset,
        wrt: [0, 2],
      },
    ),
  ]),
  linear('ScatterND', [x, indices([2, 1], 1, 1), [2, 3, 4]], { reduction: string('add') }, { opset: 18, wrt: [0, 2] }),
  linear(
    'ScatterElements',
    [[2, 3], indices([2, 2], 0, 0, 2, 1), [2, 2]],
    { axis: int(-1), reduction: string('add') },
    {
      opset: 18,
      wrt: [0, 2],
    },
  ),
  linear('Scatter', [[2, 3], indices([1, 2], 0, 1), [1, 2]], {}, { opset: 9 }),
];

const k = (count: number): Operand => int64(count);
const topK = (count: number, attributes: Case['attributes'] = {}, opset = 17): Case => ({
  op: 'TopK',
  kind: 'piecewise',
  inputs: [[2, 5, 3], k(count)],
  nodes: [['TopK', 'x0 x1', 'y places', attributes]],
  opset,
});

export const rearranged: readonly Case[] = [
  linear('Tile', [x, int64(2, 1, 3)]),
  linear('Tile', [[3], int64(4)], {}, { opset: 9 }),
  ...[0, 1].flatMap((exclusive) =>
    [0, 1].map((reverse) =>
      linear('CumSum', [x, int64Of([], 1)], { exclusive: int(exclusive), reverse: int(reverse) }, { opset: 14 }),
    ),
  ),
  linear('CumSum', [x, int64Of([], -1)], {}, { opset: 11 }),
  ...[0, 1].flatMap((upper) => [
    linear('Trilu', [x], { upper: int(upper) }),
    linear('Trilu', [x, int64Of([], 1)], { upper: int(upper) }, { opset: 14 }),
    linear('Trilu', [x, int64Of([], -2)], { upper: int(upper) }),
  ]),
  linear('DepthToSpace', [[2, 8, 2, 3]], { blocksize: int(2) }),
  linear('DepthToSpace', [[1, 18, 2, 1]], { blocksize: int(3), mode: string('CRD') }),
  linear('DepthToSpace', [[2, 8, 2, 3]], { blocksize: int(2), mode: string('CRD') }, { opset: 11 }),
  linear('SpaceToDepth', [[2, 2, 4, 6]], { blocksize: int(2) }),
  linear(
    'CastLike',
    [x, { dims: [1], values: [0], dtype: DataType.DOUBLE }],
    {},
    {
      nodes: [
        ['CastLike', 'x0 x1', 'wide'],
        ['Cast', 'wide', 'y', { to: int(DataType.FLOAT) }],
      ],
    },
  ),
  topK(2, { axis: int(1) }),
  topK(3),
  topK(1, { largest: int(0), sorted: int(0) }, 11),
  // A ratio of 0 drops nothing even in training.
  linear('Dropout', [x, scalar(0), { dims: [], values: [1], dtype: DataType.BOOL }]),
  // Quotients whose whole parts a step of the differences does not change.
  {
    op: 'Mod',
    kind: 'smooth32',
    inputs: [
      { dims: [2, 3], values: [5.3, -5.3, 0.4, 7.7, -2.6, 1.2] },
      { dims: [3], values: [1.6, -2.1, 0.9] },
    ],
    attributes: { fmod: int(1) },
    wrt: [0, 1],
  },
];

export const indexing: readonly Case[] = [...einsums, ...scatters, ...rearranged];
