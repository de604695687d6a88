/** Element types and the values of small tensors. */
import { create } from '@bufbuild/protobuf';
import { getTextEncoding } from '@bufbuild/protobuf/wire';
import {
  TensorProto_DataType as DataType,
  type TensorProto,
  TensorProto_DataLocation,
  TensorProtoSchema,
} from 'onnx-buf';

export type { TensorProto };
export { DataType, TensorProto_DataLocation };

const { decodeUtf8 } = getTextEncoding();

export const FLOATS: ReadonlySet<DataType> = new Set([
  DataType.FLOAT,
  DataType.DOUBLE,
  DataType.FLOAT16,
  DataType.BFLOAT16,
]);

/** Bits of one element by type. Types without a fixed size are absent. */
export const BITS: Readonly<Record<number, number | undefined>> = {
  [DataType.FLOAT]: 32,
  [DataType.UINT8]: 8,
  [DataType.INT8]: 8,
  [DataType.UINT16]: 16,
  [DataType.INT16]: 16,
  [DataType.INT32]: 32,
  [DataType.INT64]: 64,
  [DataType.BOOL]: 8,
  [DataType.FLOAT16]: 16,
  [DataType.DOUBLE]: 64,
  [DataType.UINT32]: 32,
  [DataType.UINT64]: 64,
  [DataType.BFLOAT16]: 16,
};

/** The type of a tensor's gradient: the tensor's own type, or float32 for integers. */
export function realType(type: DataType): DataType {
  return FLOATS.has(type) ? type : DataType.FLOAT;
}

/** ONNX's name of an element type in lower case, such as float or int64. */
export function dtypeName(type: number): string {
  return (DataType[type] ?? `type ${type}`).toLowerCase();
}

export function dimsOf(tensor: TensorProto): number[] {
  return tensor.dims.map(Number);
}

export function sizeOf(dims: readonly number[]): number {
  return dims.reduce((product, dim) => product * dim, 1);
}

export function isExternal(tensor: TensorProto): boolean {
  return tensor.dataLocation === TensorProto_DataLocation.EXTERNAL;
}

/** The values of a tensor that are stored in the model itself; undefined if they are external or not numeric. */
export function valuesOf(tensor: TensorProto): number[] | undefined {
  if (isExternal(tensor)) return undefined;
  const raw = tensor.rawData;
  const view = new DataView(raw.buffer, raw.byteOffset, raw.byteLength);
  const read = (bytes: number, get: (offset: number) => number) =>
    Array.from({ length: raw.byteLength / bytes }, (_, i) => get(i * bytes));
  const inRaw = raw.byteLength > 0;
  switch (tensor.dataType) {
    case DataType.FLOAT:
      return inRaw ? read(4, (o) => view.getFloat32(o, true)) : [...tensor.floatData];
    case DataType.DOUBLE:
      return inRaw ? read(8, (o) => view.getFloat64(o, true)) : [...tensor.doubleData];
    case DataType.INT64:
      return inRaw ? read(8, (o) => Number(view.getBigInt64(o, true))) : tensor.int64Data.map(Number);
    case DataType.INT32:
      return inRaw ? read(4, (o) => view.getInt32(o, true)) : [...tensor.int32Data];
    case DataType.BOOL:
    case DataType.UINT8:
      return inRaw ? [...raw] : [...tensor.int32Data];
    case DataType.INT8:
      return inRaw ? read(1, (o) => view.getInt8(o)) : [...tensor.int32Data];
    case DataType.FLOAT16:
      return inRaw ? read(2, (o) => fromHalf(view.getUint16(o, true))) : tensor.int32Data.map(fromHalf);
    default:
      return undefined;
  }
}

/** The elements of a tensor of strings. */
export function textsOf({ stringData }: TensorProto): string[] {
  return stringData.map((text) => decodeUtf8(text));
}

/** A constant of the given type and shape. */
export function makeTensor(
  name: string,
  type: DataType,
  dims: readonly number[],
  values: readonly number[],
): TensorProto {
  const tensor = create(TensorProtoSchema, { name, dataType: type, dims: dims.map(BigInt) });
  switch (type) {
    case DataType.FLOAT:
      tensor.rawData = new Uint8Array(Float32Array.from(values).buffer);
      break;
    case DataType.DOUBLE:
      tensor.rawData = new Uint8Array(Float64Array.from(values).buffer);
      break;
    case DataType.INT64:
      tensor.rawData = new Uint8Array(BigInt64Array.from(values, (value) => BigInt(value)).buffer);
      break;
    case DataType.FLOAT16:
      tensor.int32Data = values.map(toHalf);
      break;
    default:
      tensor.int32Data = [...values];
  }
  return tensor;
}

/** A number from the bits of an IEEE half. */
export function fromHalf(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0) return sign * 2 ** -24 * fraction;
  if (exponent === 31) return fraction ? Number.NaN : sign * Number.POSITIVE_INFINITY;
  return sign * 2 ** (exponent - 15) * (1 + fraction / 1024);
}

/** The bits of the IEEE half nearest to a number (ties to even). */
export function toHalf(value: number): number {
  const sign = value < 0 || Object.is(value, -0) ? 0x8000 : 0;
  const magnitude = Math.abs(value);
  if (Number.isNaN(magnitude)) return 0x7e00;
  if (magnitude >= 65520) return sign | 0x7c00;
  const exponent = Math.max(Math.floor(Math.log2(magnitude)), -14);
  const step = 2 ** (exponent - 10);
  const quotient = magnitude / step;
  const floor = Math.floor(quotient);
  const rest = quotient - floor;
  const units = rest > 0.5 || (rest === 0.5 && floor % 2 === 1) ? floor + 1 : floor;
  return sign | (magnitude < 2 ** -14 ? units : ((exponent + 15) << 10) + (units - 1024));
}
