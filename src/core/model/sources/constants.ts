/** Computes constants that a few operators derive from initializers, such as the square root of a variance. */
import type { NodeProto } from 'onnx-buf';
import type { GraphIndex } from '../../onnx/graph';
import type { Model } from '../../onnx/model';
import { entryOf, operatorOf } from '../../onnx/operators';
import { dimsOf, sizeOf, valuesOf } from '../../onnx/tensors';

export interface Constant {
  readonly dims: readonly number[];
  readonly values: readonly number[];
}

/** Operators that keep all values, whatever their other inputs are. The dimensions are those of their input. */
const KEEPING: ReadonlySet<string> = new Set(['Identity', 'Cast', 'Reshape', 'Squeeze', 'Unsqueeze', 'Flatten']);

const UNARY: Readonly<Record<string, (x: number) => number>> = {
  Exp: Math.exp,
  Neg: (x) => -x,
  Reciprocal: (x) => 1 / x,
  Sqrt: Math.sqrt,
};
const BINARY: Readonly<Record<string, (x: number, y: number) => number>> = {
  Add: (x, y) => x + y,
  Div: (x, y) => x / y,
  Max: Math.max,
  Min: Math.min,
  Mul: (x, y) => x * y,
  Pow: (x, y) => x ** y,
  Sub: (x, y) => x - y,
};

/** Larger constants are weights. A mean image of 1024 x 1024 pixels is smaller. */
const LARGEST = 1 << 22;
const DEEPEST = 8;

/** The values of a tensor; undefined if they depend on an input, are stored elsewhere, or are computed otherwise. */
export function constantOf(model: Model, graph: GraphIndex, name: string, depth = DEEPEST): Constant | undefined {
  const tensor = model.initializers.get(name);
  if (tensor) {
    const dims = dimsOf(tensor);
    const values = sizeOf(dims) <= LARGEST ? valuesOf(tensor) : undefined;
    return values && { dims, values };
  }
  const node = graph.producer.get(name);
  if (!node || depth === 0) return undefined;
  const input = (place: number) => constantOf(model, graph, node.input[place] ?? '', depth - 1);
  return computed(node, input);
}

function computed(node: NodeProto, input: (place: number) => Constant | undefined): Constant | undefined {
  const operator = operatorOf(node);
  const first = input(0);
  if (!first || KEEPING.has(operator)) return first;
  if (operator === 'DequantizeLinear') {
    const [scale, zero] = [input(1), node.input[2] ? input(2) : { dims: [], values: [0] }];
    const shifted = combined(first, zero, (x, y) => x - y);
    return combined(shifted, scale, (x, y) => x * y);
  }
  const unary = entryOf(UNARY, node);
  if (unary) return { dims: first.dims, values: first.values.map((x) => unary(x)) };
  const binary = node.input.length === 2 ? entryOf(BINARY, node) : undefined;
  return binary && combined(first, input(1), binary);
}

/** Two constants of as many values, or one of a single value. */
function combined(
  a: Constant | undefined,
  b: Constant | undefined,
  f: (x: number, y: number) => number,
): Constant | undefined {
  if (!a || !b) return undefined;
  const [one, other] = [a.values.length === 1, b.values.length === 1];
  if (!one && !other && a.values.length !== b.values.length) return undefined;
  const longer = one ? b : a;
  const values = longer.values.map((_, i) => f(a.values[one ? 0 : i]!, b.values[other ? 0 : i]!));
  return { dims: longer.dims, values };
}
