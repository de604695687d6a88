/**
 * External data: tensors whose bytes lie in files beside the model. Such tensors may be anywhere in a model, not only
 * among its weights. The runtime would look for the files in the working directory, so it never gets a reference to a
 * file.
 */
import {
  type AttributeProto,
  type ModelProto,
  type NodeProto,
  type SparseTensorProto,
  TensorProto_DataLocation,
} from 'onnx-buf';
import { errors } from '../errors';
import type { Model } from './model';
import { BITS, dimsOf, isExternal, sizeOf, type TensorProto } from './tensors';
import { reference } from './weights';

/** The location of an external tensor's bytes: a file beside the model, and the range in it. */
export interface WeightRange {
  readonly tensor: TensorProto;
  readonly location: string;
  readonly offset: number;
  readonly length: number;
}

/** The size in bytes of the file at a location; undefined if there is no such file. */
export type FileSize = (location: string) => number | undefined;

/**
 * The tensors of a model that are not initializers of its graph: those in attributes, in bodies and functions at any
 * depth, and sparse tensors.
 */
export function innerTensors(proto: ModelProto): TensorProto[] {
  return innerOf(proto).found;
}

/** All sparse tensors of a model, at any depth. */
export function sparseTensors(proto: ModelProto): SparseTensorProto[] {
  return innerOf(proto).sparse;
}

function innerOf({ graph, functions }: ModelProto): { found: TensorProto[]; sparse: SparseTensorProto[] } {
  const found: TensorProto[] = [];
  const sparse: SparseTensorProto[] = [];
  const attributes: AttributeProto[] = [];
  const addSparse = (tensors: readonly SparseTensorProto[]) => {
    for (const tensor of tensors) {
      sparse.push(tensor);
      for (const part of [tensor.values, tensor.indices]) if (part) found.push(part);
    }
  };
  const addNodes = (nodes: readonly NodeProto[]) => {
    for (const { attribute } of nodes) for (const one of attribute) attributes.push(one);
  };
  if (graph) addSparse(graph.sparseInitializer);
  if (graph) addNodes(graph.node);
  for (const { node, attributeProto } of functions) {
    addNodes(node);
    for (const one of attributeProto) attributes.push(one);
  }
  for (let next = attributes.pop(); next; next = attributes.pop()) {
    const { t, tensors, sparseTensor, sparseTensors, g, graphs } = next;
    for (const tensor of t ? [t, ...tensors] : tensors) found.push(tensor);
    addSparse(sparseTensor ? [sparseTensor] : []);
    addSparse(sparseTensors);
    for (const body of g ? [g, ...graphs] : graphs) {
      for (const tensor of body.initializer) found.push(tensor);
      addSparse(body.sparseInitializer);
      addNodes(body.node);
    }
  }
  return { found, sparse };
}

/**
 * The locations of all files beside the model that any of its tensors refers to.
 *
 * @throws external-data-outside if one is absolute or leaves the model's folder
 */
export function externalLocations({ file, proto, graph }: Model): ReadonlySet<string> {
  const tensors = [...graph.initializer, ...innerTensors(proto)].filter(isExternal);
  return new Set(tensors.map((tensor) => locationIn(file, tensor)));
}

/**
 * The ranges that the tensors of `innerTensors` refer to.
 *
 * @throws external-data-missing if a file is absent or shorter than a tensor needs; external-data-outside;
 *   model-too-large if all of them together are too large to be put into the graph
 */
export function innerRanges({ file, proto }: Model, fileSize: FileSize, limit = MAX_INNER): WeightRange[] {
  const ranges = innerTensors(proto)
    .filter(isExternal)
    .map((tensor) => rangeOf(file, tensor, fileSize));
  const bytes = ranges.reduce((sum, { length }) => sum + length, 0);
  if (bytes > limit) throw errors.modelExcessive(file, `its bodies and functions hold ${bytes} bytes of data`, limit);
  return ranges;
}

/** A protobuf message holds less than 2 GiB, and several tensors may refer to the same bytes. */
const MAX_INNER = 2 ** 30;

function locationIn(file: string, tensor: TensorProto): string {
  const location = entryIn(tensor, 'location') ?? '';
  if (location === '' || /^([/\\]|[A-Za-z]:)/.test(location) || location.split(/[/\\]/).includes('..'))
    throw errors.externalDataOutside(file, location);
  return location;
}

/** The value of the last entry with that name, which is the one that the runtime uses. */
function entryIn({ externalData }: TensorProto, name: string): string | undefined {
  return externalData.findLast(({ key }) => key === name)?.value;
}

function rangeOf(file: string, tensor: TensorProto, fileSize: FileSize): WeightRange {
  const location = locationIn(file, tensor);
  const size = fileSize(location);
  if (size === undefined) throw errors.externalDataMissing(file, location);
  const number = (key: string) => {
    const value = entryIn(tensor, key);
    if (value === undefined) return undefined;
    if (!/^\d+$/.test(value)) throw errors.externalDataInvalid(file, location, key, value);
    return Number(value);
  };
  const offset = number('offset') ?? 0;
  const length = number('length') ?? bytesOf(tensor) ?? size - offset;
  if (length < 0 || offset + length > size) throw errors.externalDataMissing(file, location);
  return { tensor, location, offset, length };
}

/** The size in bytes; undefined for types whose elements have no fixed size. */
function bytesOf(tensor: TensorProto): number | undefined {
  const bits = BITS[tensor.dataType];
  return bits && Math.ceil((sizeOf(dimsOf(tensor)) * bits) / 8);
}

/** A contiguous part of a weights file, which is read into one buffer. The runtime finds the buffer under `name`. */
export interface WeightPiece {
  readonly name: string;
  readonly location: string;
  readonly offset: number;
  readonly length: number;
}

/**
 * Splits the files beside the model at borders of tensors into pieces of at most `limit` bytes, and makes the graph's
 * initializers refer to the pieces. Weights of any size can then be read without a single buffer for all.
 *
 * @throws external-data-missing if a file is absent or shorter than a tensor needs; external-data-outside
 */
export function splitExternalData({ file, graph }: Model, fileSize: FileSize, limit = 2 ** 30): WeightPiece[] {
  const ranges = graph.initializer.filter(isExternal).map((tensor) => rangeOf(file, tensor, fileSize));
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

/** Puts the bytes of an external tensor into the tensor itself. */
export function embed(tensor: TensorProto, bytes: Uint8Array<ArrayBuffer>): void {
  tensor.rawData = bytes;
  tensor.externalData = [];
  tensor.dataLocation = TensorProto_DataLocation.DEFAULT;
}

/**
 * The widest gap between tensors that is read, in bytes. Tensors are aligned to pages at most, so a wider gap is not
 * padding.
 */
const PAGE = 65536;
