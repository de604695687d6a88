/** Sums that several methods share, and the frames made from them. */
import type { FeatureMaps } from '../cam/features';
import { type MethodFrame, ROUNDING, type Saliency } from '../saliency';
import type { InputImage, MethodNetwork, MethodResult } from './network';

/** The result of methods whose maps keep positive evidence only. */
export const NO_EVIDENCE: MethodResult = {
  whyBlank: 'no positive evidence: nothing in the image speaks for this class by this method',
};

/** The result of methods whose maps show differences of scores. */
export const NO_DIFFERENCE: MethodResult = {
  whyBlank: 'no difference: nothing that this method changes in the image changes the score of this class',
};

/** Why a map is blank: as its method says, or since all places are alike, as tokens of a transformer are for an image of one colour. */
export function whyNothing({ min, max }: Pick<Saliency, 'min' | 'max'>, { whyBlank }: MethodResult): string {
  const isEven = min > 0 && max - min <= ROUNDING * min;
  return isEven ? 'all places speak for this class alike: the map has the same value everywhere' : whyBlank;
}

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
  // For a whole image, Float32Array.from with a function takes tens of times as long as this loop.
  for (let i = 0; i < result.length; i++) result[i] = scale * values[i]!;
  return result;
}

/** sum over k of w_k A^k, [height, width]. */
export function weightedSum({ data, channels, height, width }: FeatureMaps, weights: ArrayLike<number>): Float64Array {
  const sum = new Float64Array(height * width);
  for (let k = 0; k < channels; k++) addScaled(sum, data, weights[k]!, k * height * width);
  return sum;
}

/** sum over k of W^k A^k element by element, [height, width]; W is [K, height, width]. */
export function elementwiseSum({ data, height, width }: FeatureMaps, weights: Float32Array): Float64Array {
  const sum = new Float64Array(height * width);
  for (let i = 0; i < data.length; i++) sum[i % sum.length]! += weights[i]! * data[i]!;
  return sum;
}

export interface Progress {
  readonly done: number;
  readonly total: number;
}

/**
 * Decides after which chunks an estimate is shown. Computing a map of the input's size takes as long as a pass of a
 * small network, so estimates are shown after 1, 2, 4 passes and so on, then every `every` passes, and at the end; of a
 * network whose passes take long, also whenever one is due. Call the returned function after each chunk.
 */
export function milestones(
  total: number,
  every: number,
  isDue: MethodNetwork['isDue'] = () => false,
): (done: number) => boolean {
  let next = 1;
  return (done) => {
    if (done < Math.min(next, total) && !isDue()) return false;
    next = done + Math.min(done, every);
    return true;
  };
}

const ONE: Progress = { done: 1, total: 1 };

/** The frame of ReLU(map), at the layer's size. */
export function evidenceFrame({ height, width }: FeatureMaps, map: Float64Array, progress = ONE): MethodFrame {
  return {
    ...progress,
    height,
    width,
    map: Float32Array.from(map, (value) => Math.max(value, 0)),
    offset: 0,
    signed: false,
  };
}

/**
 * The frame of a map whose smallest value has no meaning, such as a mean score. Only differences within the map are
 * shown.
 */
export function relativeFrame(height: number, width: number, map: Float32Array, progress: Progress): MethodFrame {
  let offset = Number.POSITIVE_INFINITY;
  for (let i = 0; i < map.length; i++) offset = Math.min(offset, map[i]!);
  return { ...progress, height, width, map, offset, signed: false };
}

/** The frame of a map of the input's size. */
export function pixelFrame(input: InputImage, map: Float32Array, signed: boolean, progress = ONE): MethodFrame {
  return { ...progress, height: input.height, width: input.width, map, offset: 0, signed };
}
