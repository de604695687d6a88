/** How operators compute on integers. Each function adds nodes, or returns false where the operator stays in real numbers. */
import type { NodeProto } from 'onnx-buf';
import { DataType, dimsOf, makeTensor } from '../onnx/tensors';
import { integerWeights } from './grids';
import type { Tensors } from './tensors';

type Form = (node: NodeProto, tensors: Tensors) => boolean;

/** Of images, [channels, channels of a group, height, width]; the runtime has no QLinearConv of other ranks that is faster. */
const RANK = 4;

const convolution: Form = (node, tensors) => {
  const [x, w, b] = node.input as [string, string, string?];
  const weights = tensors.weights(w);
  const bias = b ? tensors.stored(b) : [];
  if (!weights || !bias || !tensors.isFloat(x)) return false;
  const dims = dimsOf(weights.tensor);
  if (dims.length !== RANK) return false;
  const channels = dims[0]!;
  const { integers, scales } = integerWeights(weights.values, channels);
  // Two convolutions may share weights.
  const stem = `${node.output[0]!}/group-cam/weights`;
  const tensor = makeTensor(stem, DataType.INT8, dims, []);
  tensor.rawData = new Uint8Array(integers.buffer);
  tensors.initializers.push(
    tensor,
    makeTensor(`${stem}/scale`, DataType.FLOAT, [channels], scales),
    makeTensor(`${stem}/zero`, DataType.INT8, [channels], new Array<number>(channels).fill(0)),
  );
  const from = tensors.operand(x);
  const sums = `${node.output[0]!}/group-cam/bias`;
  tensors.biases.push({ name: sums, values: bias, input: tensors.gridOf(x), scales });
  tensors.make(node, 'QLinearConv', (to) => [...from, stem, `${stem}/scale`, `${stem}/zero`, ...to, sums]);
  return true;
};

const sum: Form = (node, tensors) => {
  if (!node.input.every(tensors.isInteger)) return false;
  const from = node.input.flatMap(tensors.operand);
  tensors.make(node, 'com.microsoft:QLinearAdd', (to) => [...from, ...to]);
  return true;
};

const concatenation: Form = (node, tensors) => {
  if (!node.input.every(tensors.isInteger)) return false;
  const from = node.input.flatMap(tensors.operand);
  tensors.make(node, 'com.microsoft:QLinearConcat', (to) => [...to, ...from]);
  return true;
};

/** The first operator set in which all operators that move values take uint8. */
const MOVES_INTEGERS = 13;

const movement: Form = (node, tensors) => {
  const [x, ...rest] = node.input as [string, ...string[]];
  if (!tensors.isInteger(x) || node.output.length > 1 || tensors.model.opset < MOVES_INTEGERS) return false;
  tensors.move(node, rest);
  return true;
};

const padding: Form = (node, tensors) => {
  const [x, pads, fill, ...axes] = node.input as [string, string, string?, ...string[]];
  const isZero = !fill || tensors.stored(fill)?.[0] === 0;
  if (!tensors.isInteger(x) || !isZero || tensors.model.opset < MOVES_INTEGERS) return false;
  tensors.move(node, [pads, tensors.gridOf(x).zero, ...axes]);
  return true;
};

const moving = (...operators: readonly string[]) => operators.map((operator) => [operator, movement] as const);

export const FORMS: Readonly<Record<string, Form>> = {
  Conv: convolution,
  Add: sum,
  Concat: concatenation,
  Pad: padding,
  ...Object.fromEntries(
    moving('MaxPool', 'Flatten', 'Reshape', 'Transpose', 'Squeeze', 'Unsqueeze', 'Slice', 'Identity'),
  ),
};
