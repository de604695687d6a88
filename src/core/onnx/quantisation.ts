/** Integers that a network computes in place of real numbers, real = (integer - zero point) scale. */
import type { GraphIndex } from './graph';

export interface Quantisation {
  readonly scale: string;
  /** Absent ones are 0. */
  readonly zeroPoint: string | undefined;
}

/** Where operators, those of com.microsoft too, have the scale of their output; the zero point comes next. */
const SCALE_INPUT: Readonly<Record<string, number>> = {
  QLinearConv: 6,
  QLinearMatMul: 6,
  QLinearAdd: 6,
  QLinearMul: 6,
  QGemm: 7,
  QLinearSigmoid: 3,
  QLinearLeakyRelu: 3,
  QLinearSoftmax: 3,
  QLinearAveragePool: 3,
  QLinearGlobalAveragePool: 3,
  QLinearReduceMean: 3,
  QLinearConcat: 0,
  QuantizeLinear: 1,
};

/** Operators that leave the numbers as they are. */
const PASSING: ReadonlySet<string> = new Set([
  'MaxPool',
  'Reshape',
  'Flatten',
  'Transpose',
  'Squeeze',
  'Unsqueeze',
  'Identity',
  'Slice',
  'Pad',
]);

/** Of a tensor that a quantised operator computes; undefined for all others. */
export function quantisationOf({ producer }: GraphIndex, tensor: string): Quantisation | undefined {
  let node = producer.get(tensor);
  while (node && PASSING.has(node.opType)) node = producer.get(node.input[0]!);
  const place = node && SCALE_INPUT[node.opType];
  return place === undefined
    ? undefined
    : { scale: node!.input[place]!, zeroPoint: node!.input[place + 1] || undefined };
}
