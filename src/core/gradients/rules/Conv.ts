/**
 * Y = conv(X, W) + B: dX is the adjoint of the convolution, a transposed convolution of dY with the same weights.
 *
 * With strides of 1 that is a convolution too, of dY with the weights flipped in space and channels swapped, and the
 * runtime's convolutions are several times faster than its transposed ones, above all with groups. The flipped weights
 * depend on no image, so the runtime computes them once.
 */
import { intAttribute } from '../../onnx/model';
import { reshape, transpose } from '../../onnx/ops';
import { sizeOf } from '../../onnx/tensors';
import type { Rule, RuleContext, Tensor } from '../rule';
import { reverse } from '../scatter';
import { extent, slideBack, type Window, windowOf } from '../window';

export const Conv: Rule = (c) => {
  const weights = c.input(1);
  const groups = intAttribute(c.node, 'group', 1);
  const window = windowOf(c, c.x.dims.slice(2), c.y.dims.slice(2), weights.dims.slice(2));
  const before = window.begins.map((pad, axis) => extent(window, axis) - 1 - pad);
  const after = window.ends.map((pad, axis) => extent(window, axis) - 1 - pad);
  const isConvolution =
    window.strides.every((stride) => stride === 1) && [...before, ...after].every((pad) => pad >= 0);
  if (!isConvolution) return [slideBack(c.emit, c.dy, weights.name, window, groups)];
  const dx = c.emit.op('Conv', [c.dy, flipped(c, weights, window, groups)], {
    kernel_shape: { ints: window.kernel },
    dilations: { ints: window.dilations },
    pads: { ints: [...before, ...after] },
    group: { int: groups },
  });
  return [dx];
};

/** Weights [M, C / groups, ...kernel] as [C, M / groups, ...kernel], the kernel's elements back to front. */
function flipped(c: RuleContext, { name, dims }: Tensor, { kernel }: Window, groups: number): string {
  const [outputs, inputs] = [dims[0]! / groups, dims[1]!];
  const size = sizeOf(kernel);
  const grouped = reshape(c.emit, name, [groups, outputs, inputs, size]);
  const swapped = transpose(c.emit, grouped, [0, 2, 1, 3]);
  const backwards = reverse(c.emit, swapped, [groups, inputs, outputs, size], [3]);
  return reshape(c.emit, backwards, [groups * inputs, outputs, ...kernel]);
}
