/**
 * Random weights that replace learned ones: normally distributed, with the mean and the standard deviation of the
 * learned ones.
 */

import { DataType, fromHalf, type TensorProto, toHalf } from '../onnx/tensors';
import type { Random } from '../random';

type Values = { [index: number]: number; readonly length: number };

interface Kind {
  readonly array: { readonly BYTES_PER_ELEMENT: number; new (buffer: ArrayBuffer): Values };
  readonly read: (bits: number) => number;
  readonly write: (value: number) => number;
}

const same = (value: number) => value;
const whole = (min: number, max: number) => (value: number) => Math.min(Math.max(Math.round(value), min), max);

/** Types of weights. Integers are weights of quantised networks, and stay within the range of their type. */
const KINDS: Readonly<Partial<Record<DataType, Kind>>> = {
  [DataType.FLOAT]: { array: Float32Array, read: same, write: same },
  [DataType.DOUBLE]: { array: Float64Array, read: same, write: same },
  [DataType.FLOAT16]: { array: Uint16Array, read: fromHalf, write: toHalf },
  [DataType.INT8]: { array: Int8Array, read: same, write: whole(-128, 127) },
  [DataType.UINT8]: { array: Uint8Array, read: same, write: whole(0, 255) },
  [DataType.INT32]: { array: Int32Array, read: same, write: whole(-(2 ** 31), 2 ** 31 - 1) },
};

export function isRandomisable(type: DataType): boolean {
  return KINDS[type] !== undefined;
}

/** The bytes of a tensor that is not external, little endian, as `rawData` would be. */
export function rawBytes({ rawData, dataType, floatData, doubleData, int32Data }: TensorProto): Uint8Array {
  if (rawData.byteLength > 0) return rawData;
  const { array } = KINDS[dataType as DataType]!;
  // Integer types share one field, and halves are stored there by their bits.
  const field = dataType === DataType.FLOAT ? floatData : dataType === DataType.DOUBLE ? doubleData : int32Data;
  const bytes = new Uint8Array(field.length * array.BYTES_PER_ELEMENT);
  const values = new array(bytes.buffer);
  field.forEach((value, i) => {
    values[i] = value;
  });
  return bytes;
}

/**
 * Random weights of the same type and number.
 *
 * @param bytes little endian; need not be aligned
 */
export function randomiseLike(type: DataType, bytes: Uint8Array, random: Random): Uint8Array<ArrayBuffer> {
  const { array, read, write } = KINDS[type]!;
  const drawn = Uint8Array.from(bytes);
  const values = new array(drawn.buffer);
  let [sum, squares] = [0, 0];
  for (let i = 0; i < values.length; i++) sum += read(values[i]!);
  const mean = sum / values.length;
  for (let i = 0; i < values.length; i++) squares += (read(values[i]!) - mean) ** 2;
  const deviation = Math.sqrt(squares / values.length);
  for (let i = 0; i < values.length; i++) values[i] = write(mean + deviation * random.normal());
  return drawn;
}
