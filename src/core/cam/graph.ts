/** Extracts a part of a model as a separate graph, whose inputs and outputs are float32. */
import type { GraphProto, TensorProto, ValueInfoProto } from 'onnx-buf';
import { untypedInfo } from '../onnx/compose';
import type { Emitter } from '../onnx/emit';
import { type Facts, valueInfo } from '../onnx/facts';
import { indexGraph, inputsOf, nodesLeadingTo } from '../onnx/graph';
import type { Model } from '../onnx/model';
import { quantisationOf } from '../onnx/quantisation';
import { DataType, FLOATS, makeTensor, realType } from '../onnx/tensors';
import type { Fragment } from '../target/target';

export interface GraphInput {
  readonly name: string;
  /** Sizes; undefined for free dimensions. */
  readonly dims: readonly (number | undefined)[];
  /** float32 if it is left out. */
  readonly dtype?: DataType;
}

/** Casts a tensor to another type, unless it has that type already. */
export function cast(emit: Emitter, tensor: string, from: DataType, to: DataType): string {
  return from === to ? tensor : emit.op('Cast', [tensor], { to: { int: to } });
}

/** Converts a tensor of the model to real numbers in float32; a quantised tensor is dequantised. */
export function realValues(emit: Emitter, { graph }: Model, facts: Facts, tensor: string): string {
  const { dtype } = facts.get(tensor)!;
  const quantised = FLOATS.has(dtype) ? undefined : quantisationOf(indexGraph(graph.node), tensor);
  if (!quantised) return cast(emit, tensor, dtype, DataType.FLOAT);
  return emit.op('DequantizeLinear', [tensor, quantised.scale, quantised.zeroPoint ?? '']);
}

/** Converts the gradient of a tensor to the gradient with respect to its real numbers, in float32. */
export function realGradient(emit: Emitter, { graph }: Model, facts: Facts, tensor: string, gradient: string): string {
  const { dtype } = facts.get(tensor)!;
  const values = cast(emit, gradient, realType(dtype), DataType.FLOAT);
  const quantised = FLOATS.has(dtype) ? undefined : quantisationOf(indexGraph(graph.node), tensor);
  return quantised ? emit.op('Div', [values, quantised.scale]) : values;
}

/** Converts real numbers in float32 to the form of a tensor of the model: cast to its type, rounded, or quantised. */
export function modelValues(emit: Emitter, { graph }: Model, facts: Facts, tensor: string, values: string): string {
  const { dtype } = facts.get(tensor)!;
  if (FLOATS.has(dtype)) return cast(emit, values, DataType.FLOAT, dtype);
  const quantised = quantisationOf(indexGraph(graph.node), tensor);
  if (quantised) return emit.op('QuantizeLinear', [values, quantised.scale, quantised.zeroPoint ?? '']);
  const clipped = emit.op('Min', [emit.op('Max', [values, emit.scalar(0)]), emit.scalar(255)]);
  return cast(emit, emit.op('Floor', [emit.op('Add', [clipped, emit.scalar(0.5)])]), DataType.FLOAT, dtype);
}

/** Adds casts of the tensors that a fragment reads to float32. */
export function valuesRead(emit: Emitter, facts: Facts, { reads }: Fragment): string[] {
  return reads.map((tensor) => cast(emit, tensor, facts.get(tensor)!.dtype, DataType.FLOAT));
}

/**
 * Joins the nodes of the model and of two emitters that lead to `outputs`, with only the weights that they read. The
 * runtime infers the outputs' types.
 *
 * @param before nodes to run before the model's
 * @param after nodes to run after the model's
 * @param known tensors that become constants, since their values at batch 1 are known
 * @param shaped tensors whose free dimensions get names. The runtime then knows which tensors downstream have equal
 *   sizes, and reuses their memory. Without names it searches all blocks that it holds for each tensor, which takes
 *   quadratic time
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
  // A tensor that `before` makes replaces the model's own. The model's node stays, since its other outputs may be
  // needed.
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
    input: inputs.map(({ name, dims, dtype = DataType.FLOAT }) => valueInfo(name, dtype, dims)),
    output: outputs.map(untypedInfo),
    valueInfo: [...shaped],
  };
}

function constants(known: Facts): TensorProto[] {
  return [...known].map(([name, { dtype, dims, values }]) => makeTensor(name, dtype, dims, values!));
}
