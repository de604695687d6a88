import { resizeMap } from './resize';
import type { Frame } from './types';

export interface Saliency {
  /** Normalised to [0, 1] by min-max, [height, width] of the network's input; all 0 where the map is constant. */
  readonly map: Float32Array;
  /** Bounds before normalisation. */
  readonly min: number;
  readonly max: number;
  /** True if nothing is left to show: the map is constant. */
  readonly zero: boolean;
}

/**
 * The saliency map of a frame: L = ReLU(upsample(map) - offset), then min-max (Group-CAM, arXiv 2103.13859, equation 7,
 * summed at the activation's size since bilinear upsampling is linear).
 */
export function saliencyOf(frame: Pick<Frame, 'u' | 'v' | 'map' | 'offset' | 'inputSize'>): Saliency {
  const { width, height } = frame.inputSize;
  const map = resizeMap(frame.map, frame.u, frame.v, height, width);
  let min = Number.POSITIVE_INFINITY;
  let max = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < map.length; i++) {
    const value = Math.max(map[i]! - frame.offset, 0);
    map[i] = value;
    min = Math.min(min, value);
    max = Math.max(max, value);
  }
  const zero = !(max > min);
  const scale = zero ? 0 : 1 / (max - min);
  for (let i = 0; i < map.length; i++) map[i] = (map[i]! - min) * scale;
  return { map, min, max, zero };
}
