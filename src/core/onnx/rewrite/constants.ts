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
  const bytes = sizes.reduce((sum, size) => sum + varintBytes(size), 0);
  // The largest int64, which means the end of an axis, is no number of JavaScript.
  const isShort = sizes.length > 0 && bytes < rawData.length && sizes.every(Number.isSafeInteger);
  return isShort ? create(TensorProtoSchema, { name, dataType, dims, int64Data: sizes.map(BigInt) }) : tensor;
}

/** How many bytes protobuf takes for an integer. */
const varintBytes = (value: number) => (value < 0 ? 10 : value < 2 ** 7 ? 1 : Math.ceil(Math.log2(value + 1) / 7));
