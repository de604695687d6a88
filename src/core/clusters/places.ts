/** Places of points on a plane. */
import type { Points } from './points';

export const coordinatesOf = ({ data, dimensions }: Points, n: number) =>
  data.subarray(n * dimensions, (n + 1) * dimensions);

/** Places [count, 2] moved and scaled by one factor, so that they fill 0 to 1 along their longer side around the middle. */
export function inUnitSquare(places: Float32Array): Float32Array {
  const lo = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY];
  const hi = [Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY];
  places.forEach((value, i) => {
    lo[i & 1] = Math.min(lo[i & 1]!, value);
    hi[i & 1] = Math.max(hi[i & 1]!, value);
  });
  const side = Math.max(hi[0]! - lo[0]!, hi[1]! - lo[1]!);
  const middle = [(hi[0]! + lo[0]!) / 2, (hi[1]! + lo[1]!) / 2];
  // Rounding may leave the square by its last bit.
  return places.map((value, i) => Math.min(1, Math.max(0, side > 0 ? 0.5 + (value - middle[i & 1]!) / side : 0.5)));
}

/** The first two coordinates of each point, [count, 2]. */
export function firstTwo(points: Points): Float32Array {
  const places = new Float32Array(points.count * 2);
  for (let n = 0; n < points.count; n++) places.set(coordinatesOf(points, n).subarray(0, 2), n * 2);
  return places;
}
