import type { Case } from '../check';
import { bool, float, int64, scalar } from './operands';

const x = [2, 3, 4];
const positive = [0.5, 2] as const;
/** On every piece of HardSwish, HardSigmoid and Clip, and at least a step of smooth32 away from their kinks. */
const spread = { dims: [8], values: [-4, -2.9, -1, -0.4, 0.2, 0.9, 2.5, 4] };

export const elementwise: readonly Case[] = [
  { op: 'Relu', kind: 'smooth', inputs: [x] },
  { op: 'Relu', kind: 'smooth32', inputs: [spread] },
  { op: 'LeakyRelu', kind: 'smooth', inputs: [x] },
  { op: 'LeakyRelu', kind: 'smooth', inputs: [x], attributes: { alpha: float(0.3) } },
  { op: 'Elu', kind: 'smooth32', inputs: [x] },
  { op: 'Elu', kind: 'smooth32', inputs: [x], attributes: { alpha: float(1.5) } },
  { op: 'Sigmoid', kind: 'smooth', inputs: [x] },
  { op: 'HardSigmoid', kind: 'smooth32', inputs: [spread], attributes: { alpha: float(0.9) } },
  { op: 'HardSigmoid', kind: 'smooth32', inputs: [x] },
  { op: 'HardSwish', kind: 'smooth32', inputs: [spread] },
  { op: 'Tanh', kind: 'smooth', inputs: [x] },
  { op: 'Softplus', kind: 'smooth32', inputs: [x] },
  { op: 'Exp', kind: 'smooth', inputs: [x] },
  { op: 'Log', kind: 'smooth', inputs: [x], range: positive },
  { op: 'Sqrt', kind: 'smooth', inputs: [x], range: positive },
  { op: 'Reciprocal', kind: 'smooth', inputs: [x] },
  { op: 'Neg', kind: 'smooth', inputs: [x] },
  { op: 'Abs', kind: 'smooth', inputs: [x] },
  { op: 'Erf', kind: 'smooth32', inputs: [x] },
  { op: 'Sin', kind: 'smooth', inputs: [x] },
  { op: 'Cos', kind: 'smooth', inputs: [x] },

  { op: 'Clip', kind: 'smooth', inputs: [x, scalar(-0.6), scalar(0.7)] },
  { op: 'Clip', kind: 'smooth', inputs: [x, '', scalar(0.7)] },
  { op: 'Clip', kind: 'smooth32', inputs: [spread, scalar(-0.6), scalar(0.7)] },
  { op: 'Clip', kind: 'smooth32', inputs: [spread, scalar(-2), ''] },
  { op: 'Clip', kind: 'smooth', inputs: [x, scalar(-0.6)] },
  { op: 'Clip', kind: 'smooth', inputs: [x] },
  { op: 'Clip', kind: 'smooth32', inputs: [spread], attributes: { min: float(-0.6), max: float(0.7) }, opset: 9 },
  { op: 'Clip', kind: 'smooth32', inputs: [spread], attributes: { max: float(0.7) }, opset: 9 },
];

const both = [0, 1];
const [left, right] = [
  [2, 3, 4],
  [3, 1],
];

export const arithmetic: readonly Case[] = [
  ...['Add', 'Sub', 'Mul', 'Div'].flatMap((op): Case[] => [
    { op, kind: 'smooth', inputs: [x, x], wrt: both },
    { op, kind: 'smooth', inputs: [left, right], wrt: both },
    { op, kind: 'smooth', inputs: [right, left], wrt: both },
    {
      op,
      kind: 'smooth',
      inputs: [
        [2, 1, 4],
        [1, 3, 1],
      ],
      wrt: both,
    },
    { op, kind: 'smooth', inputs: [[1, 1, 2], []], wrt: both, opset: 9 },
    { op, kind: 'smooth', inputs: [x], nodes: [[op, 'x0 x0', 'y']] },
  ]),
  { op: 'Pow', kind: 'smooth', inputs: [x, scalar(2)] },
  { op: 'Pow', kind: 'smooth', inputs: [x, scalar(3)], opset: 9 },
  { op: 'Pow', kind: 'smooth', inputs: [left, right], wrt: both, range: positive },
  { op: 'Pow', kind: 'smooth', inputs: [x, int64(2)] },
  { op: 'Sum', kind: 'smooth', inputs: [left, right, [1, 4]], wrt: [0, 1, 2] },
  { op: 'Mean', kind: 'smooth32', inputs: [left, right, [1, 4]], wrt: [0, 1, 2] },
  ...['Max', 'Min'].flatMap((op): Case[] => [
    { op, kind: 'smooth', inputs: [left, right], wrt: both, opset: 13 },
    { op, kind: 'smooth', inputs: [left, right, [4]], wrt: [0, 1, 2], opset: 9 },
  ]),
  { op: 'Where', kind: 'smooth', inputs: [bool([3, 1], 1, 0, 1), left, [4]], wrt: [1, 2] },
  { op: 'PRelu', kind: 'smooth', inputs: [left, right], wrt: both },
  { op: 'Expand', kind: 'smooth', inputs: [[3, 1], int64(2, 3, 4)] },
  { op: 'Expand', kind: 'smooth', inputs: [[2, 1, 4], int64(3, 1)] },
];
