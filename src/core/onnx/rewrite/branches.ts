/** Writes the nodes of an If's branches in its place. */
import type { GraphProto, NodeProto } from 'onnx-buf';
import { makeNode } from '../emit';
import type { Facts } from '../facts';
import { type Model, withGraph } from '../model';
import { operatorOf } from '../operators';
import { changed, renameNode } from './rename';

type Branch = 'then' | 'else';

function branchOf(node: NodeProto, which: Branch): GraphProto | undefined {
  return node.attribute.find(({ name }) => name === `${which}_branch`)?.g;
}

/**
 * Takes the branch of each If whose condition is known before an image is seen. If `both` is true, the others compute both
 * branches and select the result.
 *
 * @returns undefined if there is nothing to take
 */
export function withoutBranches(model: Model, facts: Facts, both: boolean): Model | undefined {
  const { graph } = model;
  const initializer = [...graph.initializer];
  let changed = false;
  const node = graph.node.flatMap((each): NodeProto[] => {
    if (operatorOf(each) !== 'If') return [each];
    const condition = facts.get(each.input[0]!)?.values?.[0];
    if (condition === undefined && !both) return [each];
    const taken =
      condition === undefined ? (['then', 'else'] as const) : ([condition === 0 ? 'else' : 'then'] as const);
    const bodies = taken.map((which) => inlinedBody(each, which));
    if (bodies.some((body) => body === undefined)) return [each];
    changed = true;
    for (const body of bodies) initializer.push(...body!.initializer);
    const selected = each.output.flatMap((output, i) => {
      if (output === '') return [];
      const results = bodies.map((body) => body!.outputs[i]!);
      const inputs = results.length === 1 ? results : [each.input[0]!, ...results];
      return [makeNode(results.length === 1 ? 'Identity' : 'Where', `${output}/selected`, inputs, [output], {})];
    });
    return [...bodies.flatMap((body) => body!.nodes), ...selected];
  });
  return changed ? withGraph(model, { ...graph, node, initializer }) : undefined;
}

/** The nodes of a branch, under names of their own; what they read from outside keeps its name. */
function inlinedBody(node: NodeProto, which: Branch) {
  const body = branchOf(node, which);
  if (!body || body.sparseInitializer.length > 0) return undefined;
  const own = new Set([...body.node.flatMap(({ output }) => output), ...body.initializer.map(({ name }) => name)]);
  const prefix = `${node.name || node.output[0]}/${which}`;
  const rename = (tensor: string) => (own.has(tensor) ? `${prefix}/${tensor}` : tensor);
  return {
    nodes: body.node.map((each, i) => changed(renameNode(each, rename), { name: `${prefix}/${each.name || i}` })),
    initializer: body.initializer.map((tensor) => changed(tensor, { name: rename(tensor.name) })),
    outputs: body.output.map(({ name }) => rename(name)),
  };
}
