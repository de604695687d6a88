/** Quantised tensors: integers that stand for real numbers, real = (integer - zero point) scale. */
import type { GraphIndex } from './graph';
import { entryOf, microsoft, operatorOf } from './operators';
import { DataType } from './tensors';

/** The smallest and the largest integer of the types that numbers are quantised to. */
export const INTEGER_RANGES: Readonly<Partial<Record<DataType, readonly [number, number]>>> = {
  [DataType.UINT8]: [0, 255],
  [DataType.INT8]: [-128, 127],
  [DataType.UINT16]: [0, 65535],
  [DataType.INT16]: [-32768, 32767],
};

export interface Quantisation {
  readonly scale: string;
  /** Name of the zero point; an absent one means 0. */
  readonly zeroPoint: string | undefined;
}

/** Index of the input that is the scale of the output; the zero point is the next input. */
const SCALE_INPUT: Readonly<Record<string, number>> = {
  QLinearConv: 6,
  QLinearMatMul: 6,
  QuantizeLinear: 1,
  'com.microsoft:QGemm': 7,
  'com.microsoft:QLinearAdd': 6,
  'com.microsoft:QLinearAveragePool': 3,
  'com.microsoft:QLinearConcat': 0,
  'com.microsoft:QLinearConv': 6,
  'com.microsoft:QLinearConvTranspose': 6,
  'com.microsoft:QLinearGlobalAveragePool': 3,
  'com.microsoft:QLinearLeakyRelu': 3,
  'com.microsoft:QLinearMul': 6,
  'com.microsoft:QLinearReduceMean': 3,
  'com.microsoft:QLinearSigmoid': 3,
  'com.microsoft:QLinearSoftmax': 3,
  'com.microsoft:QLinearWhere': 7,
  'com.microsoft:QuantizeLinear': 1,
};

/** Operators that do not change the numbers. */
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
  ...microsoft('NhwcMaxPool', 'Pad'),
]);

/** The scale and zero point of a tensor that a quantised operator computes; undefined for other tensors. */
export function quantisationOf({ producer }: GraphIndex, tensor: string): Quantisation | undefined {
  let node = producer.get(tensor);
  while (node && PASSING.has(operatorOf(node))) node = producer.get(node.input[0]!);
  const place = node && entryOf(SCALE_INPUT, node);
  return place === undefined
    ? undefined
    : { scale: node!.input[place]!, zeroPoint: node!.input[place + 1] || undefined };
}
