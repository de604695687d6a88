/** Which rows of a list are selected: sorted ranges that do not touch, so that all of a million are one. Pure. */
import type { Ranges } from '../../../src/protocol/dataset';

export const NOTHING: Ranges = [];

export const all = (count: number): Ranges => (count > 0 ? [[0, count]] : NOTHING);

export const sizeOf = (ranges: Ranges): number => ranges.reduce((sum, [from, to]) => sum + to - from, 0);

export const has = (ranges: Ranges, position: number): boolean =>
  ranges.some(([from, to]) => from <= position && position < to);

export function add(ranges: Ranges, from: number, to: number): Ranges {
  const apart = ranges.filter(([a, b]) => b < from || a > to);
  const touching = ranges.filter(([a, b]) => b >= from && a <= to);
  const joined = [Math.min(from, ...touching.map(([a]) => a)), Math.max(to, ...touching.map(([, b]) => b))] as const;
  return [...apart, joined].sort(([a], [b]) => a - b);
}

export function remove(ranges: Ranges, from: number, to: number): Ranges {
  return ranges.flatMap(([a, b]): Ranges => {
    const rest: Ranges = [
      [a, Math.min(b, from)],
      [Math.max(a, to), b],
    ];
    return rest.filter(([start, end]) => start < end);
  });
}

export const toggle = (ranges: Ranges, position: number): Ranges =>
  (has(ranges, position) ? remove : add)(ranges, position, position + 1);

/** From one position to another, both included, in either order. */
export const between = (a: number, b: number): Ranges => [[Math.min(a, b), Math.max(a, b) + 1]];

/** The part of the ranges within a window. */
export const within = (ranges: Ranges, from: number, to: number): Ranges =>
  ranges.flatMap(([a, b]): Ranges => (a < to && b > from ? [[Math.max(a, from), Math.min(b, to)]] : []));
