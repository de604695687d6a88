import type { ImageTransform, Size } from './geometry';
import { resizeMap } from './resize';

/**
 * An estimate that a method yields while it runs; the last one is the result. The map that is shown is
 * ReLU(upsample(map) - offset), without the ReLU if the map is `signed`.
 */
export interface MethodFrame {
  /** Passes run so far, of `total`. */
  readonly done: number;
  readonly total: number;
  /** Rows and columns of `map`, which are those of the layer or of the input. */
  readonly height: number;
  readonly width: number;
  readonly map: Float32Array;
  readonly offset: number;
  /** True if negative values are evidence against the class and are shown too. */
  readonly signed: boolean;
  /** Magnitude, in the map's units, from which on colours have full strength; by default the largest magnitude. */
  readonly saturation?: number;
}

/**
 * A saliency map as it is sent to other processes. The receiver upsamples it to `inputSize` and normalises it by
 * min-max, or by the largest magnitude if it is signed. See `saliencyOf`.
 */
export interface Frame extends MethodFrame {
  readonly inputSize: Size;
  readonly imageTransform: ImageTransform;
}

export interface Saliency {
  /**
   * [height, width] of the network's input. Normalised to [0, 1] by min-max; a signed map to [-1, 1] by its largest
   * magnitude, so that 0 stays 0. All values are 0 if there is nothing to show.
   */
  readonly map: Float32Array;
  readonly signed: boolean;
  /** Bounds before normalisation. */
  readonly min: number;
  readonly max: number;
  /** If present, the magnitude below 1 from which on colours have full strength. */
  readonly saturation?: number;
  /** True if the map is constant up to rounding, or nothing but rounding is positive, so that there is nothing to show. */
  readonly zero: boolean;
}

/** The frame with nothing to show. Datasets, clusters and measures read the numbers of a map, not what is drawn of them. */
export const blankFrame = <F extends Pick<MethodFrame, 'map' | 'offset'>>(frame: F): F => ({
  ...frame,
  map: new Float32Array(frame.map.length),
  offset: 0,
});

/**
 * The range of a map, as a share of the largest number that it was made of, from which on it is more than the rounding of float32.
 * Where every mask lowers the score, or all places are alike, only rounding is left, and min-max would make a map of it.
 */
export const ROUNDING = 2 ** -20;

/**
 * The saliency map of a frame: L = ReLU(upsample(map) - offset), then min-max (Group-CAM, arXiv 2103.13859, equation 7,
 * summed at the activation's size since bilinear upsampling is linear). The ReLU is left out for a signed map.
 */
export function saliencyOf(
  frame: Pick<Frame, 'height' | 'width' | 'map' | 'offset' | 'signed' | 'saturation' | 'inputSize'>,
): Saliency {
  const { signed, offset } = frame;
  const { width, height } = frame.inputSize;
  const map = resizeMap(frame.map, frame.height, frame.width, height, width);
  let min = Number.POSITIVE_INFINITY;
  let max = Number.NEGATIVE_INFINITY;
  let largest = Math.abs(offset);
  for (let i = 0; i < map.length; i++) {
    largest = Math.max(largest, Math.abs(map[i]!));
    const sum = map[i]! - offset;
    const value = signed ? sum : Math.max(sum, 0);
    map[i] = value;
    min = Math.min(min, value);
    max = Math.max(max, value);
  }
  const zero = !(max - min > ROUNDING * largest);
  const origin = signed ? 0 : min;
  const range = signed ? Math.max(max, -min) : max - min;
  for (let i = 0; i < map.length; i++) map[i] = zero ? 0 : (map[i]! - origin) / range;
  const saturation = frame.saturation === undefined ? 1 : (frame.saturation - origin) / range;
  return { map, signed, min, max, zero, ...(saturation > 0 && saturation < 1 && { saturation }) };
}
