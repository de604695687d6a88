/** Fuses nodes that together form an operator whose derivative is cheaper as a whole. */
import type { NodeProto } from 'onnx-buf';
import { type Attributes, makeAttribute, makeNode } from '../onnx/emit';
import type { Facts } from '../onnx/facts';
import { operatorOf } from '../onnx/operators';
import { sizeOf } from '../onnx/tensors';
import type { RuleTable } from './rule';

/** What one of the nodes to fuse reads. */
interface Graph {
  /** The node that makes a tensor which nothing else reads, if it has this operator. */
  only(tensor: string | undefined, operator: string): NodeProto | undefined;
  /** Whether a tensor is this one number, as far as float32 can say. */
  isNumber(tensor: string | undefined, value: number): boolean;
  /** Whether no gradient with respect to this tensor is wanted. */
  isFixed(tensor: string): boolean;
}

interface Fused {
  readonly operator: string;
  readonly inputs: readonly string[];
  readonly attributes?: Attributes;
  readonly within: readonly NodeProto[];
}

/** Operators with a ReLU in them, which passes gradients on by its plain derivative. */
export const RECTIFIED = {
  /** A ReLU after a BatchNormalization. */
  batchNormalization: 'RectifiedBatchNormalization',
  /** A ReLU before a MaxPool; the attribute `rectified` is the name of the tensor between them. */
  maxPool: 'RectifiedMaxPool',
} as const;

/**
 * The nodes to differentiate. x sigmoid(x), as exporters write SiLU, becomes one `Swish`, and x (1 + erf(x / sqrt 2)) / 2
 * becomes `Gelu`. The runtime fuses these as well if nothing reads what is between their nodes. Others are those of
 * `RECTIFIED`.
 *
 * @param nodes in topological order
 * @param kept tensors whose gradients are wanted, and those that are differentiated
 * @param rules only operators with a rule are made
 */
export function fused(
  nodes: readonly NodeProto[],
  kept: readonly string[],
  facts: Facts,
  rules: RuleTable,
): readonly NodeProto[] {
  const uses = new Map<string, number>();
  for (const name of [...kept, ...nodes.flatMap(({ input }) => [...new Set(input)])])
    uses.set(name, (uses.get(name) ?? 0) + 1);
  const makers = new Map(nodes.map((node) => [node.output[0]!, node]));
  const graph: Graph = {
    only: (tensor, operator) => {
      const maker = makers.get(tensor ?? '');
      return maker && uses.get(tensor!) === 1 && operatorOf(maker) === operator ? maker : undefined;
    },
    isNumber: (tensor, value) => {
      const { values, dims } = facts.get(tensor ?? '') ?? {};
      return values !== undefined && sizeOf(dims!) === 1 && Math.abs(values[0]! / value - 1) < 1e-6;
    },
    isFixed: (tensor) => !kept.includes(tensor) && !makers.has(tensor),
  };
  const within = new Set<NodeProto>();
  const made = joined(nodes, facts).map((node) => {
    const found = PATTERNS[operatorOf(node)]?.(graph, node);
    if (!found || !(found.operator in rules)) return node;
    for (const each of found.within) within.add(each);
    return makeNode(found.operator, node.name, found.inputs, node.output, found.attributes ?? {});
  });
  return made.filter((node) => !within.has(node));
}

/**
 * Puts one Split in place of Slices that together are the whole of a tensor, as exporters write rolls and halves of channels: its
 * gradient is a concatenation, and theirs would be padded and summed.
 */
function joined(nodes: readonly NodeProto[], facts: Facts): readonly NodeProto[] {
  const ranges = nodes.flatMap((node) => rangeOf(node, facts) ?? []);
  const splits = new Map<NodeProto, NodeProto>();
  const dropped = new Set<NodeProto>();
  for (const ofAxis of grouped(ranges, ({ node, axis }) => `${axis} of ${node.input[0]}`)) {
    const [{ node: first, axis }, ...others] = ofAxis as [Range, ...Range[]];
    const parts = ofAxis.toSorted((a, b) => a.start - b.start);
    const isWhole = parts.every(({ start }, i) => start === (parts[i - 1]?.end ?? 0));
    if (others.length === 0 || !isWhole || parts.at(-1)!.end !== facts.get(first.input[0]!)!.dims[axis]) continue;
    const outputs = parts.map(({ node }) => node.output[0]!);
    splits.set(first, makeNode('Split', first.name, first.input.slice(0, 1), outputs, { axis: { int: axis } }));
    for (const { node } of others) dropped.add(node);
  }
  return nodes.filter((node) => !dropped.has(node)).map((node) => splits.get(node) ?? node);
}

