/**
 * Weights by reference. A graph is encoded without its large tensors, which become external data: slices of buffers that
 * the runtime is given beside the graph. One of them is the model file itself, so a weight is never encoded or copied.
 */
import { create, toBinary } from '@bufbuild/protobuf';
import {
  type GraphProto,
  ModelProtoSchema,
  StringStringEntryProtoSchema,
  type TensorProto,
  TensorProto_DataLocation,
  TensorProtoSchema,
} from 'onnx-buf';
import { errors } from '../errors';
import type { Model } from './model';
import { type DataType, isExternal } from './tensors';

/** The name under which the runtime finds the model file's own bytes. */
export const OWN_BYTES = 'model.onnx';

/** Tensors of at least so many bytes go by reference. */
const LARGE = 1024;

export interface EncodedModel {
  /** A whole model but for the weights. */
  readonly bytes: Uint8Array;
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
    buffers: [...new Set(initializer.filter(isExternal).map(locationOf))],
  };
}

/** A large tensor as a reference; any other as it is. */
function byReference(tensor: TensorProto, bytes: Uint8Array): TensorProto {
  const place = placeOf(tensor, bytes);
  return place && !isExternal(tensor) ? reference(tensor, place.location, place.offset, place.length) : tensor;
}

/**
 * Where the bytes of a large or external tensor lie; undefined for one that is encoded with the graph.
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

function reference(tensor: TensorProto, location: string, offset: number, length: number): TensorProto {
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

/** Where an external tensor's bytes lie: a file beside the model, and the range in it. */
export interface WeightRange {
  readonly tensor: TensorProto;
  readonly location: string;
  readonly offset: number;
  /** undefined: up to the end of the file. */
  readonly length: number | undefined;
}

/**
 * The ranges of files beside the model that its tensors refer to.
 *
 * @throws external-data-outside if a location is absolute or leaves the model's folder
 */
export function externalRanges(model: Model): WeightRange[] {
  return model.graph.initializer.filter(isExternal).map((tensor) => {
    const entries = new Map(tensor.externalData.map(({ key, value }) => [key, value]));
    const location = entries.get('location') ?? '';
    if (location === '' || /^([/\\]|[A-Za-z]:)/.test(location) || location.split(/[/\\]/).includes('..')) {
      throw errors.externalDataOutside(model.file, location);
    }
    const length = entries.get('length');
    return {
      tensor,
      location,
      offset: Number(entries.get('offset') ?? 0),
      length: length === undefined ? undefined : Number(length),
    };
  });
}

/**
 * The model with other values in the place of some weights. Large ones are slices of buffers of their own, which the runtime
 * is given besides the model's; nothing of the model is copied.
 *
 * @param values by initializer, in its type and number of elements, little endian
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

/** A contiguous part of a weights file, to be read into one buffer that the runtime finds under `name`. */
export interface WeightPiece {
  readonly name: string;
  readonly location: string;
  readonly offset: number;
  readonly length: number;
}

/**
 * Cuts the files beside the model into pieces of at most `limit` bytes at tensors' borders, and makes the model's
 * tensors refer to them, so that weights of any size are read without one buffer of their whole size.
 *
 * @param fileSize bytes of the file at a location; undefined if there is none
 * @throws external-data-missing if a file is absent or shorter than a tensor needs; external-data-outside
 */
export function splitExternalData(
  model: Model,
  fileSize: (location: string) => number | undefined,
  limit = 2 ** 30,
): WeightPiece[] {
  const ranges = externalRanges(model).map((range) => {
    const size = fileSize(range.location);
    const length = range.length ?? (size ?? 0) - range.offset;
    // Also false for an offset or a length that is no number.
    const inside = size !== undefined && range.offset >= 0 && length >= 0 && range.offset + length <= size;
    if (!inside) throw errors.externalDataMissing(model.file, range.location);
    return { ...range, length };
  });
  ranges.sort((a, b) => (a.location === b.location ? a.offset - b.offset : a.location < b.location ? -1 : 1));
  const pieces: WeightPiece[] = [];
  for (const { tensor, location, offset, length } of ranges) {
    let piece = pieces.at(-1);
    const end = offset + length;
    const gap = piece ? offset - (piece.offset + piece.length) : 0;
    if (!piece || piece.location !== location || gap > PAGE || end - piece.offset > limit) {
      piece = { name: `${location}#${pieces.length}`, location, offset, length };
      pieces.push(piece);
    } else if (end > piece.offset + piece.length) {
      piece = { ...piece, length: end - piece.offset };
      pieces[pieces.length - 1] = piece;
    }
    Object.assign(tensor, reference(tensor, piece.name, offset - piece.offset, length));
  }
  return pieces;
}

/** Makes an external tensor hold its bytes itself. */
export function embed(tensor: TensorProto, bytes: Uint8Array<ArrayBuffer>): void {
  tensor.rawData = bytes;
  tensor.externalData = [];
  tensor.dataLocation = TensorProto_DataLocation.DEFAULT;
}

/** Tensors are aligned to pages at most; a wider gap holds nothing of ours and is not read. */
const PAGE = 65536;
