/** Producers and consumers of each tensor, and the parts of a graph between tensors. */
import type { GraphProto, NodeProto } from 'onnx-buf';
import { operatorOf, RESHAPING } from './operators';

export interface GraphIndex {
  /** In the file's order, which ONNX requires to be topological. */
  readonly nodes: readonly NodeProto[];
  readonly producer: ReadonlyMap<string, NodeProto>;
  readonly consumers: ReadonlyMap<string, readonly NodeProto[]>;
}

/** Every tensor a node reads, those read by the bodies of If, Loop and Scan included. */
export function inputsOf(node: NodeProto): string[] {
  const own = node.input.filter((name) => name !== '');
  const bodies = bodiesOf(node);
  return bodies.length === 0 ? own : [...own, ...bodies.flatMap(captured)];
}

/** The bodies of If, Loop and Scan; empty for other nodes. */
export function bodiesOf({ attribute }: NodeProto): GraphProto[] {
  return attribute.flatMap(({ g, graphs }) => (g ? [g] : graphs));
}

/** A graph and the bodies of If, Loop and Scan in it, at any depth. */
function graphsIn(graph: GraphProto): GraphProto[] {
  return [graph, ...graph.node.flatMap(bodiesOf).flatMap(graphsIn)];
}

/** The names of a graph's tensors, those in its bodies included. */
export function tensorsIn(graph: GraphProto): string[] {
  return graphsIn(graph).flatMap(({ input, initializer, node }) => [
    ...[...input, ...initializer].map(({ name }) => name),
    ...node.flatMap(({ output }) => output),
  ]);
}

/** The names of a graph's nodes, those in its bodies included. */
export function nodeNamesIn(graph: GraphProto): string[] {
  return graphsIn(graph).flatMap(({ node }) => node.map(({ name }) => name));
}

/** Tensors of the outer scope that a body reads. */
function captured(body: GraphProto): string[] {
  const inner = new Set([
    ...body.input.map(({ name }) => name),
    ...body.initializer.map(({ name }) => name),
    ...body.node.flatMap(({ output }) => output),
  ]);
  const read = [...body.node.flatMap(inputsOf), ...body.output.map(({ name }) => name)];
  return read.filter((name) => !inner.has(name));
}

export function indexGraph(nodes: readonly NodeProto[]): GraphIndex {
  const producer = new Map<string, NodeProto>();
  const consumers = new Map<string, NodeProto[]>();
  for (const node of nodes) {
    for (const name of node.output) if (name !== '') producer.set(name, node);
    for (const name of new Set(inputsOf(node))) {
      const list = consumers.get(name);
      if (list) list.push(node);
      else consumers.set(name, [node]);
    }
  }
  return { nodes, producer, consumers };
}

/** Nodes that lead to `targets`, in order; the walk does not go beyond `stops`. */
export function nodesLeadingTo(
  graph: GraphIndex,
  targets: Iterable<string>,
  stops: ReadonlySet<string> = new Set(),
): NodeProto[] {
  const wanted = new Set<NodeProto>();
  const stack = [...targets].filter((name) => !stops.has(name));
  while (stack.length) {
    const node = graph.producer.get(stack.pop()!);
    if (!node || wanted.has(node)) continue;
    wanted.add(node);
    for (const name of inputsOf(node)) if (!stops.has(name)) stack.push(name);
  }
  return graph.nodes.filter((node) => wanted.has(node));
}

/**
 * Tensors whose values depend on `sources`, these included. `through` may close a node to the walk: `Shape` passes on
 * sizes, not values.
 */
export function tensorsDependingOn(
  graph: GraphIndex,
  sources: Iterable<string>,
  through: (node: NodeProto) => boolean = () => true,
): Set<string> {
  const reached = new Set(sources);
  for (const node of graph.nodes) {
    if (!through(node) || !inputsOf(node).some((name) => reached.has(name))) continue;
    for (const name of node.output) if (name !== '') reached.add(name);
  }
  return reached;
}

/** The node that computes a tensor's values, ignoring nodes that only change their shape or type. */
export function originOf(producer: ReadonlyMap<string, NodeProto>, tensor: string): NodeProto | undefined {
  const node = producer.get(tensor);
  return node && RESHAPING.includes(operatorOf(node)) ? originOf(producer, node.input[0]!) : node;
}
