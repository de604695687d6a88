import type { ImageTransform, Size } from './geometry';
import { resizeMap } from './resize';

/**
 * A running estimate of a method; the last one is the result. Shown is upsample(map) - offset, and of it the ReLU unless the
 * map is `signed`.
 */
export interface MethodFrame {
  /** Passes run so far, of `total`. */
  readonly done: number;
  readonly total: number;
  /** Rows and columns of `map`: the layer's, or the input's. */
  readonly u: number;
  readonly v: number;
  readonly map: Float32Array;
  readonly offset: number;
  /** True if negative values speak against the class and are shown too. */
  readonly signed: boolean;
  /** Magnitude, in the map's units, from which on colours are at their strongest; the largest if left out. */
  readonly saturation?: number;
}

/**
 * A saliency map as it streams. The receiver upsamples it to `inputSize` and scales it by min-max, a signed one by its
 * largest magnitude. See `saliencyOf` in core/saliency.ts.
 */
export interface Frame extends MethodFrame {
  readonly inputSize: Size;
  readonly imageTransform: ImageTransform;
}

export interface Saliency {
  /**
   * [height, width] of the network's input. Normalised to [0, 1] by min-max; a signed map to [-1, 1] by its largest
   * magnitude, so that 0 stays where it was. All 0 where the map is constant.
   */
  readonly map: Float32Array;
  readonly signed: boolean;
  /** Bounds before normalisation. */
  readonly min: number;
  readonly max: number;
  /** Where given, the magnitude from which on colours are at their strongest, below 1, which is the largest. */
  readonly saturation?: number;
  /** True if nothing is left to show: the map is constant. */
  readonly zero: boolean;
}

/**
 * The saliency map of a frame: L = ReLU(upsample(map) - offset), then min-max (Group-CAM, arXiv 2103.13859, equation 7,
 * summed at the activation's size since bilinear upsampling is linear). A signed map goes without the ReLU.
 */
export function saliencyOf(
  frame: Pick<Frame, 'u' | 'v' | 'map' | 'offset' | 'signed' | 'saturation' | 'inputSize'>,
): Saliency {
  const { signed, offset } = frame;
  const { width, height } = frame.inputSize;
  const map = resizeMap(frame.map, frame.u, frame.v, height, width);
  let min = Number.POSITIVE_INFINITY;
  let max = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < map.length; i++) {
    const sum = map[i]! - offset;
    const value = signed ? sum : Math.max(sum, 0);
    map[i] = value;
    min = Math.min(min, value);
    max = Math.max(max, value);
  }
  const zero = !(max > min);
  const origin = signed ? 0 : min;
  const range = signed ? Math.max(max, -min) : max - min;
  for (let i = 0; i < map.length; i++) map[i] = zero ? 0 : (map[i]! - origin) / range;
  const saturation = frame.saturation === undefined ? 1 : (frame.saturation - origin) / range;
  return { map, signed, min, max, zero, ...(saturation > 0 && saturation < 1 && { saturation }) };
}
