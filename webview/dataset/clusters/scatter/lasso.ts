/** A lasso as the polygon that a query has. Pure. */
import type { Corner } from '../../../../src/core/query/query';

/** A query is a text that people may read, and a polygon of more corners is hardly another one. */
export const MOST_CORNERS = 60;
const DECIMALS = 3;
/** Corners that are nearer to the line between their neighbours are left out; a pixel or so. */
const LEAST = 0.002;
/** Of the plane; a smaller lasso is a click. */
const LEAST_AREA = 1e-4;

/**
 * The path as a polygon of few corners: as Douglas and Peucker (1973) do it, but the corner that is farthest from the line
 * comes first, so that there are as many as may be.
 *
 * @param path corners in the order in which they were drawn, in the units of the plane
 * @returns corners of three decimals; undefined if they enclose nothing
 */
export function polygonOf(path: readonly Corner[], most = MOST_CORNERS): readonly Corner[] | undefined {
  const round = (value: number) => Number(value.toFixed(DECIMALS));
  const rounded = simplified(path, most).map(([x, y]): Corner => [round(x), round(y)]);
  const different = rounded.filter(([x, y], i) => {
    const [beforeX, beforeY] = rounded[(i + rounded.length - 1) % rounded.length]!;
    return x !== beforeX || y !== beforeY;
  });
  return different.length >= 3 && extent(different) >= LEAST_AREA ? different : undefined;
}

/** A part of the path between two corners that stay, and the point of it that is farthest from the line between them. */
interface Part {
  readonly from: number;
  readonly to: number;
  readonly farthest: number;
  readonly distance: number;
}

function simplified(path: readonly Corner[], most: number): readonly Corner[] {
  const stays = new Set([0, path.length - 1]);
  let parts = [partOf(path, 0, path.length - 1)];
  while (stays.size < most) {
    const next = parts.reduce((best, part) => (part.distance > best.distance ? part : best));
    if (next.distance <= LEAST) break;
    const { from, to, farthest } = next;
    stays.add(farthest);
    parts = [...parts.filter((part) => part !== next), partOf(path, from, farthest), partOf(path, farthest, to)];
  }
  return path.filter((_, i) => stays.has(i));
}

function partOf(path: readonly Corner[], from: number, to: number): Part {
  let [farthest, distance] = [from, 0];
  for (let i = from + 1; i < to; i++) {
    const far = toSegment(path[i]!, path[from]!, path[to]!);
    if (far > distance) [farthest, distance] = [i, far];
  }
  return { from, to, farthest, distance };
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
