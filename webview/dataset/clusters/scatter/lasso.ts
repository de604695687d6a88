/** A lasso as the polygon that a query has. Pure. */
import type { Corner } from '../../../../src/core/query/query';

/** A query is a text that people may read, and a polygon of more corners is hardly another one. */
export const MOST_CORNERS = 60;
const DECIMALS = 3;
/** The first distance that is left out; a pixel or so. It doubles until the corners are few enough. */
const LEAST = 0.002;
/** Of the plane; a smaller lasso is a click. */
const LEAST_AREA = 1e-4;

/**
 * The path as a polygon of few corners, by the algorithm of Douglas and Peucker (1973).
 *
 * @param path corners in the order in which they were drawn, in the units of the plane
 * @returns corners of three decimals; undefined if they enclose nothing
 */
export function polygonOf(path: readonly Corner[], most = MOST_CORNERS): readonly Corner[] | undefined {
  let tolerance = LEAST;
  let corners = simplified(path, tolerance);
  while (corners.length > most) {
    tolerance *= 2;
    corners = simplified(path, tolerance);
  }
  const round = (value: number) => Number(value.toFixed(DECIMALS));
  const rounded = corners.map(([x, y]): Corner => [round(x), round(y)]);
  const different = rounded.filter(([x, y], i) => {
    const [beforeX, beforeY] = rounded[(i + rounded.length - 1) % rounded.length]!;
    return x !== beforeX || y !== beforeY;
  });
  return different.length >= 3 && extent(different) >= LEAST_AREA ? different : undefined;
}

/** Without the points that are nearer than `tolerance` to the line between those that stay. */
function simplified(path: readonly Corner[], tolerance: number): readonly Corner[] {
  const stays = new Uint8Array(path.length);
  stays[0] = 1;
  stays[path.length - 1] = 1;
  const open: [number, number][] = [[0, path.length - 1]];
  for (let part = open.pop(); part; part = open.pop()) {
    const [from, to] = part;
    let [farthest, most] = [from, tolerance];
    for (let i = from + 1; i < to; i++) {
      const distance = toSegment(path[i]!, path[from]!, path[to]!);
      if (distance > most) [farthest, most] = [i, distance];
    }
    if (farthest === from) continue;
    stays[farthest] = 1;
    open.push([from, farthest], [farthest, to]);
  }
  return path.filter((_, i) => stays[i] === 1);
}

function toSegment([x, y]: Corner, [ax, ay]: Corner, [bx, by]: Corner): number {
  const [dx, dy] = [bx - ax, by - ay];
  const length = dx * dx + dy * dy;
  const along = length === 0 ? 0 : Math.min(Math.max(((x - ax) * dx + (y - ay) * dy) / length, 0), 1);
  return Math.hypot(x - ax - along * dx, y - ay - along * dy);
}

/** Width times height. The area of a polygon that crosses itself, such as an eight, may be 0. */
function extent(corners: readonly Corner[]): number {
  const span = (axis: 0 | 1) => {
    const values = corners.map((corner) => corner[axis]);
    return Math.max(...values) - Math.min(...values);
  };
  return span(0) * span(1);
}
