/**
 * The gradient of a strided convolution's input on a CPU. Of the ways that were measured there (onnxruntime, AVX-512), these take
 * least time; the general one is a transposed convolution, which leaves the runtime's blocked layout.
 */
import { reshape, transpose } from '../onnx/ops';
import { DataType, sizeOf } from '../onnx/tensors';
import { BLOCK, blocked } from './blocked';
import type { RuleContext, Tensor } from './rule';
import { flipped, type StridedGradient } from './rules/Conv';
import { border, interleave, repeatBetweenZeros } from './scatter';
import { extent, type Window } from './window';

export const stridedGradient: StridedGradient = (c, weights, window, groups) => {
  if (window.large.length !== 2 || c.x.dtype !== DataType.FLOAT) return undefined;
  const [outputs, inputs] = [weights.dims[0]! / groups, weights.dims[1]!];
  if (outputs === 1 && inputs === 1 && groups > 1) return betweenZeros(c, weights, window, groups);
  if (inputs < BLOCK) return undefined;
  const made = isSampling(c, window) ? atSamples(c, weights, window, groups) : byPhase(c, weights, window, groups);
  return made === undefined ? undefined : blocked(c, made);
};

/** A kernel of one element picks every s-th element of X. */
const isSampling = ({ emit }: RuleContext, { kernel, begins, large, small, strides }: Window) =>
  emit.opset >= 11 && // Resize has had its modes since then.
  [...kernel.map((k) => k - 1), ...begins].every((count) => count === 0) &&
  large.every((size, axis) => size <= strides[axis]! * small[axis]!);

/** Whether the runtime computes the convolution of dY, of one image, in its blocked layout. */
const isBlocked = ({ x }: RuleContext, { dims }: Tensor, groups: number) =>
  x.dims[0] === 1 && (groups === 1 || [dims[0]! / groups, dims[1]!].every((count) => count % BLOCK === 0));

/** For kernels of one element: dY times the weights, with zeros between the elements. */
function atSamples(c: RuleContext, weights: Tensor, window: Window, groups: number): string {
  const { large, small, strides, kernel } = window;
  const product = c.emit.op('Conv', [c.dy, flipped(c, weights, window, groups)], {
    kernel_shape: { ints: kernel },
    group: { int: groups },
  });
  const behind = large.map((size, axis) => size - strides[axis]! * small[axis]!);
  const channels = isBlocked(c, weights, groups) ? c.x.dims[1]! : undefined;
  return border(c.emit, repeatBetweenZeros(c, product, small, strides, channels), [0, 0, 0, 0], [0, 0, ...behind]);
}

/**
 * For depthwise convolutions: zeros are put between the elements of dY, and a convolution of stride 1 with the weights flipped in
 * space goes over them. It multiplies s x s times more often than necessary and is still faster, since the upsampling and the
 * convolution stay in the blocked layout.
 */
function betweenZeros(c: RuleContext, weights: Tensor, window: Window, groups: number): string | undefined {
  const { large, small, strides, begins, kernel, dilations } = window;
  const before = begins.map((pads, axis) => extent(window, axis) - 1 - pads);
  const after = large.map((size, axis) => size - strides[axis]! * small[axis]! + begins[axis]!);
  // Resize has had these modes since 11.
  if (c.emit.opset < 11 || [...before, ...after].some((count) => count < 0)) return undefined;
  return c.emit.op('Conv', [repeatBetweenZeros(c, c.dy, small, strides), flipped(c, weights, window, groups)], {
    kernel_shape: { ints: kernel },
    dilations: { ints: dilations },
    pads: { ints: [...before, ...after] },
    group: { int: groups },
  });
}

/** What the elements of X at one phase, p = s q + phase along an axis, meet. */
interface Phase {
  /** The first of the kernel's elements that meet them; the others follow in steps of s. */
  readonly first: number;
  readonly taps: number;
  readonly before: number;
  readonly after: number;
}

/**
 * For others: the elements of X at one phase (their position modulo s) meet every s-th weight, so each phase is a convolution of
 * dY by those weights, backwards; the phases are interleaved. dX at p is the sum over j of the weight at first + s j times dY at
 * q + floor((phase + begin) / s) - j.
 */
function byPhase(c: RuleContext, weights: Tensor, window: Window, groups: number): string | undefined {
  const { large, kernel, strides, dilations } = window;
  if (dilations.some((dilation) => dilation !== 1) || kernel.some((k, axis) => k < strides[axis]!)) return undefined;
  const counts = large.map((size, axis) => Math.ceil(size / strides[axis]!));
  const phases = kernel.map((_, axis) =>
    Array.from({ length: strides[axis]! }, (__, phase) => phaseOf(window, axis, phase, counts[axis]!)),
  );
  if (phases.flat().some(({ before, after }) => before < 0 || after < 0)) return undefined;
  const ordered = transposed(c, weights, kernel, groups);
  const dims = [c.x.dims[0]!, c.x.dims[1]!, ...counts];
  const rows = phases[0]!.map((row) => {
    const parts = phases[1]!.map((column) => phaseGradient(c, ordered, [row, column], window, groups));
    return interleave(c.emit, parts, dims, 3);
  });
  const wide = dims.with(3, counts[1]! * strides[1]!);
  const behind = large.map((size, axis) => size - counts[axis]! * strides[axis]!);
  return border(c.emit, interleave(c.emit, rows, wide, 2), [0, 0, 0, 0], [0, 0, ...behind]);
}

function phaseOf({ kernel, strides, begins, small }: Window, axis: number, phase: number, count: number): Phase {
  const s = strides[axis]!;
  const first = (phase + begins[axis]!) % s;
  const shift = Math.floor((phase + begins[axis]!) / s);
  const taps = Math.ceil((kernel[axis]! - first) / s);
  return { first, taps, before: taps - 1 - shift, after: count - small[axis]! + shift };
}

/** Weights [M, C / groups, ...kernel] as [C, M / groups, elements of the kernel]. */
function transposed(c: RuleContext, { name, dims }: Tensor, kernel: readonly number[], groups: number): string {
  const [outputs, inputs, size] = [dims[0]! / groups, dims[1]!, sizeOf(kernel)];
  const swapped = transpose(c.emit, reshape(c.emit, name, [groups, outputs, inputs, size]), [0, 2, 1, 3]);
  return reshape(c.emit, swapped, [groups * inputs, outputs, size]);
}

function phaseGradient(
  c: RuleContext,
  weights: string,
  phases: readonly [Phase, Phase],
  { kernel, strides }: Window,
  groups: number,
): string {
  const [rows, columns] = phases.map(({ first, taps }, axis) =>
    Array.from({ length: taps }, (_, i) => first + strides[axis]! * (taps - 1 - i)),
  ) as [number[], number[]];
  const places = rows.flatMap((row) => columns.map((column) => row * kernel[1]! + column));
  const taken = c.emit.op('Gather', [weights, c.emit.ints(places)], { axis: { int: 2 } });
  return c.emit.op('Conv', [c.dy, reshape(c.emit, taken, [0, 0, rows.length, columns.length])], {
    kernel_shape: { ints: [rows.length, columns.length] },
    pads: { ints: [...phases.map(({ before }) => before), ...phases.map(({ after }) => after)] },
    group: { int: groups },
  });
}
