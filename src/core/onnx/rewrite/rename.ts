/** Gives the tensors of nodes other names, in the bodies of If, Loop and Scan too. */
import type { AttributeProto, GraphProto, NodeProto } from 'onnx-buf';

/** A copy with other values. A message has the defaults of its fields by its prototype, which a spread would lose. */
export function changed<T extends object>(message: T, fields: Partial<T>): T {
  return Object.assign(Object.create(Object.getPrototypeOf(message)), message, fields);
}

type Rename = (tensor: string) => string;

/** An empty name stands for an absent tensor and stays. */
export function renameNode(node: NodeProto, rename: Rename): NodeProto {
  const each = (name: string) => (name === '' ? '' : rename(name));
  const attribute = (of: AttributeProto): AttributeProto =>
    of.g || of.graphs.length > 0
      ? changed(of, {
          ...(of.g && { g: renameGraph(of.g, rename) }),
          graphs: of.graphs.map((g) => renameGraph(g, rename)),
        })
      : of;
  return changed(node, {
    input: node.input.map(each),
    output: node.output.map(each),
    attribute: node.attribute.map(attribute),
  });
}

function renameGraph(graph: GraphProto, rename: Rename): GraphProto {
  const named = <T extends { readonly name: string }>(value: T): T =>
    changed(value, { name: rename(value.name) } as Partial<T>);
  return changed(graph, {
    node: graph.node.map((node) => renameNode(node, rename)),
    initializer: graph.initializer.map(named),
    input: graph.input.map(named),
    output: graph.output.map(named),
    valueInfo: [],
  });
}
