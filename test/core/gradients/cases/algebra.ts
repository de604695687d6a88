import type { Case } from '../check';
import { float, int, int64, ints } from './operands';

const x = [2, 3, 4];
const both = [0, 1];

const flags = [0, 1].flatMap((transA) => [0, 1].map((transB) => ({ transA, transB })));

export const products: readonly Case[] = [
  ...flags.flatMap(({ transA, transB }): Case[] =>
    [9, 17].map((opset) => ({
      op: 'Gemm',
      kind: 'smooth',
      inputs: [transA ? [4, 3] : [3, 4], transB ? [5, 4] : [4, 5], [5]],
      attributes: { transA: int(transA), transB: int(transB), alpha: float(0.5), beta: float(2) },
      wrt: [0, 1, 2],
      opset,
    })),
  ),
  {
    op: 'Gemm',
    kind: 'smooth',
    inputs: [
      [1, 4],
      [4, 5],
    ],
    wrt: both,
  },
  {
    op: 'Gemm',
    kind: 'smooth',
    inputs: [
      [2, 4],
      [4, 5],
      [2, 1],
    ],
    wrt: [0, 2],
  },

  ...(
    [
      [
        [3, 4],
        [4, 5],
      ],
      [
        [2, 3, 4],
        [4, 5],
      ],
      [
        [2, 3, 4],
        [2, 4, 5],
      ],
      [
        [3, 4],
        [2, 4, 5],
      ],
      [
        [2, 1, 3, 4],
        [3, 4, 2],
      ],
      [[4], [4, 5]],
      [[3, 4], [4]],
      [[4], [4]],
      [[4], [2, 4, 5]],
      [[2, 3, 4], [4]],
    ] as const
  ).map((inputs): Case => ({ op: 'MatMul', kind: 'smooth', inputs, wrt: both })),
  { op: 'MatMul', kind: 'smooth', inputs: [x, [4, 5]], wrt: both, opset: 9 },
];

export const softmaxes: readonly Case[] = ['Softmax', 'LogSoftmax'].flatMap((op): Case[] => [
  { op, kind: 'smooth', inputs: [x] },
  { op, kind: 'smooth', inputs: [x], attributes: { axis: int(1) } },
  { op, kind: 'smooth', inputs: [x], opset: 11 },
  { op, kind: 'smooth', inputs: [x], attributes: { axis: int(-1) }, opset: 11 },
  { op, kind: 'smooth', inputs: [x], attributes: { axis: int(0) }, opset: 9 },
]);

export const reductions: readonly Case[] = [
  'ReduceSum',
  'ReduceMean',
  'ReduceMax',
  'ReduceMin',
  'ReduceL2',
  'ReduceSumSquare',
].flatMap((op): Case[] => {
  const asInput = op === 'ReduceSum' ? 13 : 18;
  const kind = op === 'ReduceL2' ? 'smooth32' : 'smooth';
  return [
    { op, kind, inputs: [x, int64(1, -1)], opset: asInput },
    { op, kind, inputs: [x, int64(0)], attributes: { keepdims: int(0) }, opset: 18 },
    { op, kind, inputs: [x], opset: 18 },
    { op, kind, inputs: [x], attributes: { axes: ints(0, 2), keepdims: int(0) }, opset: 11 },
    { op, kind, inputs: [x], attributes: { axes: ints(-2) }, opset: 9 },
  ];
});
