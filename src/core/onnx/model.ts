/**
 * A parsed ONNX file. The large tensors stay views of the file's bytes; nothing here copies or re-encodes a weight.
 */
import { create, fromBinary } from '@bufbuild/protobuf';
import { getTextEncoding } from '@bufbuild/protobuf/wire';
import {
  type AttributeProto,
  AttributeProto_AttributeType,
  type GraphProto,
  type ModelProto,
  ModelProtoSchema,
  type NodeProto,
  type TensorProto,
  TensorProto_DataType,
  TensorProtoSchema,
  type TypeProto_Tensor,
  type ValueInfoProto,
} from 'onnx-buf';
import { errors, reasonOf } from '../errors';
import { tensorsIn } from './graph';
import { isDefaultDomain, operatorOf } from './operators';
import { inlined } from './rewrite/functions';
import { changed } from './rewrite/rename';
import { raised } from './rewrite/versions';
import { makeTensor } from './tensors';

export interface Model {
  /** The path that the model was read from, for messages. */
  readonly file: string;
  /** The file's bytes, which the initializers' `rawData` are views of. */
  readonly bytes: Uint8Array;
  readonly proto: ModelProto;
  readonly graph: GraphProto;
  /** Version of the default operator set that the graph is run with, and the version in the file. */
  readonly opset: number;
  readonly fileOpset: number;
  readonly initializers: ReadonlyMap<string, TensorProto>;
  /** Inputs that switch training on, such as `training`. They are replaced by constants that switch it off. */
  readonly switches: readonly string[];
}

/**
 * Parses a model and normalises it. Every constant becomes an initializer instead of a `Constant` node. No initializer
 * stays an input as well (IR 3), since the runtime folds only what can't be overridden. Training is switched off. The
 * operator set is raised to one that gradients are written in, if the graph has the same meaning there.
 *
 * @throws model-unreadable if the bytes are no ONNX model
 */
export function parseModel(bytes: Uint8Array, file: string): Model {
  return normalised(decode(bytes, file), bytes, file);
}

/** The model with the nodes of its functions in place of their calls; check before that these are not too many. */
export function withoutFunctions(model: Model): Model {
  const { proto, graph, fileOpset, switches } = model;
  if (proto.functions.length === 0) return model;
  const { nodes, left } = inlined(graph.node, proto.functions, fileOpset);
  const plain = changed(proto, { graph: changed(graph, { node: nodes }), functions: left });
  return { ...normalised(plain, model.bytes, model.file), switches };
}

function normalised(proto: ModelProto, bytes: Uint8Array, file: string): Model {
  const graph = proto.graph;
  if (!graph || graph.node.length === 0) throw errors.modelUnreadable(file, 'it holds no graph');
  const opset = proto.opsetImport.find(({ domain }) => isDefaultDomain(domain));
  if (!opset) throw errors.modelUnreadable(file, 'it names no operator set');

  const constants = new Map<NodeProto, TensorProto>();
  for (const node of graph.node) {
    const tensor = operatorOf(node) === 'Constant' ? constantOf(node) : undefined;
    if (tensor) constants.set(node, tensor);
  }
  const given = new Set(graph.initializer.map(({ name }) => name));
  const switches = graph.input.filter((input) => !given.has(input.name) && isSwitch(input));
  graph.initializer = [...graph.initializer, ...constants.values(), ...switches.map(switchedOff)];
  graph.node = graph.node.filter((node) => !constants.has(node));
  const fileOpset = Number(opset.version);
  if (proto.functions.length === 0) {
    const later = raised(fileOpset, graph.node);
    opset.version = BigInt(later.opset);
    graph.node = later.nodes;
    graph.initializer.push(...later.initializers);
  }
  const initializers = new Map(graph.initializer.map((tensor) => [tensor.name, tensor]));
  graph.input = graph.input.filter(({ name }) => !initializers.has(name));
  proto.trainingInfo = [];
  if (proto.irVersion < 4n) proto.irVersion = 4n;
  return {
    file,
    bytes,
    proto,
    graph,
    opset: Number(opset.version),
    fileOpset,
    initializers,
    switches: switches.map(({ name }) => name),
  };
}

/** What the names of inputs and outputs of the graphs begin with that are made of a model. */
const RESERVED = 'group-cam:';

/**
 * Checks that no tensor has a name that a graph made of the model may need: two tensors of one name would be one.
 *
 * @throws model-unreadable
 */
