/** Sums that several methods share, and frames of them. */
import type { FeatureMaps } from '../cam/features';
import type { MethodFrame } from '../saliency';
import type { InputImage, MethodResult } from './network';

/** Of maps that keep positive evidence only. */
export const NO_EVIDENCE: MethodResult = {
  whyBlank: 'no positive evidence: nothing in the image speaks for this class by this method',
};

/** Of maps of differences. */
export const NO_DIFFERENCE: MethodResult = {
  whyBlank: 'no difference: nothing that this method changes in the image changes the score of this class',
};

/** sum += scale * values[from ...], as many as the sum has. */
export function addScaled(sum: Float64Array, values: Float32Array | Float64Array, scale: number, from = 0): void {
  for (let i = 0; i < sum.length; i++) sum[i]! += scale * values[from + i]!;
}

/** sums / counts, in single precision; 0 where nothing was counted. */
export function quotients(sums: Float64Array, counts: Float64Array): Float32Array {
  const result = new Float32Array(sums.length);
  for (let i = 0; i < result.length; i++) result[i] = sums[i]! / (counts[i]! || 1);
  return result;
}

/** scale * values, in single precision. */
export function scaled(values: Float64Array, scale: number): Float32Array {
  const result = new Float32Array(values.length);
  // A loop, since Float32Array.from with a function takes tens of times longer for a whole image.
  for (let i = 0; i < result.length; i++) result[i] = scale * values[i]!;
  return result;
}

/** sum over k of w_k A^k, [u, v]. */
export function weightedSum({ data, channels, u, v }: FeatureMaps, weights: ArrayLike<number>): Float64Array {
  const sum = new Float64Array(u * v);
  for (let k = 0; k < channels; k++) addScaled(sum, data, weights[k]!, k * u * v);
  return sum;
}

/** sum over k of W^k A^k element by element, [u, v]; W is [K, u, v]. */
export function elementwiseSum({ data, u, v }: FeatureMaps, weights: Float32Array): Float64Array {
  const sum = new Float64Array(u * v);
  for (let i = 0; i < data.length; i++) sum[i % sum.length]! += weights[i]! * data[i]!;
  return sum;
}

export interface Progress {
  readonly done: number;
  readonly total: number;
}

/**
 * Whether a map of the input's size is worth showing, since making one takes as long as a pass of a small network: after 1, 2,
 * 4 passes and so on, then every `every`, and at the end. To be asked after each chunk.
 */
export function milestones(total: number, every: number): (done: number) => boolean {
  let next = 1;
  return (done) => {
    if (done < Math.min(next, total)) return false;
    next = done + Math.min(done, every);
    return true;
  };
}

const ONE: Progress = { done: 1, total: 1 };

/** ReLU(map) of the layer's size. */
export function evidenceFrame({ u, v }: FeatureMaps, map: Float64Array, progress = ONE): MethodFrame {
  return { ...progress, u, v, map: Float32Array.from(map, (value) => Math.max(value, 0)), offset: 0, signed: false };
}

/** A map whose smallest value means nothing, such as a mean score: only the differences within it are shown. */
export function relativeFrame(u: number, v: number, map: Float32Array, progress: Progress): MethodFrame {
  let offset = Number.POSITIVE_INFINITY;
  for (let i = 0; i < map.length; i++) offset = Math.min(offset, map[i]!);
  return { ...progress, u, v, map, offset, signed: false };
}

/** A map of the input's size. */
export function pixelFrame(input: InputImage, map: Float32Array, signed: boolean, progress = ONE): MethodFrame {
  return { ...progress, u: input.height, v: input.width, map, offset: 0, signed };
}
