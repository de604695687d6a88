/**
 * Y = conv(X, W) + B: dB sums dY over images and places, dW is in kernel.ts, and dX is the adjoint of the convolution, a transposed convolution of dY with the same weights.
 *
 * With strides of 1 this equals a convolution of dY with the weights flipped in space and the channels swapped. The
 * rule uses it, since the runtime's convolutions are several times faster than its transposed ones, above all with
 * groups. With a stride s, the elements of X at one phase (their position modulo s) meet every s-th weight. One
 * convolution computes all s x s phases as channels, and DepthToSpace interleaves them. Weights do not depend on the
 * image, so the runtime rearranges them only once.
 */
import { intAttribute } from '../../onnx/model';
import { pad, reshape, transpose } from '../../onnx/ops';
import { sizeOf } from '../../onnx/tensors';
import { type KernelGradient, kernelByConvolution } from '../kernel';
import type { Rule, RuleContext, Tensor } from '../rule';
import { border, reverse } from '../scatter';
import { extent, slideBack, sumPerChannel, type Window, windowOf } from '../window';

/**
 * How dX is computed if a stride is greater than 1.
 *
 * @returns undefined where it is not faster than the general way
 */
export type StridedGradient = (c: RuleContext, weights: Tensor, window: Window, groups: number) => string | undefined;

/** @param kernel how dW is computed */
export const convolution =
  (kernel: KernelGradient, strided: StridedGradient = () => undefined): Rule =>
  (c) => {
    const weights = c.input(1);
    const groups = intAttribute(c.node, 'group', 1);
    const window = windowOf(c, c.x.dims.slice(2), c.y.dims.slice(2), weights.dims.slice(2));
    const dy = { name: c.dy, dims: c.y.dims };
    return [
      c.wants(0) ? inputGradient(c, weights, window, groups, strided) : undefined,
      c.wants(1) ? kernel(c.emit, c.x, dy, window, groups) : undefined,
      c.wants(2) ? sumPerChannel(c, c.dy) : undefined,
    ].slice(0, c.arity);
  };

export const Conv = convolution(kernelByConvolution);

function inputGradient(
  c: RuleContext,
  weights: Tensor,
  window: Window,
  groups: number,
  strided: StridedGradient,
): string {
  const direct = convolvedBack(c, c.dy, () => flipped(c, weights, window, groups), window, groups);
  if (direct !== undefined) return direct;
  const isStrided = window.strides.some((stride) => stride > 1);
  const faster = isStrided ? strided(c, weights, window, groups) : undefined;
  if (faster !== undefined) return faster;
  return isPhased(c, window, groups)
    ? byPhases(c, weights, window)
    : slideBack(c.emit, c.dy, weights.name, window, groups);
}

/**
 * The adjoint of a sliding window as a convolution, which it is for strides of 1.
 *
 * @param weights makes [C, M / groups, ...kernel], with the kernel's elements in reverse order
 */
export function convolvedBack(
  c: RuleContext,
  dy: string,
  weights: () => string,
  window: Window,
  groups: number,
): string | undefined {
  const { begins, ends, strides, kernel, dilations } = window;
  const pads = [begins, ends].flatMap((side) => side.map((count, axis) => extent(window, axis) - 1 - count));
  if (strides.some((stride) => stride !== 1) || pads.some((count) => count < 0)) return undefined;
  return c.emit.op('Conv', [dy, weights()], {
    kernel_shape: { ints: kernel },
    dilations: { ints: dilations },
    pads: { ints: pads },
    group: { int: groups },
  });
}

/** Weights [M, C / groups, ...kernel] as [C, M / groups, ...kernel], with the kernel's elements in reverse order. */
export function flipped(c: RuleContext, { name, dims }: Tensor, { kernel }: Window, groups: number): string {
  const [outputs, inputs] = [dims[0]! / groups, dims[1]!];
  const size = sizeOf(kernel);
  const grouped = reshape(c.emit, name, [groups, outputs, inputs, size]);
  const swapped = transpose(c.emit, grouped, [0, 2, 1, 3]);
  const backwards = reverse(c.emit, swapped, [groups, inputs, outputs, size], [3]);
  return reshape(c.emit, backwards, [groups * inputs, outputs, ...kernel]);
}

/**
 * Whether the phases can be used. DepthToSpace needs images with the same stride on both axes, and has the required
 * order of channels since 11.
 */
function isPhased(c: RuleContext, { strides, dilations, kernel }: Window, groups: number): boolean {
  const [s] = strides as [number];
  const isEven = strides.every((stride) => stride === s) && dilations.every((dilation) => dilation === 1);
  return groups === 1 && strides.length === 2 && s > 1 && isEven && kernel.every((k) => k >= s) && c.emit.opset >= 11;
}

/**
 * Let p = s q + phase be a position in the padded X. dX at p is the sum over j of the weights at phase + s j times dY
 * at q - j. For each phase this is a convolution of dY, with taps - 1 zeros before it, by `taps` weights in reverse
 * order.
 */
function byPhases(c: RuleContext, { name, dims }: Tensor, { kernel, strides, large, small, begins }: Window): string {
  const [outputs, inputs] = dims as [number, number, ...number[]];
  const s = strides[0]!;
  const taps = kernel.map((k) => Math.ceil(k / s));
  const filled = pad(c.emit, name, [0, 0, 0, 0, 0, 0, ...kernel.map((k, axis) => taps[axis]! * s - k)]);
  const parts = [outputs, inputs, ...taps.flatMap((count) => [count, s])];
  const backwards = reverse(c.emit, reshape(c.emit, filled, parts), parts, [2, 4]);
  const phased = transpose(c.emit, backwards, [1, 3, 5, 0, 2, 4]);

  const counts = large.map((size, axis) => Math.max(Math.ceil((begins[axis]! + size) / s), small[axis]!));
  const phases = c.emit.op('Conv', [c.dy, reshape(c.emit, phased, [inputs * s * s, outputs, ...taps])], {
    kernel_shape: { ints: taps },
    pads: { ints: [...taps.map((count) => count - 1), ...counts.map((count, axis) => count - small[axis]!)] },
  });
  const padded = c.emit.op('DepthToSpace', [phases], { blocksize: { int: s }, mode: { string: 'CRD' } });
  const behind = large.map((size, axis) => size + begins[axis]! - s * counts[axis]!);
  return border(c.emit, padded, [0, 0, ...begins.map((count) => -count)], [0, 0, ...behind]);
}
