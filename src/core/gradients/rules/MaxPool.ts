/**
 * dx sums dy over the windows whose maximum an element is; of several maxima it is the first in row-major order.
 *
 * `MaxPool` tells the place of each maximum. For every offset in the window, dy is kept where the maximum has that
 * offset; a transposed convolution with one-hot weights then moves each of these back to its place, and sums.
 */
import { intsAttribute } from '../../onnx/model';
import { reshape } from '../../onnx/ops';
import { DataType, sizeOf } from '../../onnx/tensors';
import type { Rule, RuleContext } from '../rule';
import { slideBack, type Window, windowOf } from '../window';
import { where } from './arithmetic';

export const MaxPool: Rule = (c) => {
  const kernel = intsAttribute(c.node, 'kernel_shape')!;
  const [n, channels, ...large] = c.x.dims as [number, number, ...number[]];
  const window = windowOf(c, large, c.y.dims.slice(2), kernel);
  const planes = n * channels;
  const offsets = sizeOf(kernel);
  const ones = kernel.map(() => 1);

  const maximumIs = c.emit.op('Equal', [placeOfMaximum(c, window, planes), placesOfOffsets(c, window)]);
  const dy = reshape(c.emit, c.dy, [planes, ...ones, ...window.small]);
  const kept = reshape(c.emit, where(c, maximumIs, dy, c.scalar(0)), [planes, offsets, ...window.small]);
  const dx = slideBack(c.emit, kept, oneHot(c, kernel), window);
  return [reshape(c.emit, dx, c.x.dims)];
};

/** Index of each window's maximum in its plane: [planes, 1..., ...small]. */
function placeOfMaximum(c: RuleContext, { large, kernel, small }: Window, planes: number): string {
  const attributes = c.node.attribute.filter(({ name }) => name !== 'storage_order');
  const indices = c.emit.ops('MaxPool', [c.x.name], 2, attributes)[1]!;
  const ones = kernel.map(() => 1);
  const starts = Array.from({ length: planes }, (_, plane) => plane * sizeOf(large));
  const start = c.emit.constant(DataType.INT64, [planes, ...ones, ...ones], starts);
  return c.emit.op('Sub', [reshape(c.emit, indices, [planes, ...ones, ...small]), start]);
}

/** Index in the plane of each offset of each window: [1, ...kernel, ...small]; negative in the padding. */
function placesOfOffsets(c: RuleContext, { large, small, kernel, strides, dilations, begins }: Window): string {
  const perAxis = kernel.map((k, axis) => {
    const stride = sizeOf(large.slice(axis + 1));
    const places = Array.from({ length: k * small[axis]! }, (_, i) => {
      const [offset, position] = [Math.floor(i / small[axis]!), i % small[axis]!];
      const place = position * strides[axis]! + offset * dilations[axis]! - begins[axis]!;
      return place >= 0 && place < large[axis]! ? place * stride : -kernel.length * sizeOf(large);
    });
    const only = (size: readonly number[]) => size.map((dim, other) => (other === axis ? dim : 1));
    return c.emit.constant(DataType.INT64, [1, ...only(kernel), ...only(small)], places);
  });
  return perAxis.reduce((a, b) => c.emit.op('Add', [a, b]));
}

/** Weights that send the i-th of the window's offsets to its place: [offsets, 1, ...kernel]. */
function oneHot(c: RuleContext, kernel: readonly number[]): string {
  const offsets = sizeOf(kernel);
  const values = Array.from({ length: offsets ** 2 }, (_, i) => Number(i % (offsets + 1) === 0));
  return c.constant([offsets, 1, ...kernel], values);
}
