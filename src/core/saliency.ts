import { resizeMap } from './resize';
import type { Frame } from './types';

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
