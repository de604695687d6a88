/** Means of scores with confidence intervals. */
import { mean, quantileSorted } from 'simple-statistics';
import { createRandom } from '../random';

export interface Interval {
  readonly low: number;
  readonly high: number;
}

export interface Estimate {
  /** Number of values. */
  readonly n: number;
  readonly mean: number;
  /** 95 % confidence interval of the mean; undefined for a single value. */
  readonly interval?: Interval;
}

const RESAMPLES = 2000;
const LEVEL = 0.95;

/** @param values at least one */
export function estimateMean(values: readonly number[], seed = 0): Estimate {
  const interval = bootstrap(values, seed);
  return { n: values.length, mean: mean(values as number[]), ...(interval && { interval }) };
}

/**
 * The confidence interval of a mean by the percentile bootstrap (Efron, "Bootstrap methods: another look at the
 * jackknife", Annals of Statistics 7, 1979), which makes no assumption about the distribution of the values. The same
 * seed gives the same interval.
 */
function bootstrap(values: readonly number[], seed: number): Interval | undefined {
  if (values.length < 2) return undefined;
  const random = createRandom(seed);
  const means = new Float64Array(RESAMPLES);
  for (let r = 0; r < RESAMPLES; r++) {
    let sum = 0;
    for (let i = 0; i < values.length; i++) sum += values[random.below(values.length)]!;
    means[r] = sum / values.length;
  }
  const sorted = Array.from(means.sort());
  return { low: quantileSorted(sorted, (1 - LEVEL) / 2), high: quantileSorted(sorted, (1 + LEVEL) / 2) };
}
