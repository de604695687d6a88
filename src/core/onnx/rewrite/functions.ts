/** Writes the nodes of local functions in the place of their calls, so that everything else sees plain operators. */
import type { AttributeProto, FunctionProto, NodeProto } from 'onnx-buf';
import { makeNode } from '../emit';
import { bodiesOf } from '../graph';
import { isDefaultDomain, operatorName, operatorOf } from '../operators';
import { changed, renameNode } from './rename';

type Functions = ReadonlyMap<string, FunctionProto>;

export interface Inlined {
  readonly nodes: NodeProto[];
  /** Functions that are still called: those of another operator set, and in the bodies of loops and branches. */
  readonly left: FunctionProto[];
}

/** @param opset of the model; a function of another one is left, since its nodes could mean something else */
export function inlined(nodes: readonly NodeProto[], functions: readonly FunctionProto[], opset: number): Inlined {
  const table: Functions = new Map(functions.map((f) => [operatorName(f.domain, f.name), f]));
  if (table.size === 0) return { nodes: [...nodes], left: [] };
  let calls = 0;
  const result = nodes.flatMap(expand);
  const isCalled = (node: NodeProto): boolean =>
    table.has(operatorOf(node)) || bodiesOf(node).some((body) => body.node.some(isCalled));
  return { nodes: result, left: result.some(isCalled) ? [...functions] : [] };

  function expand(node: NodeProto): NodeProto[] {
    const called = table.get(operatorOf(node));
    if (!called || !fits(called, opset)) return [node];
    calls += 1;
    const prefix = `${node.name || node.output[0]}/${calls}`;
    const names = new Map<string, string>();
    called.input.forEach((formal, i) => {
      names.set(formal, node.input[i] ?? '');
    });
    called.output.forEach((formal, i) => {
      if (node.output[i]) names.set(formal, node.output[i]);
    });
    const rename = (tensor: string) => names.get(tensor) ?? `${prefix}/${tensor}`;
    // A function may put out its own input.
    const passed = called.output.flatMap((formal, i): NodeProto[] =>
      called.input.includes(formal) && node.output[i] ? [copyOf(names.get(formal)!, node.output[i])] : [],
    );
    const inside = called.node.map((each, i): NodeProto => {
      const own = withArguments(each, node, called);
      return changed(renameNode(own, rename), { name: `${prefix}/${each.name || i}` });
    });
    return [...inside, ...passed].flatMap(expand);
  }
}

function fits({ opsetImport }: FunctionProto, opset: number): boolean {
  const own = opsetImport.find(({ domain }) => isDefaultDomain(domain));
  return own === undefined || Number(own.version) === opset;
}

function copyOf(from: string, to: string): NodeProto {
  return makeNode('Identity', `${to}/copy`, [from], [to], {});
}

/** Attributes that refer to those of the call get their values; without a value they are absent. */
function withArguments(node: NodeProto, call: NodeProto, called: FunctionProto): NodeProto {
  const given = (name: string) =>
    call.attribute.find((attribute) => attribute.name === name) ??
    called.attributeProto.find((attribute) => attribute.name === name);
  const resolve = (attribute: AttributeProto): AttributeProto[] => {
    if (attribute.g) {
      const body = changed(attribute.g, { node: attribute.g.node.map((each) => withArguments(each, call, called)) });
      return [changed(attribute, { g: body })];
    }
    // Each call has a constant of its own, which gets the name of its tensor.
    if (attribute.refAttrName === '')
      return [attribute.t ? changed(attribute, { t: changed(attribute.t, {}) }) : attribute];
    const value = given(attribute.refAttrName);
    return value ? [changed(value, { name: attribute.name })] : [];
  };
  return changed(node, { attribute: node.attribute.flatMap(resolve) });
}
