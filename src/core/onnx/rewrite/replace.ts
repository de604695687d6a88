/** A model file with other values for some weights. Everything else of the file stays as it is. */
import { create, fromBinary, toBinary } from '@bufbuild/protobuf';
import { type ModelProto, ModelProtoSchema, StringStringEntryProtoSchema, type TensorProto } from 'onnx-buf';
import { innerTensors } from '../external';
import { operatorOf } from '../operators';
import { isExternal } from '../tensors';
import { reference } from '../weights';

/** A part of the new file for weights: bytes, or a range of one of the old files. */
export type WeightPart =
  | { readonly bytes: Uint8Array }
  | { readonly location: string; readonly offset: number; readonly length: number };

export interface Replaced {
  readonly bytes: Uint8Array;
  /** The parts of the file beside it, each beginning at a multiple of `ALIGNMENT`; empty if none is needed. */
  readonly parts: readonly WeightPart[];
}

/** Runtimes map files into memory, by pages of this size. */
export const ALIGNMENT = 4096;

export interface Replacements {
  /** Bytes by initializer, little endian, as many as it has. */
  readonly values: ReadonlyMap<string, Uint8Array>;
  /** Entries of `metadata_props`. */
  readonly metadata: Readonly<Record<string, string>>;
  /** Name of the file for weights beside the new model. */
  readonly location: string;
  /** Whether the weights that stay in files beside the old model have to move too, since the new one lies elsewhere. */
  readonly move: boolean;
  /** Number of bytes of a tensor that is stored outside, as far as it does not say so. */
  readonly lengthOf: (location: string, offset: number) => number;
}

/** The tensors whose values can be replaced: initializers of the graph, and its constants. */
export function replaceable(bytes: Uint8Array): ReadonlySet<string> {
  return new Set(tensorsByName(fromBinary(ModelProtoSchema, bytes)).keys());
}

/** Weights that were stored outside are stored outside again, in one new file; the old ones are not changed. */
export function replaced(bytes: Uint8Array, { values, metadata, location, move, lengthOf }: Replacements): Replaced {
  const proto = fromBinary(ModelProtoSchema, bytes);
  const parts: WeightPart[] = [];
  let end = 0;
  const outside = (tensor: TensorProto, part: WeightPart, length: number) => {
    Object.assign(tensor, reference(tensor, location, end, length));
    parts.push(part);
    end = Math.ceil((end + length) / ALIGNMENT) * ALIGNMENT;
  };
  const named = tensorsByName(proto);
  const changed = new Set<TensorProto>();
  for (const [name, value] of values) {
    const tensor = named.get(name);
    if (!tensor) throw new Error(`no initializer "${name}"`);
    changed.add(tensor);
    if (isExternal(tensor)) outside(tensor, { bytes: value }, value.byteLength);
    else Object.assign(tensor, { rawData: value, floatData: [], doubleData: [], int32Data: [] });
  }
  if (move) {
    for (const tensor of [...(proto.graph?.initializer ?? []), ...innerTensors(proto)]) {
      if (changed.has(tensor) || !isExternal(tensor)) continue;
      const entry = (key: string) => tensor.externalData.findLast((one) => one.key === key)?.value;
      const from = { location: entry('location') ?? '', offset: Number(entry('offset') ?? 0) };
      const length = Number(entry('length') ?? lengthOf(from.location, from.offset));
      outside(tensor, { ...from, length }, length);
    }
  }
  const kept = proto.metadataProps.filter(({ key }) => !Object.hasOwn(metadata, key));
  proto.metadataProps = [
    ...kept,
    ...Object.entries(metadata).map(([key, value]) => create(StringStringEntryProtoSchema, { key, value })),
  ];
  return { bytes: toBinary(ModelProtoSchema, proto), parts };
}

function tensorsByName({ graph }: ModelProto): Map<string, TensorProto> {
  const found = new Map<string, TensorProto>();
  for (const node of graph?.node ?? []) {
    const value = operatorOf(node) === 'Constant' ? node.attribute.find(({ name }) => name === 'value')?.t : undefined;
    if (value) found.set(node.output[0]!, value);
  }
  for (const tensor of graph?.initializer ?? []) found.set(tensor.name, tensor);
  return found;
}
