/** Finds the tensors of tokens whose patches the scores depend on, rather than only the class token. */
import type { NodeProto } from 'onnx-buf';
import type { Facts } from '../../onnx/facts';
import { type GraphIndex, indexGraph, inputsOf } from '../../onnx/graph';
import { intAttribute } from '../../onnx/model';
import { operatorOf } from '../../onnx/operators';
import { type Layout, slicesOf } from './layout';

export interface Patches {
  /**
   * Tensors of tokens whose patches affect the scores. Downstream of a transformer's last attention, only the class
   * token does.
   */
  readonly live: ReadonlySet<string>;
  /** The graph without those inputs of nodes that pass nothing on from a patch to the scores. */
  readonly graph: GraphIndex;
}

/**
 * Walks back from the scores. For a node that processes each token independently, the input's patches matter if those
 * of the output do. For a node that picks tokens other than patches, they do not matter. Any other node mixes tokens,
 * so all its tokens matter.
 *
 * @param nodes those that lead to the scores
 */
export function followPatches(
  nodes: readonly NodeProto[],
  layouts: ReadonlyMap<string, Layout>,
  facts: Facts,
): Patches {
  const isTokens = (tensor: string) => layouts.get(tensor)?.grid !== undefined;
  const live = new Set<string>();
  const passes = (node: NodeProto, tensor: string) =>
    node.output.some(isTokens)
      ? node.output.some((output) => live.has(output))
      : !picksOthers(node, layouts.get(tensor)!, facts);
  for (const node of nodes.toReversed())
    for (const tensor of inputsOf(node)) if (isTokens(tensor) && passes(node, tensor)) live.add(tensor);
  // A fused operator has two outputs with the same tokens: the sum, which bypasses the next attention, and the
  // normalised sum.
  const twins = nodes.flatMap(({ output }) =>
    output.some((tensor) => live.has(tensor)) ? output.filter(isTokens) : [],
  );
  const before = new Set([...live, ...twins]);
  const read = (node: NodeProto) => node.input.filter((tensor) => !before.has(tensor) || passes(node, tensor));
  return { live, graph: indexGraph(nodes.map((node) => ({ ...node, input: read(node) }))) };
}

/** True for a node that selects no patches, such as the one that selects the class token. */
function picksOthers(node: NodeProto, layout: Layout, facts: Facts): boolean {
  const { height, width, skip } = layout.grid!;
  const isPatch = (place: number) => place >= skip && place < skip + height * width;
  const tokens = layout.axes.indexOf('T');
  const count = facts.get(node.input[0]!)?.dims[tokens] ?? 0;
  if (operatorOf(node) === 'Gather') {
    const axis = intAttribute(node, 'axis', 0);
    const picked = facts.get(node.input[1]!)?.values;
    const isAlong = (axis < 0 ? axis + layout.axes.length : axis) === tokens;
    return isAlong && picked !== undefined && !picked.some((place) => isPatch(place < 0 ? place + count : place));
  }
  if (operatorOf(node) !== 'Slice') return false;
  const part = slicesOf(node, layout, facts)?.find(({ axis }) => axis === tokens);
  const taken = facts.get(node.output[0]!)?.dims[tokens] ?? 0;
  return part !== undefined && !Array.from({ length: taken }, (_, i) => part.start + i * part.step).some(isPatch);
}
