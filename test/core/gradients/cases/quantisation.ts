import { DataType } from '../../../../src/core/onnx/tensors';
import type { TinyNode } from '../../../support/tiny-model';
import type { Case, Operand } from '../check';
import { int } from './operands';

/** The pair is the identity on multiples of the scale within the range, so exact steps tell its derivative. */
const PAIR: readonly TinyNode[] = [
  ['QuantizeLinear', 'x0 x1 x2', 'q'],
  ['DequantizeLinear', 'q x1 x2', 'y'],
];
const ALONG_0: readonly TinyNode[] = PAIR.map(([op, from, to]) => [op, from, to, { axis: int(0) }]);
/** Of 1 / 1024 with 16 bits: from -32 to almost 32 if zero is in the middle. */
const scale: Operand = { dims: [], values: [2 ** -10] };
const zero: Operand = { dims: [], values: [2 ** 15], dtype: DataType.UINT16 };
const signed: Operand = { dims: [], values: [0], dtype: DataType.INT16 };
const across: Operand = { dims: [2, 3], values: [-40, -31, 0, 5, 31, 33] };
const scales: Operand = { dims: [2], values: [2 ** -10, 2 ** -11] };
const zeros: Operand = { dims: [2], values: [0, 0], dtype: DataType.INT16 };

const pair = (nodes: readonly TinyNode[], inputs: readonly Operand[]): readonly Case[] =>
  ['QuantizeLinear', 'DequantizeLinear'].map((op) => ({ op, kind: 'piecewise', inputs, nodes, opset: 21 }));

export const quantisation: readonly Case[] = [
  ...pair(PAIR, [across, scale, zero]),
  ...pair(PAIR, [across, scale, signed]),
  ...pair(ALONG_0, [{ dims: [2, 3], values: [-40, -31, 0, 5, 15, 17] }, scales, zeros]),
];
