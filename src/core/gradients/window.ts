/** Sliding windows of convolutions and pools over [N, C, ...spatial], their adjoints, and sums per channel. */
import type { Emitter } from '../onnx/emit';
import { intsAttribute, stringAttribute } from '../onnx/model';
import { reduceSum } from '../onnx/ops';
import type { RuleContext } from './rule';

/** One number per spatial axis. */
type PerAxis = readonly number[];

export interface Window {
  /** Sizes of the large side (a convolution's input) and the small side (its output). */
  readonly large: PerAxis;
  readonly small: PerAxis;
  readonly kernel: PerAxis;
  readonly strides: PerAxis;
  readonly dilations: PerAxis;
  /** Padding before the first element. */
  readonly begins: PerAxis;
  /** Padding after the last element that the windows actually reach; negative if the last elements are not covered. */
  readonly ends: PerAxis;
}

/** The number of elements from the first to the last that a window covers, inclusive. */
export function extent({ kernel, dilations }: Pick<Window, 'kernel' | 'dilations'>, axis: number): number {
  return (kernel[axis]! - 1) * dilations[axis]! + 1;
}

/**
 * The windows of a node between `large` and `small`. Both sizes are known from the tracing run, so only the padding
 * before the first element has to be determined.
 */
export function windowOf({ node }: RuleContext, large: PerAxis, small: PerAxis, kernel: PerAxis): Window {
  const strides = intsAttribute(node, 'strides') ?? kernel.map(() => 1);
  const dilations = intsAttribute(node, 'dilations') ?? kernel.map(() => 1);
  const reach = kernel.map((_, axis) => strides[axis]! * (small[axis]! - 1) + extent({ kernel, dilations }, axis));
  const begins = beginsOf(
    node,
    reach.map((length, axis) => Math.max(0, length - large[axis]!)),
  );
  const ends = reach.map((length, axis) => length - begins[axis]! - large[axis]!);
  return { large, small, kernel, strides, dilations, begins, ends };
}

/** @param total padding on both sides, which is split if the node gives none */
function beginsOf(node: RuleContext['node'], total: PerAxis): PerAxis {
  // A transposed convolution with a given output size pads like SAME_LOWER unless the node says otherwise.
  const unset = intsAttribute(node, 'output_shape') ? 'SAME_LOWER' : 'NOTSET';
  const mode = stringAttribute(node, 'auto_pad', 'NOTSET');
  switch (mode === 'NOTSET' ? unset : mode) {
    case 'SAME_UPPER':
      return total.map((pad) => Math.floor(pad / 2));
    case 'SAME_LOWER':
      return total.map((pad) => Math.ceil(pad / 2));
    case 'VALID':
      return total.map(() => 0);
    default:
      return intsAttribute(node, 'pads')?.slice(0, total.length) ?? total.map(() => 0);
  }
}

/**
 * The adjoint of a sliding window: each element of the small side adds `weights` times itself to the elements that its
 * window covers.
 *
 * @param x [N, M, ...small]
 * @param weights [M, C / groups, ...kernel]
 * @returns [N, C, ...large]
 */
export function slideBack(emit: Emitter, x: string, weights: string, window: Window, groups = 1): string {
  const { kernel, strides, dilations, begins, ends } = window;
  return emit.op('ConvTranspose', [x, weights], {
    kernel_shape: { ints: kernel },
    strides: { ints: strides },
    dilations: { ints: dilations },
    pads: { ints: [...begins, ...ends.map((pad) => Math.max(pad, 0))] },
    output_padding: { ints: ends.map((pad) => Math.max(-pad, 0)) },
    group: { int: groups },
  });
}

/**
 * @param tensor [N, C, ...]
 * @returns its sum over all axes but the second, [C]
 */
export function sumPerChannel({ emit, x }: RuleContext, tensor: string): string {
  const others = x.dims.flatMap((_, axis) => (axis === 1 ? [] : [axis]));
  return others.length === 0 ? tensor : reduceSum(emit, tensor, others, false);
}
