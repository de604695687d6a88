/** Whether 8 bits suit a model on this processor: the blends of one image are scored in both precisions. */
import { spearman } from '../../core/sanity/similarity';

export interface Verdict {
  readonly suits: boolean;
  /** In words, with the figures. */
  readonly reason: string;
}

/** The scores of one chunk, and what their run took. */
interface Run {
  readonly scores: readonly number[];
  readonly milliseconds: number;
}

/** The share of float32's time from which on 8 bits do not pay for their own passes and their memory. */
const SLOW = 0.85;
/**
 * The least rank correlation of the scores of an image's masks. For a network of random weights the scores' agreement is below
 * (docs/methods.md). Single images of networks whose scores agree so far can fare worse; see `isDisputed` in blends.ts.
 */
export const ALIKE = 0.9;

/** @param runs of each chunk, in float32 and in 8 bits */
export function verdictOf(runs: readonly (readonly [real: Run, small: Run])[]): Verdict {
  // The first run of a session allocates its memory.
  const timed = runs.length > 1 ? runs.slice(1) : runs;
  const time = (side: 0 | 1) => timed.reduce((sum, run) => sum + run[side].milliseconds, 0);
  const scores = (side: 0 | 1) => Float32Array.from(runs.flatMap((run) => run[side].scores));
  const share = time(1) / time(0);
  const agreement = spearman(scores(0), scores(1));
  const figures = `it took ${share.toFixed(2)} of the time of float32, and the ranks of the masks' scores correlate by ${agreement.toFixed(2)}`;
  if (Number.isNaN(agreement))
    return { suits: false, reason: 'all masks have the same score, so nothing can be compared' };
  if (agreement < ALIKE) return { suits: false, reason: `int8 is not faithful for this model: ${figures}` };
  if (share > SLOW) return { suits: false, reason: `int8 is not faster for this model on this processor: ${figures}` };
  return { suits: true, reason: `int8 is faster and faithful for this model: ${figures}` };
}
