import type { Case } from '../check';
import { float, int, int64, ints } from './operands';

const x = [2, 3, 4];
const image = [2, 6, 3, 2];

const standardising: readonly Case[] = [
  { op: 'LayerNormalization', kind: 'smooth', inputs: [x, [4]], wrt: [0, 1] },
  { op: 'LayerNormalization', kind: 'smooth', inputs: [x, [3, 4], [3, 4]], attributes: { axis: int(-2) }, wrt: [1, 2] },
  ...[{}, { epsilon: float(0.1) }].flatMap((attributes): Case[] => [
    { op: 'InstanceNormalization', kind: 'smooth32', inputs: [image, [6], [6]], attributes, wrt: [0, 1, 2] },
    { op: 'InstanceNormalization', kind: 'smooth32', inputs: [[1, 2, 7], [2], [2]], attributes, opset: 9, wrt: [1, 2] },
  ]),
  ...[1, 2, 6].flatMap((groups): Case[] => [
    {
      op: 'GroupNormalization',
      kind: 'smooth32',
      inputs: [image, [6], [6]],
      attributes: { num_groups: int(groups), epsilon: float(0.01) },
      wrt: [0, 1, 2],
      opset: 21,
    },
    {
      op: 'GroupNormalization',
      kind: 'smooth32',
      inputs: [image, [groups], [groups]],
      attributes: { num_groups: int(groups) },
      wrt: [0, 1, 2],
      opset: 18,
    },
  ]),
  { op: 'RMSNormalization', kind: 'smooth32', inputs: [x, [4]], wrt: [0, 1], opset: 23 },
  {
    op: 'RMSNormalization',
    kind: 'smooth32',
    inputs: [x, [3, 4]],
    attributes: { axis: int(1), epsilon: float(0.1) },
    wrt: [0, 1],
    opset: 23,
  },
  ...[9, 13].flatMap((opset): Case[] => [
    { op: 'MeanVarianceNormalization', kind: 'smooth32', inputs: [image], opset },
    { op: 'MeanVarianceNormalization', kind: 'smooth32', inputs: [image], attributes: { axes: ints(2, 3) }, opset },
  ]),
  ...[1, 2].flatMap((p): Case[] => [
    { op: 'LpNormalization', kind: 'smooth', inputs: [x], attributes: { p: int(p) } },
    { op: 'LpNormalization', kind: 'smooth', inputs: [x], attributes: { p: int(p), axis: int(1) } },
  ]),
];

const withZeros = { dims: [3, 3], values: [0.5, 0, -2, 3, 0.7, 1.5, 0, 0, 2] };

const reducing: readonly Case[] = [
  ...['ReduceL1', 'ReduceLogSum', 'ReduceLogSumExp', 'ReduceProd'].flatMap((op): Case[] => {
    // Logarithms need sums above 0; the runtime has two of the operators for float32 only.
    const common = { op, kind: 'smooth32', range: [0.3, 1.5] } as const;
    return [
      { ...common, inputs: [x, int64(1, -1)], opset: 18 },
      { ...common, inputs: [x], attributes: { axes: ints(0), keepdims: int(0) }, opset: 13 },
      { ...common, inputs: [x], opset: 9 },
    ];
  }),
  { op: 'ReduceL1', kind: 'smooth32', inputs: [x], attributes: { axes: ints(2) } },
  { op: 'ReduceProd', kind: 'smooth32', inputs: [withZeros], attributes: { axes: ints(1) } },
];

export const norms: readonly Case[] = [...standardising, ...reducing];
