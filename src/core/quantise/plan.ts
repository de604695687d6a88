/**
 * A graph in which integers of 8 bits pass from convolution to convolution. Convolutions, sums and concatenations compute on
 * integers, and what moves values about moves integers. A Relu or Clip behind one of them is no operator there, since the
 * ends of a grid are bounds. Everything else computes with real numbers, between DequantizeLinear and QuantizeLinear; so does
 * the linear head, whose input is an average that 8 bits would round.
 *
 * The grids of the activations are left open: `constants.ts` fills them in when ranges are known.
 */
import { create } from '@bufbuild/protobuf';
import { type GraphProto, OperatorSetIdProtoSchema } from 'onnx-buf';
import type { Facts } from '../onnx/facts';
import { indexGraph, inputsOf } from '../onnx/graph';
import { type Model, withGraph } from '../onnx/model';
import { entryOf, operatorOf } from '../onnx/operators';
import { isExternal } from '../onnx/tensors';
import { FORMS } from './forms';
import type { OpenBias, OpenGrid } from './grids';
import { createTensors } from './tensors';

export interface Plan {
  /** The model with the new graph. What is read as real numbers keeps its name. */
  readonly model: Model;
  readonly grids: readonly OpenGrid[];
  readonly biases: readonly OpenBias[];
}

/** The first operator set with QLinearConv. */
const OLDEST = 10;

/**
 * @param facts of the model
 * @param reads tensors that are read as real numbers at the graph's end
 * @returns the plan, or in words why there is none
 */
export function quantise(model: Model, facts: Facts, reads: readonly string[]): Plan | string {
  if (model.opset < OLDEST) return `its operator set ${model.opset} has no operators on integers`;
  const index = indexGraph(model.graph.node);
  const tensors = createTensors(model, facts, index, new Set(reads));
  for (const node of model.graph.node) {
    if (tensors.isFolded(node) || entryOf(FORMS, node)?.(node, tensors)) continue;
    tensors.keep(node);
  }
  for (const tensor of reads) tensors.real(tensor);
  const { nodes, initializers, grids, biases } = tensors;
  if (biases.length === 0) {
    const some = model.graph.node.some((node) => operatorOf(node) === 'Conv');
    return some ? 'none of its convolutions has stored weights in float32' : 'it has no convolution';
  }
  const read = new Set(nodes.flatMap(inputsOf));
  const kept = model.graph.initializer.filter(({ name }) => read.has(name));
  const graph = { ...model.graph, node: nodes, initializer: [...kept, ...initializers] };
  if (graph.initializer.some(isExternal)) return 'some of its weights lie in other files';
  return { model: withMicrosoft(model, graph), grids, biases };
}

/** The model with another graph, in which operators of com.microsoft may be. */
function withMicrosoft(model: Model, graph: GraphProto): Model {
  const opsetImport = [
    ...model.proto.opsetImport.filter(({ domain }) => domain !== 'com.microsoft'),
    create(OperatorSetIdProtoSchema, { domain: 'com.microsoft', version: 1n }),
  ];
  return { ...withGraph(model, graph), proto: { ...model.proto, opsetImport, graph } };
}
