/**
 * dx sums dy over the windows whose maximum an element is; of several maxima only the first in row-major order counts.
 *
 * The elements of each window are arranged along an axis, one for each offset in the window, and ArgMax finds the first
 * maximum. (`MaxPool` can return the indices too, but is then many times slower.) A transposed convolution with one-hot
 * weights moves the values of dy that are kept for each offset back to their positions, and sums them.
 */
import { intsAttribute } from '../../onnx/model';
import { pad, reshape, slice } from '../../onnx/ops';
import { DataType, sizeOf } from '../../onnx/tensors';
import type { Rule, RuleContext } from '../rule';
import { slideBack, type Window, windowOf } from '../window';
import { where } from './arithmetic';

export const MaxPool: Rule = (c) => {
  const kernel = intsAttribute(c.node, 'kernel_shape')!;
  const [n, channels, ...large] = c.x.dims as [number, number, ...number[]];
  const window = windowOf(c, large, c.y.dims.slice(2), kernel);
  const planes = n * channels;
  const offsets = Array.from({ length: sizeOf(kernel) }, (_, offset) => offset);

  const first = c.emit.op('ArgMax', [linedUp(c, window, planes)], { axis: { int: 1 }, keepdims: { int: 1 } });
  const perOffset = c.emit.constant(DataType.INT64, [1, offsets.length, ...kernel.map(() => 1)], offsets);
  const dy = reshape(c.emit, c.dy, [planes, 1, ...window.small]);
  const kept = where(c, c.emit.op('Equal', [first, perOffset]), dy, c.scalar(0));
  return [reshape(c.emit, slideBack(c.emit, kept, oneHot(c, kernel), window), c.x.dims)];
};

/** The elements of each window: [planes, offsets, ...small]. The padding has the lowest number. */
function linedUp(c: RuleContext, window: Window, planes: number): string {
  const { large, small, kernel, strides, dilations, begins, ends } = window;
  const after = ends.map((count) => Math.max(count, 0));
  const fill = { value: c.x.dtype === DataType.FLOAT16 ? -65504 : -3.4028234663852886e38, type: c.x.dtype };
  const x = reshape(c.emit, c.x.name, [planes, 1, ...large]);
  const isPadded = [...begins, ...after].some((count) => count > 0);
  const padded = isPadded ? pad(c.emit, x, [0, 0, ...begins, 0, 0, ...after], fill) : x;
  const axes = kernel.map((_, axis) => axis + 2);
  const elements = Array.from({ length: sizeOf(kernel) }, (_, offset) => {
    const starts = kernel.map(
      (k, axis) => (Math.floor(offset / sizeOf(kernel.slice(axis + 1))) % k) * dilations[axis]!,
    );
    const limits = starts.map((start, axis) => start + (small[axis]! - 1) * strides[axis]! + 1);
    if (c.emit.opset >= 10) return slice(c.emit, padded, starts, limits, axes, strides);
    // Slice has no steps in this operator set, but a pool of single elements does.
    const part = slice(c.emit, padded, starts, limits, axes);
    return c.emit.op('MaxPool', [part], { kernel_shape: { ints: kernel.map(() => 1) }, strides: { ints: strides } });
  });
  return c.emit.op('Concat', elements, { axis: { int: 1 } });
}

/** Weights that move the i-th of the window's offsets to its position: [offsets, 1, ...kernel]. */
function oneHot(c: RuleContext, kernel: readonly number[]): string {
  const offsets = sizeOf(kernel);
  const values = Array.from({ length: offsets ** 2 }, (_, i) => Number(i % (offsets + 1) === 0));
  return c.constant([offsets, 1, ...kernel], values);
}
