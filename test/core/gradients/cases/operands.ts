/** Short forms of what cases are made of. */
import { DataType, sizeOf } from '../../../../src/core/onnx/tensors';
import type { Operand } from '../check';

export const int = (value: number) => ({ int: value });
export const ints = (...values: number[]) => ({ ints: values });
export const float = (value: number) => ({ float: value });
export const string = (value: string) => ({ string: value });

/** A constant of int64, [n]. */
export const int64 = (...values: number[]): Operand => ({ dims: [values.length], values, dtype: DataType.INT64 });
/** A constant of int64 with the given dimensions. */
export const int64Of = (dims: readonly number[], ...values: number[]): Operand => ({
  dims,
  values,
  dtype: DataType.INT64,
});
export const bool = (dims: readonly number[], ...values: number[]): Operand => ({ dims, values, dtype: DataType.BOOL });
/** A constant without dimensions, of the case's own type. */
export const scalar = (value: number): Operand => ({ dims: [], values: [value] });
/** A constant of float32 whatever the case's type is. */
export const float32 = (...values: number[]): Operand => ({ dims: [values.length], values, dtype: DataType.FLOAT });
/** 0, 1, 2 ... */
export const counting = (dims: readonly number[]): Operand => ({
  dims,
  values: Array.from({ length: sizeOf(dims) }, (_, i) => i),
});
