/**
 * A graph in half floats, for devices that compute these faster. Sums over many values, exponentials and everything that makes
 * scores of them stay in float32, as mixed-precision training has it (Micikevicius et al., arXiv 1710.03740).
 */
import type { GraphProto, NodeProto } from 'onnx-buf';
import { createEmitter, makeNode } from '../onnx/emit';
import type { Facts } from '../onnx/facts';
import { bodiesOf, inputsOf } from '../onnx/graph';
import { operatorOf } from '../onnx/operators';
import { changed } from '../onnx/rewrite/rename';
import { DataType } from '../onnx/tensors';

/** Operators that neither sum over a whole map nor leave the range of half floats by their nature. */
const HALF: ReadonlySet<string> = new Set([
  ...['Conv', 'ConvTranspose', 'MatMul', 'Gemm', 'BatchNormalization'],
  ...['Add', 'Sub', 'Mul', 'Max', 'Min', 'Neg', 'Abs', 'Relu', 'LeakyRelu', 'PRelu', 'Clip', 'Sigmoid', 'Tanh'],
  ...['HardSigmoid', 'HardSwish', 'MaxPool', 'GlobalMaxPool'],
  ...['Identity', 'Concat', 'Reshape', 'Transpose', 'Flatten', 'Squeeze', 'Unsqueeze', 'Gather', 'Slice', 'Split'],
  ...['Pad', 'Expand', 'DepthToSpace', 'SpaceToDepth', 'Where'],
]);

/**
 * @param graph with inputs and outputs in float32, which stay so
 * @param facts of the tensors of the model; tensors that are not among them stay in float32
 */
export function halved(graph: GraphProto, facts: Facts, opset: number): GraphProto {
  const e = createEmitter('group-cam/half', opset, facts.keys());
  const isReal = (tensor: string) => facts.get(tensor)?.dtype === DataType.FLOAT;
  /** Tensors that are there in half floats, by their own names. */
  const halves = new Map<string, string>();
  /** Tensors that are there in half floats alone. */
  const only = new Set<string>();
  const half = (tensor: string): string => {
    const known = halves.get(tensor) ?? e.op('Cast', [tensor], { to: { int: DataType.FLOAT16 } });
    halves.set(tensor, known);
    return known;
  };
  const restore = (tensor: string): void => {
    if (!only.delete(tensor)) return;
    const name = `${tensor}/real`;
    e.nodes.push(makeNode('Cast', name, [halves.get(tensor)!], [tensor], { to: { int: DataType.FLOAT } }));
  };
  const isKnown = (tensor: string) => tensor === '' || facts.has(tensor);
  const suits = (node: NodeProto): boolean =>
    HALF.has(operatorOf(node)) &&
    bodiesOf(node).length === 0 &&
    node.input.every(isKnown) &&
    node.output.every((name) => name === '' || isReal(name));
  for (const node of graph.node) {
    if (!suits(node)) {
      inputsOf(node).forEach(restore);
      e.nodes.push(node);
      continue;
    }
    const input = node.input.map((name) => (isReal(name) ? half(name) : name));
    const output = node.output.map((name) => (name === '' ? '' : `${name}/half`));
    node.output.forEach((name, i) => {
      if (name === '') return;
      halves.set(name, output[i]!);
      only.add(name);
    });
    e.nodes.push(changed(node, { input, output }));
  }
  for (const { name } of graph.output) restore(name);
  return { ...graph, node: e.nodes, valueInfo: [] };
}
