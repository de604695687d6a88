/** Counts of rows in equal bins of each number, for the rows of a query and for all. */
import { NUMBERS, type NumberName } from '../../../core/query/query';
import { pausing } from '../../../files/pause';
import type { Histogram } from '../../../protocol/dataset';
import type { State, Version } from '../state';

/** Numbers that have bounds; of the others the bins go from 0, or from the least, to the largest. */
const BOUNDS: { readonly [N in NumberName]?: readonly [number, number] } = {
  p: [0, 1],
  margin: [0, 1],
  border: [0, 1],
  spread: [0, 1],
  energy: [0, 1],
  agreement: [-1, 1],
};

/** Bounds and counts of all rows, of which no number has changed since. */
interface All {
  readonly changes: number;
  readonly bins: number;
  readonly by: Map<NumberName, Pick<Histogram, 'lo' | 'hi' | 'all'> | undefined>;
}
const known = new WeakMap<Version, All>();

function allOf({ changes }: State, version: Version, bins: number): All {
  const there = known.get(version);
  if (there?.changes === changes && there.bins === bins) return there;
  const made: All = { changes, bins, by: new Map() };
  known.set(version, made);
  return made;
}

/** Numbers that no row has are left out. The last bin contains its upper bound. */
export async function histogramsOf(
  state: State,
  version: Version,
  ids: Uint32Array,
  bins: number,
  signal: { readonly aborted: boolean },
): Promise<readonly Histogram[]> {
  const pause = pausing(signal);
  const found: Histogram[] = [];
  for (const name of NUMBERS) {
    await pause();
    const values = version.columns.of[name];
    const all = allOf(state, version, bins).by;
    if (!all.has(name)) all.set(name, allCounted(name, values, state.order, bins));
    const total = all.get(name);
    if (total) found.push({ name, ...total, ...counted(values, ids, total.lo, total.hi, bins) });
  }
  return found;
}

function allCounted(name: NumberName, values: Float64Array, order: Uint32Array, bins: number) {
  const bounds = boundsOf(name, values, order);
  if (!bounds || bins < 1) return undefined;
  const [lo, hi] = bounds;
  return { lo, hi, all: counted(values, order, lo, hi, bins).counts };
}

function boundsOf(name: NumberName, values: Float64Array, ids: Uint32Array): readonly [number, number] | undefined {
  let [lo, hi] = BOUNDS[name] ?? [0, 0];
  let known = 0;
  for (const id of ids) {
    const value = values[id]!;
    if (Number.isNaN(value)) continue;
    known++;
    if (value < lo) lo = value;
    if (value > hi) hi = value;
  }
  if (known === 0) return undefined;
  return hi > lo ? [lo, hi] : [lo, lo + 1];
}

function counted(values: Float64Array, ids: Uint32Array, lo: number, hi: number, bins: number) {
  const counts = new Uint32Array(bins);
  const scale = bins / (hi - lo);
  let unknown = 0;
  for (const id of ids) {
    const value = values[id]!;
    if (Number.isNaN(value)) unknown++;
    else counts[Math.min(bins - 1, Math.max(0, Math.floor((value - lo) * scale)))]!++;
  }
  return { counts, unknown };
}
