/**
 * Weights by reference. A graph is encoded without its large tensors. They become external data, as slices of buffers
 * that the runtime gets beside the graph. One of the buffers is the model file itself, so no weight is encoded or
 * copied.
 */
import { create, toBinary } from '@bufbuild/protobuf';
import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire';
import {
  type GraphProto,
  GraphProtoSchema,
  type ModelProto,
  ModelProtoSchema,
  StringStringEntryProtoSchema,
  type TensorProto,
  TensorProto_DataLocation,
  TensorProtoSchema,
} from 'onnx-buf';
import type { Model } from './model';
import { changed } from './rewrite/rename';
import { type DataType, isExternal } from './tensors';

/** The name under which the runtime finds the model file's own bytes. */
export const OWN_BYTES = 'model.onnx';

/** Tensors of at least so many bytes are passed by reference. */
const LARGE = 1024;

export interface EncodedModel {
  /** A whole model without its large weights. */
  readonly bytes: Uint8Array;
  /** Number of nodes. */
  readonly nodes: number;
  /** Names of the buffers that the weights are slices of: OWN_BYTES or a piece's name. */
  readonly buffers: readonly string[];
  /** Weights that are inputs; see feeds.ts. */
  readonly feeds?: readonly WeightFeed[];
}

/** A contiguous part of one of the buffers. */
export interface Place {
  readonly location: string;
  readonly offset: number;
  readonly length: number;
}

export interface WeightFeed extends Place {
  readonly name: string;
  readonly type: DataType;
  readonly dims: readonly number[];
}

/** Encodes `graph` as a model of the same kind as `model`, with the weights by reference. */
export function encodeModel(model: Model, graph: GraphProto): EncodedModel {
  const initializer = graph.initializer.map((tensor) => byReference(tensor, model.bytes));
  const proto = { ...model.proto, graph: { ...graph, initializer } };
  return {
    bytes: toBinary(ModelProtoSchema, proto),
    nodes: graph.node.length,
    buffers: [...new Set(initializer.filter(isExternal).map(locationOf))],
  };
}

/** A reference to a large tensor; a small tensor unchanged. */
function byReference(tensor: TensorProto, bytes: Uint8Array): TensorProto {
  const place = placeOf(tensor, bytes);
  return place && !isExternal(tensor) ? reference(tensor, place.location, place.offset, place.length) : tensor;
}

/**
 * The location of the bytes of a large or external tensor; undefined for a tensor that is encoded with the graph.
 *
 * @param bytes the model file's own
 */
export function placeOf(tensor: TensorProto, bytes: Uint8Array): Place | undefined {
  if (isExternal(tensor)) {
    const entries = new Map(tensor.externalData.map(({ key, value }) => [key, value]));
    return {
      location: locationOf(tensor),
      offset: Number(entries.get('offset')),
      length: Number(entries.get('length')),
    };
  }
  const { rawData } = tensor;
  if (rawData.byteLength < LARGE || rawData.buffer !== bytes.buffer) return undefined;
  return { location: OWN_BYTES, offset: rawData.byteOffset - bytes.byteOffset, length: rawData.byteLength };
}

/** A tensor whose bytes are a slice of the buffer called `location`. */
export function reference(tensor: TensorProto, location: string, offset: number, length: number): TensorProto {
  const entry = (key: string, value: string) => create(StringStringEntryProtoSchema, { key, value });
  return create(TensorProtoSchema, {
    name: tensor.name,
    dataType: tensor.dataType,
    dims: tensor.dims,
    dataLocation: TensorProto_DataLocation.EXTERNAL,
    externalData: [entry('location', location), entry('offset', `${offset}`), entry('length', `${length}`)],
  });
}

function locationOf(tensor: TensorProto): string {
  return tensor.externalData.find(({ key }) => key === 'location')?.value ?? '';
}

/**
 * The model with other values for some weights. Large ones are slices of separate buffers, which the runtime gets in
 * addition to the model's. Nothing of the model is copied.
 *
 * @param values bytes by initializer, with its type and number of elements, little endian
 */
export function withWeights(
  model: Model,
  values: ReadonlyMap<string, Uint8Array<ArrayBuffer>>,
): { readonly model: Model; readonly buffers: ReadonlyMap<string, Uint8Array> } {
  const buffers = new Map<string, Uint8Array>();
  const initializer = model.graph.initializer.map((tensor) => {
    const bytes = values.get(tensor.name);
    if (!bytes) return tensor;
    const { name, dataType, dims } = tensor;
    if (bytes.byteLength < LARGE) return create(TensorProtoSchema, { name, dataType, dims, rawData: bytes });
    const location = `replaced/${name}`;
    buffers.set(location, bytes);
    return reference(tensor, location, 0, bytes.byteLength);
  });
  const graph = { ...model.graph, initializer };
  const initializers = new Map(initializer.map((tensor) => [tensor.name, tensor]));
  return { model: { ...model, proto: { ...model.proto, graph }, graph, initializers }, buffers };
}

/** The numbers of the fields in onnx.proto. */
const FIELDS = { graph: 7, initializer: 5, rawData: 9 };
/**
 * The parts of the file, in order. The graph stays one message, since readers such as Netron do not merge several, as
 * protobuf allows.
 */
export function fileParts(proto: ModelProto): Uint8Array[] {
  const graph = proto.graph!;
  const isLarge = ({ rawData }: TensorProto) => rawData.byteLength >= LARGE;
  const small = changed(graph, { initializer: graph.initializer.filter((tensor) => !isLarge(tensor)) });
  const parts: Uint8Array[] = [toBinary(GraphProtoSchema, small)];
  for (const tensor of graph.initializer.filter(isLarge)) {
    const { rawData } = tensor;
    const head = toBinary(TensorProtoSchema, changed(tensor, { rawData: new Uint8Array() }));
    const raw = opening(FIELDS.rawData, rawData.byteLength);
    parts.push(opening(FIELDS.initializer, bytesIn([head, raw, rawData])), head, raw, rawData);
  }
  const rest = toBinary(ModelProtoSchema, withoutGraph(proto));
  return [rest, opening(FIELDS.graph, bytesIn(parts)), ...parts];
}

function withoutGraph(proto: ModelProto): ModelProto {
  const rest = changed(proto, {});
  delete rest.graph;
  return rest;
}

export function bytesIn(parts: readonly Uint8Array[]): number {
  return parts.reduce((sum, { byteLength }) => sum + byteLength, 0);
}

/** What comes before the bytes of a field. */
function opening(field: number, bytes: number): Uint8Array {
  return new BinaryWriter().tag(field, WireType.LengthDelimited).uint32(bytes).finish();
}
