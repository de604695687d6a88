/** Fuses nodes that together form an operator whose derivative is cheaper as a whole. */
import type { NodeProto } from 'onnx-buf';
import { makeNode } from '../onnx/emit';
import { operatorOf } from '../onnx/operators';

/**
 * The nodes to differentiate. x sigmoid(x), as exporters write SiLU, becomes one `Swish`.
 *
 * @param nodes in topological order
 * @param kept tensors whose gradients are wanted
 */
export function fused(nodes: readonly NodeProto[], kept: readonly string[]): readonly NodeProto[] {
  const uses = new Map<string, number>();
  for (const name of [...kept, ...nodes.flatMap(({ input }) => input)]) uses.set(name, (uses.get(name) ?? 0) + 1);
  const sigmoids = new Map<string, NodeProto>();
  for (const node of nodes) {
    if (operatorOf(node) === 'Sigmoid' && uses.get(node.output[0]!) === 1) sigmoids.set(node.output[0]!, node);
  }
  const within = new Set<NodeProto>();
  const made = nodes.map((node) => {
    if (operatorOf(node) !== 'Mul') return node;
    const sigmoid = sigmoids.get(node.input[1]!) ?? sigmoids.get(node.input[0]!);
    const x = sigmoid?.input[0];
    if (!sigmoid || !x || !node.input.includes(x)) return node;
    within.add(sigmoid);
    return makeNode('Swish', node.name, [x], node.output, {});
  });
  return made.filter((node) => !within.has(node));
}
