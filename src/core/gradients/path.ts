/** Finds the part of a graph that a gradient passes through. */
import type { NodeProto } from 'onnx-buf';
import type { Facts } from '../onnx/facts';
import { inputsOf } from '../onnx/graph';
import { entryOf, operatorOf } from '../onnx/operators';
import { DataType, FLOATS } from '../onnx/tensors';
import { NO_GRADIENT } from './rule-table';

/** The gradients to compute. */
export interface GradientPath {
  /** The forward nodes in topological order: a whole graph, or at least the part between `wrt` and `scores`. */
  readonly nodes: readonly NodeProto[];
  /** Types and concrete dimensions of the forward tensors; the gradient holds for these dimensions only. */
  readonly facts: Facts;
  /** The tensors that are differentiated, such as the logits. */
  readonly scores: readonly string[];
  /** Tensors to differentiate with respect to. */
  readonly wrt: readonly string[];
}

/**
 * The nodes that depend on `wrt` and lead to one of `scores`, in order, and whether the gradient flows to a given input
 * of a node. The path ends at tensors that are not of a floating-point type (but not at those of unknown type), unless
 * their integers stand for real numbers, and at the edges of `NO_GRADIENT`.
 */
export function nodesOnPath(path: GradientPath) {
  const { nodes, facts, scores, wrt } = path;
  const quantised = quantisedTensors(path);
  const isReal = (tensor: string) => FLOATS.has(facts.get(tensor)?.dtype ?? DataType.FLOAT) || quantised.has(tensor);
  const flows = (node: NodeProto, input: number) => {
    const stops = entryOf(NO_GRADIENT, node);
    return stops !== 'all' && !stops?.includes(input) && isReal(node.input[input]!);
  };
  const sources = (node: NodeProto) => {
    const captured = inputsOf(node).slice(node.input.filter((name) => name !== '').length);
    return [...node.input.filter((name, index) => name !== '' && flows(node, index)), ...captured.filter(isReal)];
  };
  const dependent = new Set(wrt);
  for (const node of nodes) {
    if (!sources(node).some((name) => dependent.has(name))) continue;
    for (const name of node.output) if (name !== '' && isReal(name)) dependent.add(name);
  }
  const leading = new Set(scores);
  const reversed: NodeProto[] = [];
  for (const node of nodes.toReversed()) {
    if (!node.output.some((name) => leading.has(name))) continue;
    const from = sources(node).filter((name) => dependent.has(name));
    if (from.length === 0) continue;
    reversed.push(node);
    for (const name of from) leading.add(name);
  }
  return {
    nodes: reversed.reverse(),
    carries: (node: NodeProto, input: number) => dependent.has(node.input[input]!) && flows(node, input),
  };
}

const INTEGERS: ReadonlySet<DataType> = new Set([
  DataType.UINT8,
  DataType.INT8,
  DataType.UINT16,
  DataType.INT16,
  DataType.INT32,
]);

/** Operators whose integers are products of quantised tensors. */
const PRODUCTS: ReadonlySet<string> = new Set(['MatMul', 'Conv']);

/** Tensors of integers that stand for real numbers: an integer image, and what a network computes in quantised form. */
function quantisedTensors({ nodes, facts, wrt }: GradientPath): ReadonlySet<string> {
  const isInteger = (tensor: string) => INTEGERS.has(facts.get(tensor)?.dtype ?? DataType.UNDEFINED);
  const found = new Set(wrt.filter(isInteger));
  for (const node of nodes) {
    const makes = operatorOf(node).endsWith('QuantizeLinear') || PRODUCTS.has(operatorOf(node));
    if (!makes && !node.input.some((name) => found.has(name))) continue;
    for (const name of node.output.filter(isInteger)) found.add(name);
  }
  return found;
}
