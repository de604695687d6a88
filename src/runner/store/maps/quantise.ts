/** Maps as they are compared with each other. */
import type { Quantised } from '../../../core/measures/quantise';

interface Shown extends Quantised {
  readonly offset: number;
  readonly signed: boolean;
}

/** Full strength of a cell in `levelsOf`. */
export const FULL = 65_535;

/**
 * A map as it is compared with others: ReLU(value - offset), or value - offset of a signed map, divided by its largest
 * magnitude; as whole numbers up to `FULL`, so that sums of maps are exact and do not depend on their order. Undefined
 * for a blank map.
 */
export function levelsOf({ lo, hi, data, offset, signed }: Shown): Int32Array | undefined {
  const values = new Float64Array(data.length);
  let most = 0;
  for (let i = 0; i < data.length; i++) {
    const value = lo + (data[i]! / 255) * (hi - lo) - offset;
    values[i] = signed ? value : Math.max(value, 0);
    most = Math.max(most, Math.abs(values[i]!));
  }
  if (!(most > 0)) return undefined;
  const levels = new Int32Array(data.length);
  for (let i = 0; i < data.length; i++) levels[i] = Math.round((FULL * values[i]!) / most);
  return levels;
}

/** Pearson's correlation; undefined if one of the two is constant. */
export function correlation(a: ArrayLike<number>, b: ArrayLike<number>): number | undefined {
  const count = a.length;
  let [meanA, meanB] = [0, 0];
  for (let i = 0; i < count; i++) {
    meanA += a[i]!;
    meanB += b[i]!;
  }
  meanA /= count;
  meanB /= count;
  let [ab, aa, bb] = [0, 0, 0];
  for (let i = 0; i < count; i++) {
    const [x, y] = [a[i]! - meanA, b[i]! - meanB];
    ab += x * y;
    aa += x * x;
    bb += y * y;
  }
  return aa > 0 && bb > 0 ? ab / Math.sqrt(aa * bb) : undefined;
}
