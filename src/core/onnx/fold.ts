/** Sizes that a graph computes from constants alone, such as the pads that older exporters write as a dozen nodes. */
import type { NodeProto } from 'onnx-buf';
import { SMALL } from './facts';
import { inputsOf } from './graph';
import type { Model } from './model';
import { isDefaultDomain, operatorOf } from './operators';
import { dimsOf, isExternal, sizeOf } from './tensors';

/** Operators whose results differ from run to run, and those that may run for ever. */
const NOT_FOLDED = /^(Random|Multinomial|Bernoulli|Loop$|Scan$)/;

/** The nodes whose inputs are all small constants or computed from them, in order. */
export function constantNodes({ graph }: Model): NodeProto[] {
  const constant = new Set(
    graph.initializer
      .filter((tensor) => !isExternal(tensor) && sizeOf(dimsOf(tensor)) <= SMALL)
      .map(({ name }) => name),
  );
  return graph.node.filter((node) => {
    const computes = inputsOf(node).every((name) => constant.has(name));
    if (!computes || !isDefaultDomain(node.domain) || NOT_FOLDED.test(operatorOf(node))) return false;
    for (const name of node.output) constant.add(name);
    return true;
  });
}

/** A model of only these nodes and the constants that they read. */
export function constantModel(model: Model, node: NodeProto[]): Model {
  const read = new Set(node.flatMap(inputsOf));
  const initializer = model.graph.initializer.filter(({ name }) => read.has(name));
  return { ...model, graph: { ...model.graph, node, initializer, input: [], output: [], valueInfo: [] } };
}
