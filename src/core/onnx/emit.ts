/** Creates nodes and constants with readable, deterministic names, to be added to a graph. */
import { create } from '@bufbuild/protobuf';
import { getTextEncoding } from '@bufbuild/protobuf/wire';
import {
  type AttributeProto,
  AttributeProto_AttributeType,
  AttributeProtoSchema,
  type GraphProto,
  type NodeProto,
  NodeProtoSchema,
  type TensorProto,
} from 'onnx-buf';
import { DataType, makeTensor } from './tensors';

export type AttributeValue =
  | { readonly int: number }
  | { readonly float: number }
  | { readonly string: string }
  | { readonly tensor: TensorProto }
  | { readonly graph: GraphProto }
  | { readonly ints: readonly number[] }
  | { readonly floats: readonly number[] };
/** Attributes by name, or copied from another node. */
export type Attributes = Readonly<Record<string, AttributeValue>> | readonly AttributeProto[];

export interface Emitter {
  /** The operator set the nodes are written in: that of the model (`Model.opset`). */
  readonly opset: number;
  readonly nodes: NodeProto[];
  readonly initializers: TensorProto[];
  /** Adds a node with one output and returns the output's name. */
  op(type: string, inputs: readonly string[], attributes?: Attributes): string;
  /** Adds a node with several outputs and returns their names. */
  ops(type: string, inputs: readonly string[], outputs: number, attributes?: Attributes): string[];
  /** A constant of int64, [n]. Equal values share one tensor. */
  ints(values: readonly number[]): string;
  /** A constant scalar, without dimensions. */
  scalar(value: number, type?: DataType): string;
  constant(type: DataType, dims: readonly number[], values: readonly number[]): string;
  /** Names a tensor: an Identity node with the given output. */
  alias(tensor: string, name: string): string;
  /** Names the tensors that are added from now on `prefix/scope/...`. */
  scope(name: string): void;
}

/**
 * @param prefix starts every name, so that names do not clash with the model's own
 * @param taken names that exist already; the prefix is lengthened if one starts with it
 */
export function createEmitter(prefix: string, opset: number, taken: Iterable<string> = []): Emitter {
  const names = [...taken];
  let base = prefix;
  while (names.some((name) => name.startsWith(`${base}/`))) base += '_';
  const nodes: NodeProto[] = [];
  const initializers: TensorProto[] = [];
  const constants = new Map<string, string>();
  const counts = new Map<string, number>();
  let scope = '';

  const fresh = (kind: string) => {
    const stem = [base, scope, kind].filter((part) => part !== '').join('/');
    const count = counts.get(stem) ?? 0;
    counts.set(stem, count + 1);
    return count === 0 ? stem : `${stem}_${count}`;
  };
  const ops: Emitter['ops'] = (type, inputs, outputs, attributes = {}) => {
    const name = fresh(type);
    const output = Array.from({ length: outputs }, (_, i) => (outputs === 1 ? name : `${name}.${i}`));
    nodes.push(makeNode(type, name, inputs, output, attributes));
    return output;
  };
  const constant: Emitter['constant'] = (type, dims, values) => {
    const key = `${type}|${dims}|${values}`;
    const known = constants.get(key);
    if (known !== undefined) return known;
    const name = `${base}/constant_${constants.size}`;
    initializers.push(makeTensor(name, type, dims, values));
    constants.set(key, name);
    return name;
  };
  return {
    opset,
    nodes,
    initializers,
    ops,
    op: (type, inputs, attributes) => ops(type, inputs, 1, attributes)[0]!,
    ints: (values) => constant(DataType.INT64, [values.length], values),
    scalar: (value, type = DataType.FLOAT) => constant(type, [], [value]),
    constant,
    alias: (tensor, name) => {
      nodes.push(makeNode('Identity', name, [tensor], [name], {}));
      return name;
    },
    scope: (name) => {
      scope = name;
    },
  };
}

export function makeNode(
  type: string,
  name: string,
  input: readonly string[],
  output: readonly string[],
  attributes: Attributes,
): NodeProto {
  return create(NodeProtoSchema, {
    opType: type,
    name,
    input: [...input],
    output: [...output],
    attribute: isCopied(attributes)
      ? [...attributes]
      : Object.entries(attributes).map(([key, value]) => makeAttribute(key, value)),
  });
}

function isCopied(attributes: Attributes): attributes is readonly AttributeProto[] {
  return Array.isArray(attributes);
}

const { encodeUtf8 } = getTextEncoding();

export function makeAttribute(name: string, value: AttributeValue): AttributeProto {
  if ('int' in value)
    return create(AttributeProtoSchema, { name, type: AttributeProto_AttributeType.INT, i: BigInt(value.int) });
  if ('tensor' in value)
    return create(AttributeProtoSchema, { name, type: AttributeProto_AttributeType.TENSOR, t: value.tensor });
  if ('graph' in value)
    return create(AttributeProtoSchema, { name, type: AttributeProto_AttributeType.GRAPH, g: value.graph });
  if ('float' in value)
    return create(AttributeProtoSchema, { name, type: AttributeProto_AttributeType.FLOAT, f: value.float });
  if ('string' in value) {
    return create(AttributeProtoSchema, {
      name,
      type: AttributeProto_AttributeType.STRING,
      s: encodeUtf8(value.string),
    });
  }
  if ('floats' in value)
    return create(AttributeProtoSchema, { name, type: AttributeProto_AttributeType.FLOATS, floats: [...value.floats] });
  return create(AttributeProtoSchema, { name, type: AttributeProto_AttributeType.INTS, ints: value.ints.map(BigInt) });
}