export function checkNames({ graph, file }: Model): void {
  const taken = tensorsIn(graph).find((name) => name.startsWith(RESERVED));
  if (taken !== undefined) throw errors.reservedName(file, taken, RESERVED);
}

/** The model with another graph of the same weights. */
export function withGraph(model: Model, graph: GraphProto): Model {
  return { ...model, graph, initializers: new Map(graph.initializer.map((tensor) => [tensor.name, tensor])) };
}

/** True for an input that is one boolean, or one number whose name refers to training. */
function isSwitch({ name, type }: ValueInfoProto): boolean {
  if (type?.value.case !== 'tensorType') return false;
  const { elemType, shape } = type.value.value;
  const isScalar = shape?.dim.every(({ value }) => value.case === 'dimValue' && value.value === 1n) ?? false;
  return isScalar && (elemType === TensorProto_DataType.BOOL || /train|learning_phase/i.test(name));
}

function switchedOff({ name, type }: ValueInfoProto): TensorProto {
  const { elemType, shape } = type!.value.value as TypeProto_Tensor;
  return makeTensor(
    name,
    elemType,
    shape!.dim.map(() => 1),
    [0],
  );
}

function decode(bytes: Uint8Array, file: string): ModelProto {
  try {
    return fromBinary(ModelProtoSchema, bytes);
  } catch (error) {
    throw errors.modelUnreadable(file, reasonOf(error), error);
  }
}

/** A `Constant` node's value as a tensor; undefined for sparse and string values, which stay nodes. */
export function constantOf(node: NodeProto): TensorProto | undefined {
  const name = node.output[0]!;
  for (const attribute of node.attribute) {
    switch (attribute.name) {
      case 'value':
        return attribute.t && Object.assign(attribute.t, { name });
      case 'value_float':
        return create(TensorProtoSchema, { name, dataType: TensorProto_DataType.FLOAT, floatData: [attribute.f] });
      case 'value_floats':
        return create(TensorProtoSchema, {
          name,
          dataType: TensorProto_DataType.FLOAT,
          dims: [BigInt(attribute.floats.length)],
          floatData: attribute.floats,
        });
      case 'value_int':
        return create(TensorProtoSchema, { name, dataType: TensorProto_DataType.INT64, int64Data: [attribute.i] });
      case 'value_ints':
        return create(TensorProtoSchema, {
          name,
          dataType: TensorProto_DataType.INT64,
          dims: [BigInt(attribute.ints.length)],
          int64Data: attribute.ints,
        });
    }
  }
  return undefined;
}

const { decodeUtf8 } = getTextEncoding();

/** An attribute's value as number, string, number[], string[] or tensor; undefined if the attribute is absent. */
export function attributeOf(
  node: NodeProto,
  name: string,
): number | string | readonly number[] | readonly string[] | TensorProto | undefined {
  const attribute = node.attribute.find((candidate) => candidate.name === name);
  return attribute && plainValue(attribute);
}

function plainValue(attribute: AttributeProto) {
  switch (attribute.type) {
    case AttributeProto_AttributeType.FLOAT:
      return attribute.f;
    case AttributeProto_AttributeType.INT:
      return Number(attribute.i);
    case AttributeProto_AttributeType.STRING:
      return decodeUtf8(attribute.s);
    case AttributeProto_AttributeType.FLOATS:
      return attribute.floats;
    case AttributeProto_AttributeType.INTS:
      return attribute.ints.map(Number);
    case AttributeProto_AttributeType.STRINGS:
      return attribute.strings.map((s) => decodeUtf8(s));
    case AttributeProto_AttributeType.TENSOR:
      return attribute.t;
    default:
      return undefined;
  }
}

export function intAttribute(node: NodeProto, name: string, fallback: number): number {
  const value = attributeOf(node, name);
  return typeof value === 'number' ? value : fallback;
}

export function floatAttribute(node: NodeProto, name: string, fallback: number): number {
  return intAttribute(node, name, fallback);
}

export function stringAttribute(node: NodeProto, name: string, fallback: string): string {
  const value = attributeOf(node, name);
  return typeof value === 'string' ? value : fallback;
}

export function intsAttribute(node: NodeProto, name: string): readonly number[] | undefined {
  const value = attributeOf(node, name);
  return Array.isArray(value) ? (value as readonly number[]) : undefined;
}

export function floatsAttribute(node: NodeProto, name: string): readonly number[] | undefined {
  return intsAttribute(node, name);
}
