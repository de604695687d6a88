/** Graphs of a model whose trained weights are inputs, so that one session serves the network as it is at every step. */
import type { GraphProto } from 'onnx-buf';
import { valueInfo } from '../onnx/facts';
import { dimsOf } from '../onnx/tensors';

/** The graph with those of the named initializers that it reads as inputs of their own names and types. */
export function withFed(graph: GraphProto, names: ReadonlySet<string>): GraphProto {
  const fed = graph.initializer.filter(({ name }) => names.has(name));
  return {
    ...graph,
    initializer: graph.initializer.filter(({ name }) => !names.has(name)),
    input: [...graph.input, ...fed.map((tensor) => valueInfo(tensor.name, tensor.dataType, dimsOf(tensor)))],
  };
}
