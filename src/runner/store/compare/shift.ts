/** How far the heat has moved between two maps. Pure. */
import { resizeMap } from '../../../core/resize';
import { ranks } from '../../../core/sanity/similarity';
import type { StoredMap } from '../../../protocol/dataset';

const LEVELS = 256;

/**
 * 1 - Spearman's rank correlation of two maps as they are shown, that is after the ReLU of `saliencyOf`, at the layer's
 * size; equal values share the mean of their ranks. From 0 (the same order) to 2 (the opposite one). If the sizes differ,
 * the smaller map is scaled up bilinearly first. Undefined if one of the two is blank, since it has no order.
 */
export function shiftOf(a: StoredMap, b: StoredMap): number | undefined {
  const [height, width] = [Math.max(a.height, b.height), Math.max(a.width, b.width)];
  const correlation = correlationOf(ranksAt(a, height, width), ranksAt(b, height, width));
  return correlation === undefined ? undefined : Math.min(2, Math.max(0, 1 - correlation));
}

const ranksAt = (map: StoredMap, height: number, width: number): Float64Array =>
  map.height === height && map.width === width ? storedRanks(map) : ranks(shownAt(map, height, width));

const shownBy = ({ lo, hi }: StoredMap, level: number): number => lo + (level / (LEVELS - 1)) * (hi - lo);

/** Values rise with their bytes, so equal bytes are counted and nothing is sorted. */
function storedRanks(map: StoredMap): Float64Array {
  const { values, offset, signed } = map;
  const rankOf = new Float64Array(LEVELS);
  const counts = new Uint32Array(LEVELS);
  for (const level of values) counts[level]!++;
  let before = 0;
  for (let level = 0; level < LEVELS; ) {
    // What the ReLU makes 0 is equal.
    let [next, count] = [level + 1, counts[level]!];
    if (map.hi <= map.lo) while (next < LEVELS) count += counts[next++]!;
    else if (!signed) while (next < LEVELS && shownBy(map, next) <= offset) count += counts[next++]!;
    rankOf.fill(before + (count - 1) / 2, level, next);
    before += count;
    level = next;
  }
  return Float64Array.from(values, (level) => rankOf[level]!);
}

/** [height, width], as `saliencyOf` shows it before it is normalised. */
function shownAt(map: StoredMap, height: number, width: number): Float32Array {
  const own = Float32Array.from(map.values, (level) => shownBy(map, level));
  const shown = resizeMap(own, map.height, map.width, height, width);
  for (let i = 0; i < shown.length; i++) {
    const value = shown[i]! - map.offset;
    shown[i] = map.signed ? value : Math.max(value, 0);
  }
  return shown;
}

/** Pearson's correlation of ranks; undefined if all of one side are equal. */
function correlationOf(a: Float64Array, b: Float64Array): number | undefined {
  const mean = (a.length - 1) / 2;
  let [ab, aa, bb] = [0, 0, 0];
  for (let i = 0; i < a.length; i++) {
    const [x, y] = [a[i]! - mean, b[i]! - mean];
    ab += x * y;
    aa += x * x;
    bb += y * y;
  }
  return aa > 0 && bb > 0 ? ab / Math.sqrt(aa * bb) : undefined;
}
