/** Bounds on a tensor's values for any image, derived from its operators alone. */
import type { NodeProto } from 'onnx-buf';
import type { Facts } from '../../onnx/facts';
import type { GraphIndex } from '../../onnx/graph';
import { floatAttribute } from '../../onnx/model';
import { entryOf, operatorOf, RESHAPING } from '../../onnx/operators';

export type Range = readonly [low: number, high: number];

const ANY: Range = [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY];
const UNIT: Range = [0, 1];

const union = (ranges: readonly Range[]): Range => [
  Math.min(...ranges.map(([low]) => low)),
  Math.max(...ranges.map(([, high]) => high)),
];
const hull = (values: readonly number[]): Range =>
  values.some(Number.isNaN) ? ANY : [Math.min(...values), Math.max(...values)];

/**
 * The range of an operator's output from the ranges of its inputs. Operators that are not listed can have any values.
 */
const RULES: Readonly<Record<string, (...inputs: [Range, Range, ...Range[]]) => Range>> = {
  Softmax: () => UNIT,
  Sigmoid: () => UNIT,
  HardSigmoid: () => UNIT,
  Tanh: () => [-1, 1],
  Exp: ([low, high]) => [Math.exp(low), Math.exp(high)],
  Softplus: ([low, high]) => [Math.log1p(Math.exp(low)), Number.isFinite(high) ? Math.log1p(Math.exp(high)) : high],
  LogSoftmax: () => [Number.NEGATIVE_INFINITY, 0],
  Abs: () => [0, Number.POSITIVE_INFINITY],
  Relu: ([low, high]) => [Math.max(0, low), Math.max(0, high)],
  Round: ([low, high]) => [Math.round(low), Math.round(high)],
  Neg: ([low, high]) => [-high, -low],
  Add: (a, b) => [a[0] + b[0], a[1] + b[1]],
  Sub: (a, b) => [a[0] - b[1], a[1] - b[0]],
  Mul: (a, b) => hull(a.flatMap((x) => b.map((y) => x * y))),
  Div: (a, b) => (b[0] > 0 ? hull(a.flatMap((x) => b.map((y) => x / y))) : ANY),
  Reciprocal: ([low, high]) => (low > 0 ? [1 / high, 1 / low] : ANY),
  Concat: (...ranges) => union(ranges),
  Mean: (...ranges) => union(ranges),
  Min: (...ranges) => [Math.min(...ranges.map(([low]) => low)), Math.min(...ranges.map(([, high]) => high))],
  Max: (...ranges) => [Math.max(...ranges.map(([low]) => low)), Math.max(...ranges.map(([, high]) => high))],
  Where: (_condition, ...ranges) => union(ranges),
};

/** Operators whose values are selected from their first input, or averages of its values. */
const CHOOSING: ReadonlySet<string> = new Set([
  ...RESHAPING,
  'Transpose',
  'Slice',
  'Split',
  'Gather',
  'Expand',
  'ReduceMean',
  'ReduceMax',
  'ReduceMin',
  'MaxPool',
  'GlobalAveragePool',
  'GlobalMaxPool',
]);

/** How many operators from the end are examined; probabilities are computed by a few operators. */
const DEPTH = 16;

export function rangeOf(graph: GraphIndex, facts: Facts, tensor: string): Range {
  const known = new Map<string, Range>();
  return of(tensor, DEPTH);

  function of(name: string, depth: number): Range {
    const range = known.get(name) ?? found(name, depth);
    known.set(name, range);
    return range;
  }

  function found(name: string, depth: number): Range {
    const values = facts.get(name)?.values;
    if (values) return values.length > 0 ? hull(values) : ANY;
    const node = graph.producer.get(name);
    if (!node || depth === 0) return ANY;
    const operator = operatorOf(node);
    const input = (read: string) => of(read, depth - 1);
    if (CHOOSING.has(operator)) return input(node.input[0]!);
    if (operator === 'Clip') {
      const [low, high] = input(node.input[0]!);
      const [least, most] = boundsOfClip(node, facts);
      return [Math.min(Math.max(low, least), most), Math.min(Math.max(high, least), most)];
    }
    return entryOf(RULES, node)?.(...(node.input.map(input) as [Range, Range])) ?? ANY;
  }
}

/**
 * The bounds of a Clip, which are attributes before operator set 11 and inputs since. A bound that is absent or unknown
 * is infinite.
 */
export function boundsOfClip(node: NodeProto, facts: Facts): Range {
  const bound = (index: number, name: string, none: number) => {
    const input = node.input[index];
    return input ? (facts.get(input)?.values?.[0] ?? none) : floatAttribute(node, name, none);
  };
  return [bound(1, 'min', ANY[0]), bound(2, 'max', ANY[1])];
}
