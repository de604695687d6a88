/** How a part of a model becomes a graph of its own, with float32 at its borders. */
import type { GraphProto, TensorProto, ValueInfoProto } from 'onnx-buf';
import { untypedInfo } from '../onnx/compose';
import type { Emitter } from '../onnx/emit';
import { type Facts, valueInfo } from '../onnx/facts';
import { indexGraph, inputsOf, nodesLeadingTo } from '../onnx/graph';
import type { Model } from '../onnx/model';
import { quantisationOf } from '../onnx/quantisation';
import { DataType, FLOATS, makeTensor, realType } from '../onnx/tensors';

export interface GraphInput {
  readonly name: string;
  /** Sizes, or undefined for those that are free. */
  readonly dims: readonly (number | undefined)[];
}

/** A tensor as another type, if it is not of that type already. */
export function cast(emit: Emitter, tensor: string, from: DataType, to: DataType): string {
  return from === to ? tensor : emit.op('Cast', [tensor], { to: { int: to } });
}

/** A tensor of the model as real numbers, float32. */
export function realValues(emit: Emitter, { graph }: Model, facts: Facts, tensor: string): string {
  const { dtype } = facts.get(tensor)!;
  const quantised = FLOATS.has(dtype) ? undefined : quantisationOf(indexGraph(graph.node), tensor);
  if (!quantised) return cast(emit, tensor, dtype, DataType.FLOAT);
  return emit.op('DequantizeLinear', [tensor, quantised.scale, quantised.zeroPoint ?? '']);
}

/** The gradient of a tensor with respect to its real numbers, float32. */
export function realGradient(emit: Emitter, { graph }: Model, facts: Facts, tensor: string, gradient: string): string {
  const { dtype } = facts.get(tensor)!;
  const values = cast(emit, gradient, realType(dtype), DataType.FLOAT);
  const quantised = FLOATS.has(dtype) ? undefined : quantisationOf(indexGraph(graph.node), tensor);
  return quantised ? emit.op('Div', [values, quantised.scale]) : values;
}

/** Real numbers, float32, in the form that a tensor of the model has: of another type, rounded, or quantised. */
export function modelValues(emit: Emitter, { graph }: Model, facts: Facts, tensor: string, values: string): string {
  const { dtype } = facts.get(tensor)!;
  if (FLOATS.has(dtype)) return cast(emit, values, DataType.FLOAT, dtype);
  const quantised = quantisationOf(indexGraph(graph.node), tensor);
  if (quantised) return emit.op('QuantizeLinear', [values, quantised.scale, quantised.zeroPoint ?? '']);
  const clipped = emit.op('Min', [emit.op('Max', [values, emit.scalar(0)]), emit.scalar(255)]);
  return cast(emit, emit.op('Floor', [emit.op('Add', [clipped, emit.scalar(0.5)])]), DataType.FLOAT, dtype);
}

/**
 * The nodes of the model and of two emitters that lead to `outputs`, with only the weights they read. All inputs are
 * float32; the outputs' types are inferred by the runtime.
 *
 * @param before nodes ahead of the model's
 * @param after nodes downstream of them
 * @param known tensors that are not computed but constant: of those the values at batch 1 are known
 * @param shaped tensors whose free dimensions have names: the runtime then knows which tensors downstream of them are of one size, and
 *   uses their memory again; else it looks through all that it holds for each, which takes quadratic time
 */
export function assemble(
  model: Model,
  before: Emitter,
  after: Emitter,
  inputs: readonly GraphInput[],
  outputs: readonly string[],
  known: Facts = new Map(),
  shaped: readonly ValueInfoProto[] = [],
): GraphProto {
  const made = new Set(before.nodes.flatMap(({ output }) => output));
  // What is made ahead takes a tensor's place; the node's other outputs may still be needed.
  const rest = (name: string) => (made.has(name) ? `${name}/group-cam/replaced` : name);
  const own = model.graph.node.map((node) =>
    node.output.some((name) => made.has(name)) ? { ...node, output: node.output.map(rest) } : node,
  );
  const stops = new Set([...inputs.map(({ name }) => name), ...known.keys()]);
  const node = nodesLeadingTo(indexGraph([...before.nodes, ...own, ...after.nodes]), outputs, stops);
  const read = new Set(node.flatMap(inputsOf));
  const weights = [...model.graph.initializer, ...before.initializers, ...after.initializers];
  return {
    ...model.graph,
    node,
    initializer: [...weights, ...constants(known)].filter(({ name }) => read.has(name)),
    input: inputs.map(({ name, dims }) => valueInfo(name, DataType.FLOAT, dims)),
    output: outputs.map(untypedInfo),
    valueInfo: [...shaped],
  };
}

function constants(known: Facts): TensorProto[] {
  return [...known].map(([name, { dtype, dims, values }]) => makeTensor(name, dtype, dims, values!));
}
