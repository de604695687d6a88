/**
 * Adjoints of operators that pick elements: zeros are put between or around elements, and gradients are summed where an
 * element was picked twice.
 */
import type { Emitter } from '../onnx/emit';
import { pad, reshape, transpose } from '../onnx/ops';
import { DataType, sizeOf } from '../onnx/tensors';
import { repeated } from './blocked';
import type { RuleContext } from './rule';

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

/**
 * The same as `spread` for spatial axes of [1, C, ...small], by an upsampling and a product with a mask: faster on a CPU, for
 * finite float32 and operator sets from 11 on.
 *
 * @param channels of x if it is in the runtime's blocked layout, so that the mask has to be in it too
 */
export function repeatBetweenZeros(
  { emit }: Pick<RuleContext, 'emit'>,
  x: string,
  small: readonly number[],
  strides: readonly number[],
  channels?: number,
): string {
  if (strides.every((stride) => stride === 1)) return x;
  const firsts = strides.map((stride, axis) => {
    const size = small[axis]! * stride;
    const dims = [1, 1, ...strides.map((_, i) => (i === axis ? size : 1))];
    return emit.constant(
      DataType.FLOAT,
      dims,
      Array.from({ length: size }, (_, i) => Number(i % stride === 0)),
    );
  });
  const mask = firsts.reduce((product, each) => emit.op('Mul', [product, each]));
  const inLayout = channels === undefined ? mask : inBlocks(emit, mask, channels);
  return emit.op('Mul', [repeated({ emit }, x, strides), inLayout]);
}

/**
 * A constant of one channel, repeated for all channels in the blocked layout: a convolution of so few channels goes there from
 * the plain layout. The runtime computes what depends on constants alone before it chooses layouts, and would leave the result
 * in the plain one. It does not do so with random numbers, such as this one between 1 and 1.
 */
function inBlocks(emit: Emitter, plane: string, channels: number): string {
  const one = emit.op('RandomUniform', [], { low: { float: 1 }, high: { float: 1 }, shape: { ints: [1] } });
  const ones = emit.constant(DataType.FLOAT, [channels, 1, 1, 1], Array(channels).fill(1));
  return emit.op('Conv', [emit.op('Mul', [plane, one]), ones], { kernel_shape: { ints: [1, 1] } });
}

/** Puts zeros around a tensor; negative counts crop it. */
export function border(emit: Emitter, x: string, before: readonly number[], after: readonly number[]): string {
  return [...before, ...after].every((count) => count === 0) ? x : pad(emit, x, [...before, ...after]);
}

/**
 * Interleaves tensors along an axis: element i of the result is element floor(i / s) of part i mod s. The runtime copies rows
 * quickly and single numbers slowly, so parts are stacked before the axis, and only the last axis is transposed.
 *
 * @param parts s tensors of the same dimensions
 * @param dims of each part
 * @returns a tensor of s dims[axis] elements along the axis
 */
export function interleave(emit: Emitter, parts: readonly string[], dims: readonly number[], axis: number): string {
  const [first] = parts as readonly [string];
  const s = parts.length;
  if (s === 1) return first;
  const size = dims[axis]!;
  const isLast = axis === dims.length - 1;
  const place = isLast ? axis : axis + 1;
  const stacked = emit.op(
    'Concat',
    parts.map((part) => reshape(emit, part, dims.toSpliced(place, 0, 1))),
    { axis: { int: place } },
  );
  const order = [...dims.keys()].toSpliced(-1, 1, dims.length, dims.length - 1);
  return reshape(emit, isLast ? transpose(emit, stacked, order) : stacked, dims.with(axis, size * s));
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
