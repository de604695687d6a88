/** Who is right of two versions, and how far the heat has moved between them. */

import { pausing } from '../../../files/pause';
import type { VersionId } from '../../../protocol/dataset';
import { type Comparison, FLIPS, type Flip, flipOf } from '../../../protocol/versions';
import { DONE, pairKey, type State, UNKNOWN, versionOf, YES } from '../state';
import { sharedRows } from './pairs';
import { updateShifts } from './shifts';

/** Bins of shifts, from 0 to 2. */
const BINS = 20;
const WIDEST = 2;

const none = (): Record<Flip, number> => ({ both: 0, a: 0, b: 0, neither: 0 });

/** See `Comparison`. */
export async function comparisonOf(
  state: State,
  a: VersionId,
  b: VersionId,
  signal: { readonly aborted: boolean },
): Promise<Comparison> {
  const pause = pausing(signal);
  const { order, items, sets, meta } = state;
  const [before, after] = [versionOf(state, a), versionOf(state, b)];
  const [of, than] = [before.columns.of, after.columns.of];
  const flips = none();
  const categories = meta.categories.map(none);
  for (const item of order) {
    if (of.state[item] !== DONE || than.state[item] !== DONE) continue;
    if (of.correct[item] === UNKNOWN || than.correct[item] === UNKNOWN) continue;
    const flip = flipOf(of.correct[item] === YES, than.correct[item] === YES);
    flips[flip]++;
    for (const category of sets[items.of.set[item]!]!) categories[category]![flip]++;
  }
  // Where both predict the same class, both maps are there.
  await updateShifts(state, a, b, pause, () => {});
  const shifts = state.pairs.get(pairKey(a, b))?.columns.of;
  const counts = new Uint32Array(BINS);
  let [known, wanted, sum] = [0, 0, 0];
  for (const { item } of sharedRows(state, before, after)) {
    const shift = shifts?.shift[item] ?? Number.NaN;
    const isKnown = !Number.isNaN(shift);
    // Where a map is blank the shift is unknown for good.
    if (isKnown || shifts?.state[item] !== DONE) wanted++;
    if (!isKnown) continue;
    known++;
    sum += shift;
    counts[Math.min(BINS - 1, Math.floor((shift / WIDEST) * BINS))]!++;
  }
  return {
    a,
    b,
    rows: FLIPS.reduce((all, flip) => all + flips[flip], 0),
    flips,
    categories: categories.map((counted, category) => ({ category, flips: counted })),
    shift: { known, wanted, ...(known > 0 && { mean: sum / known }), counts },
  };
}
