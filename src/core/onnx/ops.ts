/** Operators whose form changed between operator sets: one function each, so that callers need not know. */
import type { AttributeValue, Emitter } from './emit';
import type { DataType } from './tensors';

/** `axes` became an input of most operators in 13, of the reductions but ReduceSum in 18. */
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

export function reduceSum(e: Emitter, x: string, axes: readonly number[], keepdims = true): string {
  return withAxes(e, 'ReduceSum', x, axes, 13, { keepdims: { int: Number(keepdims) } });
}

export function reduce(
  e: Emitter,
  type: 'ReduceMean' | 'ReduceMax' | 'ReduceMin' | 'ReduceProd',
  x: string,
  axes: readonly number[],
  keepdims = true,
): string {
  return withAxes(e, type, x, axes, 18, { keepdims: { int: Number(keepdims) } });
}

export function unsqueeze(e: Emitter, x: string, axes: readonly number[]): string {
  return withAxes(e, 'Unsqueeze', x, axes, 13);
}

export function squeeze(e: Emitter, x: string, axes: readonly number[]): string {
  return withAxes(e, 'Squeeze', x, axes, 13);
}

export function reshape(e: Emitter, x: string, dims: readonly number[]): string {
  return e.op('Reshape', [x, e.ints(dims)]);
}

export function expand(e: Emitter, x: string, dims: readonly number[]): string {
  return e.op('Expand', [x, e.ints(dims)]);
}

export function transpose(e: Emitter, x: string, perm: readonly number[]): string {
  return e.op('Transpose', [x], { perm: { ints: perm } });
}

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

export function split(e: Emitter, x: string, sizes: readonly number[], axis: number): string[] {
  return e.opset >= 13
    ? e.ops('Split', [x, e.ints(sizes)], sizes.length, { axis: { int: axis } })
    : e.ops('Split', [x], sizes.length, { axis: { int: axis }, split: { ints: sizes } });
}
