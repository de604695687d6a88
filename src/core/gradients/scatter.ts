/**
 * Adjoints of operators that pick elements: zeros are put between or around elements, and gradients are summed where an
 * element was picked twice.
 */
import type { Emitter } from '../onnx/emit';
import { pad, reshape } from '../onnx/ops';
import { sizeOf } from '../onnx/tensors';

/**
 * Puts zeros after each element, so that the size of each axis is multiplied by its step.
 *
 * @param dims of x
 * @returns a tensor of dims[i] * steps[i]
 */
export function spread(emit: Emitter, x: string, dims: readonly number[], steps: readonly number[]): string {
  if (steps.every((step) => step === 1)) return x;
  const pairs = dims.flatMap((dim, axis) => (steps[axis] === 1 ? [dim] : [dim, 1]));
  const after = steps.flatMap((step) => (step === 1 ? [0] : [0, step - 1]));
  const padded = pad(emit, reshape(emit, x, pairs), [...after.map(() => 0), ...after]);
  return reshape(
    emit,
    padded,
    dims.map((dim, axis) => dim * steps[axis]!),
  );
}

/** Puts zeros around a tensor; negative counts crop it. */
export function border(emit: Emitter, x: string, before: readonly number[], after: readonly number[]): string {
  return [...before, ...after].every((count) => count === 0) ? x : pad(emit, x, [...before, ...after]);
}

/** Reverses the order of elements along the given axes. */
export function reverse(emit: Emitter, x: string, dims: readonly number[], axes: readonly number[]): string {
  return axes.reduce((tensor, axis) => {
    const last = dims[axis]! - 1;
    if (last === 0) return tensor;
    const backwards = emit.ints(Array.from({ length: last + 1 }, (_, i) => last - i));
    return emit.op('Gather', [tensor, backwards], { axis: { int: axis } });
  }, x);
}

/**
 * Multiplies one axis by a matrix.
 *
 * @param dims of x
 * @param matrix [rows, dims[axis]]
 * @returns x with `rows` elements along the axis
 */
export function contract(
  emit: Emitter,
  x: string,
  dims: readonly number[],
  axis: number,
  matrix: string,
  rows: number,
): string {
  const before = sizeOf(dims.slice(0, axis));
  const after = sizeOf(dims.slice(axis + 1));
  const product = emit.op('MatMul', [matrix, reshape(emit, x, [before, dims[axis]!, after])]);
  return reshape(emit, product, dims.with(axis, rows));
}
