/** Which tensors of tokens the scores depend on by their patches, and not by a class token alone. */
import type { NodeProto } from 'onnx-buf';
import type { Facts } from '../../onnx/facts';
import { type GraphIndex, indexGraph, inputsOf } from '../../onnx/graph';
import { intAttribute } from '../../onnx/model';
import { operatorOf } from '../../onnx/operators';
import { type Layout, slicesOf } from './layout';

export interface Patches {
  /** Tensors of tokens whose patches matter. Behind a transformer's last attention, only its class token does. */
  readonly live: ReadonlySet<string>;
  /** The graph without the reads of these that pass nothing on from a patch to the scores. */
  readonly graph: GraphIndex;
}

/**
 * Walks back from the scores. A node that handles each token for itself passes on from its output whether patches matter;
 * one that picks other tokens passes on nothing; any other mixes tokens, so that all of them matter.
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
  // A fused operator gives the same tokens twice: the sum, which goes around the next attention, and that normalised.
  const twins = nodes.flatMap(({ output }) =>
    output.some((tensor) => live.has(tensor)) ? output.filter(isTokens) : [],
  );
  const before = new Set([...live, ...twins]);
  const read = (node: NodeProto) => node.input.filter((tensor) => !before.has(tensor) || passes(node, tensor));
  return { live, graph: indexGraph(nodes.map((node) => ({ ...node, input: read(node) }))) };
}

/** True for a node that takes none of the patches, such as the one that takes the class token. */
function picksOthers(node: NodeProto, layout: Layout, facts: Facts): boolean {
  const { u, v, skip } = layout.grid!;
  const isPatch = (place: number) => place >= skip && place < skip + u * v;
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
