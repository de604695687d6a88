/**
 * The gradient of a convolution's weights. A window moves over the large side X [N, C, ...large] and makes the small side
 * Y [N, M, ...small] from it, so that with stride s and dilation d
 *
 * dW[m, c, k] = sum over n and p of dY[n, m, p] X[n, c, s p + d k - padding].
 */
import type { Emitter } from '../onnx/emit';
import { reduceSum, reshape, slice, transpose } from '../onnx/ops';
import { sizeOf } from '../onnx/tensors';
import { border } from './scatter';
import type { Window } from './window';

/** A tensor that may be an activation or a gradient. */
export interface Side {
  readonly name: string;
  readonly dims: readonly number[];
}

/** @returns [M, C / groups, ...kernel] */
export type KernelGradient = (emit: Emitter, large: Side, small: Side, window: Window, groups: number) => string;

/**
 * Itself a convolution, of X by dY with channels and batch in each other's place, and with stride and dilation in each
 * other's place. A kernel of one element is a product of matrices.
 */
export const kernelByConvolution: KernelGradient = (emit, large, small, window, groups) => {
  if (isProduct(emit, window, groups)) return byProduct(emit, large, small, window);
  const [n, channels] = large.dims as [number, number, ...number[]];
  const own = channels / groups;
  const spatial = window.kernel.map((_, axis) => axis);
  const covered = within(emit, large, window);
  const parted = reshape(emit, covered.name, [n, groups, own, ...covered.dims.slice(2)]);
  const swapped = transpose(emit, parted, [2, 1, 0, ...spatial.map((axis) => axis + 3)]);
  const images = reshape(emit, swapped, [own, groups * n, ...covered.dims.slice(2)]);
  const kernels = transpose(emit, small.name, [1, 0, ...spatial.map((axis) => axis + 2)]);
  const sums = emit.op('Conv', [images, kernels], {
    kernel_shape: { ints: window.small },
    strides: { ints: window.dilations },
    dilations: { ints: window.strides },
    pads: { ints: [...window.begins, ...window.ends.map((count) => Math.max(count, 0))] },
    group: { int: groups },
  });
  return transpose(emit, sums, [1, 0, ...spatial.map((axis) => axis + 2)]);
};

/**
 * Products of matrices. The runtime's convolutions by kernels as large as an image take two to three times as long on a
 * CPU.
 */
export const kernelByProducts: KernelGradient = (emit, large, small, window, groups) => {
  if (isProduct(emit, window, groups) || !canSlice(emit, window))
    return kernelByConvolution(emit, large, small, window, groups);
  return isStrided(window)
    ? byPlaces(emit, large, small, window, groups)
    : byShifts(emit, large, small, window, groups);
};

/**
 * For a stride of 1. A place of the kernel shifts X along each axis, and to shift X to the left is to shift dY to the
 * right. X is shifted along the last axis and dY along the others, so that there are no more copies than the sides of the
 * kernel are long in sum; a product of two shifts gives the sums of one place.
 */
const byShifts: KernelGradient = (emit, large, small, window, groups) => {
  const { kernel, dilations, begins, ends } = window;
  const last = kernel.length - 1;
  const [n, channels] = large.dims as [number, number, ...number[]];
  const outputs = small.dims[1]!;
  const [own, made] = [channels / groups, outputs / groups];
  const [across, along] = [kernel[last]!, kernel.slice(0, last)];
  const [width, wide] = [window.small[last]!, window.large[last]!];
  const heights = along.map((_, axis) => window.large[axis]! + begins[axis]! + ends[axis]!);
  const count = sizeOf(heights) * width;

  const places = sizeOf(along);
  const shifted = Array.from({ length: places }, (_, place) => {
    const before = placeIn(along, place).map((index, axis) => index * dilations[axis]!);
    const after = before.map((shift, axis) => (along[axis]! - 1) * dilations[axis]! - shift);
    const moved = border(emit, small.name, [0, 0, ...before, 0], [0, 0, ...after, 0]);
    return reshape(emit, moved, [n, groups, made, count]);
  });
  const dy = shifted.length === 1 ? shifted[0]! : emit.op('Concat', shifted, { axis: { int: 2 } });
  const products = Array.from({ length: across }, (_, index) => {
    const start = begins[last]! - index * dilations[last]!;
    const end = width - wide - start;
    const moved = border(
      emit,
      large.name,
      [0, 0, ...begins.slice(0, last), start],
      [0, 0, ...ends.slice(0, last), end],
    );
    const seen = reshape(emit, moved, [n, groups, own, count]);
    return emit.op('MatMul', [dy, transpose(emit, seen, [0, 1, 3, 2])]);
  });
  const all = products.length === 1 ? products[0]! : emit.op('Concat', products, { axis: { int: 3 } });
  const sum = reshape(emit, reduceSum(emit, all, [0], false), [groups, places, made, across, own]);
  return reshape(emit, transpose(emit, sum, [0, 2, 4, 1, 3]), [outputs, own, ...kernel]);
};

