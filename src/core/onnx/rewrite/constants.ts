/** Constants of a graph, in few bytes of the file. */
import { create, toBinary } from '@bufbuild/protobuf';
import { type TensorProto, TensorProtoSchema } from 'onnx-buf';
import { DataType, valuesOf } from '../tensors';
import { changed } from './rename';

/** The name of the first among equal constants, by the name of each. */
export function firstOfEquals(constants: readonly TensorProto[]): ReadonlyMap<string, string> {
  const first = new Map<string, string>();
  const byValue = new Map<string, string>();
  for (const tensor of constants) {
    const value = toBinary(TensorProtoSchema, changed(tensor, { name: '' })).join();
    if (!byValue.has(value)) byValue.set(value, tensor.name);
    first.set(tensor.name, byValue.get(value)!);
  }
  return first;
}

/** Sizes as a list, of which a number takes a byte or two in the file, and not eight. */
export function asList(tensor: TensorProto): TensorProto {
  const { name, dataType, dims, rawData } = tensor;
  const sizes = dataType === DataType.INT64 && rawData.length > 0 ? (valuesOf(tensor) ?? []) : [];
  const isShort = sizes.length > 0 && sizes.every((size) => size >= 0 && size < 2 ** 14);
  return isShort ? create(TensorProtoSchema, { name, dataType, dims, int64Data: sizes.map(BigInt) }) : tensor;
}
