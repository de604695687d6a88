/** Equation 4: masks are min-max normalised. */
import { resizedBounds } from '../resize';
import type { FeatureMaps } from './features';

/** An initial mask M_l, [height, width], with the bounds of its upsampled form. */
export interface Mask {
  readonly map: Float32Array;
  readonly lo: number;
  readonly hi: number;
}

/**
 * The bounds are those of the upsampled map, as in the authors' code; the paper's equation 4 normalises before
 * upsampling. The two differ slightly, since upsampling lowers peaks.
 */
export function makeMask(
  map: Float32Array,
  { height: mapHeight, width: mapWidth }: FeatureMaps,
  height: number,
  width: number,
): Mask {
  return { map, ...resizedBounds(map, mapHeight, mapWidth, height, width) };
}

/**
 * True for a constant mask. It shows no part of the image more than another, so it is not scored and its weight is 0.
 */
export function isConstant({ map, lo, hi }: Mask): boolean {
  return !(hi > lo) || map.every((value) => value === map[0]);
}

/** (M - lo) / (hi - lo), [height, width]. After upsampling the values lie within [0, 1], since bilinear weights sum to 1. */
export function normalised({ map, lo, hi }: Mask): Float32Array {
  return map.map((value) => (value - lo) / (hi - lo));
}
