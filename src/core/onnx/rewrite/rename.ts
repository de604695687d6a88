/** Gives the tensors of nodes other names, in the bodies of If, Loop and Scan too. */
import type { AttributeProto, GraphProto, NodeProto } from 'onnx-buf';

type Rename = (tensor: string) => string;

/** An empty name stands for an absent tensor and stays. */
export function renameNode(node: NodeProto, rename: Rename): NodeProto {
  const each = (name: string) => (name === '' ? '' : rename(name));
  const attribute = (of: AttributeProto): AttributeProto =>
    of.g || of.graphs.length > 0
      ? { ...of, ...(of.g && { g: renameGraph(of.g, rename) }), graphs: of.graphs.map((g) => renameGraph(g, rename)) }
      : of;
  return {
    ...node,
    input: node.input.map(each),
    output: node.output.map(each),
    attribute: node.attribute.map(attribute),
  };
}

function renameGraph(graph: GraphProto, rename: Rename): GraphProto {
  const named = <T extends { readonly name: string }>(value: T): T => ({ ...value, name: rename(value.name) });
  return {
    ...graph,
    node: graph.node.map((node) => renameNode(node, rename)),
    initializer: graph.initializer.map(named),
    input: graph.input.map(named),
    output: graph.output.map(named),
    valueInfo: [],
  };
}