function grouped<T>(items: readonly T[], keyOf: (item: T) => string): readonly T[][] {
  const groups = new Map<string, T[]>();
  for (const item of items) groups.set(keyOf(item), [...(groups.get(keyOf(item)) ?? []), item]);
  return [...groups.values()];
}

interface Range {
  readonly node: NodeProto;
  readonly axis: number;
  readonly start: number;
  readonly end: number;
}

/** What a Slice takes, if that is known and along one axis, without gaps. */
function rangeOf(node: NodeProto, facts: Facts): Range | undefined {
  if (operatorOf(node) !== 'Slice') return undefined;
  const [x, starts, , axes, steps] = node.input.map((name) => facts.get(name));
  const [start, step = 1] = [starts?.values?.[0], node.input[4] ? steps?.values?.[0] : undefined];
  const y = facts.get(node.output[0]!);
  if (!x || !y || start === undefined || starts?.values?.length !== 1 || step !== 1 || !axes?.values) return undefined;
  const [axis] = axes.values.map((given) => (given < 0 ? given + x.dims.length : given)) as [number];
  const size = x.dims[axis]!;
  const first = Math.min(Math.max(start < 0 ? start + size : start, 0), size);
  return { node, axis, start: first, end: first + y.dims[axis]! };
}

/** By the operator of the last node. */
const PATTERNS: Readonly<Record<string, (graph: Graph, node: NodeProto) => Fused | undefined>> = {
  MaxPool: rectifiedMaxPool,
  Mul: (graph, node) => swish(graph, node) ?? gelu(graph, node),
  Relu: rectifiedBatchNormalization,
};

/** Both orders of a node's two inputs. */
const orders = ({ input: [a, b] }: NodeProto) =>
  [
    [a, b],
    [b, a],
  ] as const;

function swish({ only }: Graph, node: NodeProto): Fused | undefined {
  for (const [x, other] of orders(node)) {
    const sigmoid = only(other, 'Sigmoid');
    if (sigmoid && x && sigmoid.input[0] === x) return { operator: 'Swish', inputs: [x], within: [sigmoid] };
  }
  return undefined;
}

/** The half is multiplied last, or first with x. */
function gelu(graph: Graph, node: NodeProto): Fused | undefined {
  for (const [a, b] of orders(node)) {
    const product = graph.only(a, 'Mul');
    if (!product) continue;
    for (const [x, other] of orders(product)) {
      const sum = graph.isNumber(b, 0.5) ? other : graph.isNumber(other, 0.5) ? b : undefined;
      const error = sum === undefined ? undefined : onePlusError(graph, sum, x);
      if (error && x) return { operator: 'Gelu', inputs: [x], within: [product, ...error] };
    }
  }
  return undefined;
}

/** The nodes of 1 + erf(x / sqrt 2) */
function onePlusError(graph: Graph, tensor: string, x: string | undefined): NodeProto[] | undefined {
  const sum = graph.only(tensor, 'Add');
  for (const [one, other] of sum ? orders(sum) : []) {
    const error = graph.isNumber(one, 1) ? graph.only(other, 'Erf') : undefined;
    const divided = graph.only(error?.input[0], 'Div');
    const scaled = divided ?? graph.only(error?.input[0], 'Mul');
    if (!sum || !error || !scaled) continue;
    const [factor, isCommutative] = divided ? [Math.SQRT2, false] : [Math.SQRT1_2, true];
    const isX = orders(scaled).some(([a, b], i) => a === x && graph.isNumber(b, factor) && (i === 0 || isCommutative));
    if (isX) return [sum, error, scaled];
  }
  return undefined;
}

function rectifiedMaxPool({ only }: Graph, { input, output, attribute }: NodeProto): Fused | undefined {
  const relu = output.length === 1 ? only(input[0], 'Relu') : undefined;
  if (!relu) return undefined;
  return {
    operator: RECTIFIED.maxPool,
    inputs: relu.input,
    attributes: [...attribute, makeAttribute('rectified', { string: input[0]! })],
    within: [relu],
  };
}

function rectifiedBatchNormalization({ only, isFixed }: Graph, { input }: NodeProto): Fused | undefined {
  const normalised = only(input[0], 'BatchNormalization');
  if (!normalised?.input.slice(1).every(isFixed)) return undefined;
  return {
    operator: RECTIFIED.batchNormalization,
    inputs: normalised.input,
    attributes: normalised.attribute,
    within: [normalised],
  };
}
