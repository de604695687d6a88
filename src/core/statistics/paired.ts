/** Whether two methods differ on the same images. */
import { errorFunction } from 'simple-statistics';
import { type Estimate, estimateMean } from './estimate';

export interface PairedComparison {
  /** The mean of a - b over the images. */
  readonly difference: Estimate;
  /** Number of images on which a's score is larger, and on which b's is. */
  readonly larger: number;
  readonly smaller: number;
  /** p of the signed-rank test: the probability of such a difference if neither score tends to be larger. */
  readonly p: number;
}

/** @param a scores, at least one, for the same images as those of `b` */
export function comparePaired(a: readonly number[], b: readonly number[], seed = 0): PairedComparison {
  const differences = a.map((value, i) => value - b[i]!);
  return {
    difference: estimateMean(differences, seed),
    larger: differences.filter((d) => d > 0).length,
    smaller: differences.filter((d) => d < 0).length,
    p: signedRankTest(differences),
  };
}

/**
 * Up to so many values the distribution is computed exactly; for more, the normal approximation agrees to three digits.
 */
const EXACT = 50;

/**
 * The two-sided p of Wilcoxon's signed-rank test ("Individual comparisons by ranking methods", Biometrics 1, 1945).
 * Zeros are left out, and equal magnitudes share the mean of their ranks.
 */
export function signedRankTest(differences: readonly number[]): number {
  const nonzero = differences.filter((d) => d !== 0).sort((x, y) => Math.abs(x) - Math.abs(y));
  const n = nonzero.length;
  if (n === 0) return 1;
  const ranks = doubledRanks(nonzero);
  const positive = ranks.reduce((sum, rank, i) => (nonzero[i]! > 0 ? sum + rank : sum), 0);
  return n <= EXACT ? exact(ranks, positive) : normal(ranks, positive);
}

/** Twice the ranks, which are integers even if a rank is shared. */
function doubledRanks(sorted: readonly number[]): number[] {
  const ranks = new Array<number>(sorted.length);
  for (let first = 0; first < sorted.length; ) {
    let end = first + 1;
    while (end < sorted.length && Math.abs(sorted[end]!) === Math.abs(sorted[first]!)) end += 1;
    ranks.fill(first + 1 + end, first, end);
    first = end;
  }
  return ranks;
}

/**
 * The exact p. All signs are equally likely, so p is the share of the 2^n choices of signs whose sum is at least as far
 * from the centre.
 */
function exact(ranks: readonly number[], positive: number): number {
  const total = ranks.reduce((sum, rank) => sum + rank, 0);
  const chances = new Float64Array(total + 1);
  chances[0] = 1;
  for (const rank of ranks) {
    for (let sum = total; sum >= 0; sum--) chances[sum] = (chances[sum]! + (chances[sum - rank] ?? 0)) / 2;
  }
  const distance = Math.abs(positive - total / 2);
  return Math.min(
    chances.reduce((p, chance, sum) => (Math.abs(sum - total / 2) >= distance ? p + chance : p), 0),
    1,
  );
}

function normal(ranks: readonly number[], positive: number): number {
  const total = ranks.reduce((sum, rank) => sum + rank, 0);
  const variance = ranks.reduce((sum, rank) => sum + rank ** 2, 0) / 4;
  return Math.max(1 - errorFunction(Math.abs(positive - total / 2) / Math.sqrt(2 * variance)), 0);
}

/**
 * Corrects values of p for the number of comparisons (Holm, "A simple sequentially rejective multiple test procedure",
 * Scandinavian Journal of Statistics 6, 1979), in the order given.
 */
export function holm(ps: readonly number[]): number[] {
  const order = Array.from(ps.keys()).sort((i, j) => ps[i]! - ps[j]!);
  const corrected = new Array<number>(ps.length);
  let least = 0;
  order.forEach((i, rank) => {
    least = Math.max(least, Math.min((ps.length - rank) * ps[i]!, 1));
    corrected[i] = least;
  });
  return corrected;
}
