/**
 * The rate of each step: a linear warm-up, then steps down.
 *
 * Exported networks have their batch normalisation folded, and many diverge within a few steps at a rate that suited their
 * training. The warm-up keeps the first steps small.
 */

/** The share of all steps in which the rate rises to its full height. */
const WARM_UP = 0.1;
/** Where the rate falls to a tenth, as shares of all steps. */
const FALLS: readonly number[] = [0.5, 0.75];

/**
 * @param step from 0
 * @param steps in all
 * @param rate after the warm-up
 */
export function rateAt(step: number, steps: number, rate: number): number {
  const warm = Math.ceil(steps * WARM_UP);
  if (step < warm) return (rate * (step + 1)) / (warm + 1);
  return FALLS.reduce((left, at) => (step >= at * steps ? left / 10 : left), rate);
}
