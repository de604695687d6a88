/** Tensors that separate a graph's input from its scores. */
import { type GraphIndex, inputsOf, nodesLeadingTo, tensorsDependingOn } from '../../onnx/graph';

/**
 * The tensors through which every path from `input` to `target` runs, so that everything downstream can be computed
 * from such a tensor alone. A residual branch is not a cut, since the shortcut leads around it.
 *
 * Follow the nodes in topological order. A tensor is a cut if, once it has been computed, no other tensor that depends
 * on the input is still to be read. A tensor that was computed before and is read later would lead around it.
 */
export function findCuts(graph: GraphIndex, input: string, target: string): Set<string> {
  const dependent = tensorsDependingOn(graph, [input]);
  const nodes = nodesLeadingTo(graph, [target]).filter((node) => inputsOf(node).some((name) => dependent.has(name)));
  const lastUse = new Map<string, number>();
  for (const [i, node] of nodes.entries()) for (const name of inputsOf(node)) lastUse.set(name, i);
  lastUse.set(target, Number.POSITIVE_INFINITY);

  const cuts = new Set<string>();
  const waiting = new Set([input]);
  for (const [i, node] of nodes.entries()) {
    for (const name of inputsOf(node)) if (lastUse.get(name) === i) waiting.delete(name);
    for (const name of node.output) if (lastUse.has(name)) waiting.add(name);
    const [only] = waiting;
    if (waiting.size === 1) cuts.add(only!);
  }
  return cuts;
}
