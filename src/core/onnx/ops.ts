/**
 * Emits operators whose form changed between operator sets (ONNX, docs/Changelog.md). Each function takes the emitter
 * and the names of its input tensors, adds nodes in the form of the emitter's operator set, and returns the name of the
 * output. Axes may be negative. Nothing is checked here: the runtime refuses wrong shapes when it makes a session.
 */
import type { AttributeValue, Emitter } from './emit';
import { DataType } from './tensors';

/**
 * A node with `axes` as an input from the operator set `since` on, and as an attribute before. Most operators changed in
 * 13, the reductions except ReduceSum in 18.
 */
function withAxes(
  e: Emitter,
  type: string,
  x: string,
  axes: readonly number[],
  since: number,
  attributes: Readonly<Record<string, AttributeValue>> = {},
): string {
  return e.opset >= since
    ? e.op(type, [x, e.ints(axes)], attributes)
    : e.op(type, [x], { ...attributes, axes: { ints: axes } });
}

/** Axes are kept by default. */
const keeping = (keepdims: boolean) => (keepdims ? {} : { keepdims: { int: 0 } });

/** The sum of `x` over `axes`, which keep size 1 unless `keepdims` is false. */
export function reduceSum(e: Emitter, x: string, axes: readonly number[], keepdims = true): string {
  return withAxes(e, 'ReduceSum', x, axes, 13, keeping(keepdims));
}

/** Another reduction of `x` over `axes`, which keep size 1 unless `keepdims` is false. */
export function reduce(
  e: Emitter,
  type: 'ReduceMean' | 'ReduceMax' | 'ReduceMin' | 'ReduceProd',
  x: string,
  axes: readonly number[],
  keepdims = true,
): string {
  return withAxes(e, type, x, axes, 18, keeping(keepdims));
}

/** Inserts axes of size 1; `axes` are their positions in the output. */
export function unsqueeze(e: Emitter, x: string, axes: readonly number[]): string {
  return withAxes(e, 'Unsqueeze', x, axes, 13);
}

/** Removes the given axes, which must have size 1. */
export function squeeze(e: Emitter, x: string, axes: readonly number[]): string {
  return withAxes(e, 'Squeeze', x, axes, 13);
}

/** `x` with the same elements in dimensions `dims`; 0 keeps the input's size, and one size may be -1 to be inferred. */
export function reshape(e: Emitter, x: string, dims: readonly number[]): string {
  return e.op('Reshape', [x, e.ints(dims)]);
}

/** Broadcasts `x` to the dimensions that result from broadcasting its own with `dims`. */
export function expand(e: Emitter, x: string, dims: readonly number[]): string {
  return e.op('Expand', [x, e.ints(dims)]);
}

/** Permutes axes: axis i of the output is axis `perm[i]` of `x`. */
export function transpose(e: Emitter, x: string, perm: readonly number[]): string {
  return e.op('Transpose', [x], { perm: { ints: perm } });
}

/**
 * The elements from `starts` to `ends`, exclusively, along `axes`, which correspond one to one. Negative positions count
 * from the end.
 *
 * @param steps 1 if they are left out; before operator set 10 there are no other steps, and they are ignored
 */
export function slice(
  e: Emitter,
  x: string,
  starts: readonly number[],
  ends: readonly number[],
  axes: readonly number[],
  steps?: readonly number[],
): string {
  if (e.opset >= 10)
    return e.op('Slice', [x, e.ints(starts), e.ints(ends), e.ints(axes), ...(steps ? [e.ints(steps)] : [])]);
  return e.op('Slice', [x], { starts: { ints: starts }, ends: { ints: ends }, axes: { ints: axes } });
}

/**
 * Pads with zeros or another value of the given type; `pads` as ONNX orders them: all begins, then all ends. Negative ones
 * crop.
 */
export function pad(
  e: Emitter,
  x: string,
  pads: readonly number[],
  fill?: { readonly value: number; readonly type: DataType },
): string {
  if (e.opset < 11) return e.op('Pad', [x], { pads: { ints: pads }, value: { float: fill?.value ?? 0 } });
  return e.op('Pad', [x, e.ints(pads), ...(fill ? [e.scalar(fill.value, fill.type)] : [])]);
}

/**
 * Splits `x` along an axis.
 *
 * @param sizes of the parts; they must sum to the size of the axis
 * @returns the names of the parts, in order
 */
export function split(e: Emitter, x: string, sizes: readonly number[], axis: number): string[] {
  return e.opset >= 13
    ? e.ops('Split', [x, e.ints(sizes)], sizes.length, { axis: { int: axis } })
    : e.ops('Split', [x], sizes.length, { axis: { int: axis }, split: { ints: sizes } });
}

/** Pads both ends of axes with what lies beside them, mirrored without repeating the edge; `pads` as for `pad`. */
export function padMirrored(e: Emitter, x: string, pads: readonly number[]): string {
  const mode: AttributeValue = { string: 'reflect' };
  if (e.opset < 11) return e.op('Pad', [x], { mode, pads: { ints: pads } });
  return e.op('Pad', [x, e.ints(pads)], { mode });
}

/** The `count` largest values of `x` along the last axis, in falling order. */
export function largest(e: Emitter, x: string, count: number): string {
  const axis: AttributeValue = { int: -1 };
  return e.opset >= 10
    ? e.ops('TopK', [x, e.ints([count])], 2, { axis })[0]!
    : e.ops('TopK', [x], 2, { axis, k: { int: count } })[0]!;
}

/** 1 at each index and 0 elsewhere, float32 [N, depth], of `indices`, int64 [N]. */
export function oneHot(e: Emitter, indices: string, depth: number): string {
  if (e.opset >= 9) {
    const values = e.constant(DataType.FLOAT, [2], [0, 1]);
    return e.op('OneHot', [indices, e.scalar(depth, DataType.INT64), values], { axis: { int: -1 } });
  }
  const places = e.ints(Array.from({ length: depth }, (_, i) => i));
  return e.op('Cast', [e.op('Equal', [unsqueeze(e, indices, [1]), places])], { to: { int: DataType.FLOAT } });
}