/** For any stride: dY times what each place of the kernel sees of X, which is cut from X once for each place. */
const byPlaces: KernelGradient = (emit, large, small, window, groups) => {
  const [n, channels] = large.dims as [number, number, ...number[]];
  const outputs = small.dims[1]!;
  const [own, made] = [channels / groups, outputs / groups];
  const [places, count] = [sizeOf(window.kernel), sizeOf(window.small)];
  const around = padded(emit, large, window);
  const seen = Array.from({ length: places }, (_, place) => view(emit, around, window, place));
  const parted = seen.map((each) => reshape(emit, each, [n, groups, own, count]));
  const columns = parted.length === 1 ? parted[0]! : emit.op('Concat', parted, { axis: { int: 2 } });
  const dy = reshape(emit, small.name, [n, groups, made, count]);
  const products = emit.op('MatMul', [dy, transpose(emit, columns, [0, 1, 3, 2])]);
  const sum = reshape(emit, reduceSum(emit, products, [0], false), [groups, made, places, own]);
  return reshape(emit, transpose(emit, sum, [0, 1, 3, 2]), [outputs, own, ...window.kernel]);
};

const isStrided = ({ strides }: Window) => strides.some((stride) => stride > 1);

/** Slices have steps since 10. */
const canSlice = ({ opset }: Emitter, window: Window) => opset >= 10 || !isStrided(window);

/** True for a kernel of one element without padding, whose gradient is a product of matrices. */
const isProduct = (emit: Emitter, window: Window, groups: number) =>
  groups === 1 &&
  window.kernel.every((size) => size === 1) &&
  [...window.begins, ...window.ends].every((count) => count <= 0) &&
  canSlice(emit, window);

function byProduct(emit: Emitter, large: Side, small: Side, window: Window): string {
  const [n, channels] = large.dims as [number, number, ...number[]];
  const outputs = small.dims[1]!;
  const count = sizeOf(window.small);
  const seen = isStrided(window) ? view(emit, large.name, window, 0) : large.name;
  const dy = reshape(emit, small.name, [n, outputs, count]);
  const x = reshape(emit, seen, [n, channels, count]);
  const products = emit.op('MatMul', [dy, transpose(emit, x, [0, 2, 1])]);
  return reshape(emit, reduceSum(emit, products, [0], false), [outputs, channels, ...window.kernel]);
}

/** The part of the large side that windows reach, without padding. */
function within(emit: Emitter, large: Side, { ends }: Window): Side {
  if (ends.every((count) => count >= 0)) return large;
  const axes = ends.map((_, axis) => axis + 2);
  const sizes = ends.map((count, axis) => large.dims[axis + 2]! + Math.min(count, 0));
  return {
    name: slice(
      emit,
      large.name,
      sizes.map(() => 0),
      sizes,
      axes,
    ),
    dims: [...large.dims.slice(0, 2), ...sizes],
  };
}

/** The large side with its padding. */
function padded(emit: Emitter, large: Side, { begins, ends }: Window): string {
  return border(emit, large.name, [0, 0, ...begins], [0, 0, ...ends.map((count) => Math.max(count, 0))]);
}

/** The index along each axis of an element in row-major order. */
const placeIn = (dims: readonly number[], place: number) =>
  dims.map((size, axis) => Math.floor(place / sizeOf(dims.slice(axis + 1))) % size);

/** What one place of the kernel sees, [N, C, ...small]. */
function view(emit: Emitter, around: string, window: Window, place: number): string {
  const { kernel, strides, dilations, small } = window;
  const starts = placeIn(kernel, place).map((index, axis) => index * dilations[axis]!);
  const ends = starts.map((start, axis) => start + (small[axis]! - 1) * strides[axis]! + 1);
  const axes = kernel.map((_, axis) => axis + 2);
  return slice(emit, around, starts, ends, axes, isStrided(window) ? strides : undefined);
}
