/** How much of the heat lies on the region of a suspicious cluster, before a repair and after it. */
import type { Cells } from '../../../core/clusters/cells';
import { evenly } from '../../../core/clusters/suspicion';
import type { ItemId, StoredMap } from '../../../protocol/dataset';
import type { HeatOnRegion } from '../../../protocol/training';
import { keyOf } from '../file/tables';
import { storedMap } from '../rows';
import { type State, sweepKind, type Version } from '../state';

/** Maps of a version that are read; more would not change the mean by much, and they are read at once. */
const MOST = 500;

/**
 * The mean over images of which both versions have a map that is not blank, each for the class that its version predicts.
 *
 * @param items images of the cluster
 * @returns undefined if there is no such image
 */
export function heatOn(
  state: State,
  before: Version,
  after: Version,
  items: readonly ItemId[],
  cells: Cells,
): HeatOnRegion | undefined {
  const [a, b] = [shareIn(state, before, cells), shareIn(state, after, cells)];
  const sums = { count: 0, a: 0, b: 0 };
  for (const index of evenly([...items.keys()], MOST)) {
    const [first, second] = [a(items[index]!), b(items[index]!)];
    if (first === undefined || second === undefined) continue;
    sums.count += 1;
    sums.a += first;
    sums.b += second;
  }
  const { count } = sums;
  return count === 0 ? undefined : { count, a: sums.a / count, b: sums.b / count };
}

function shareIn(state: State, version: Version, cells: Cells): (item: ItemId) => number | undefined {
  const kind = sweepKind(state, version);
  return (item) => {
    const found = kind && state.db.get('SELECT * FROM maps WHERE key = ?', keyOf(kind.id, item));
    return found && shareOn(storedMap(state, found), cells);
  };
}

/** The share of the heat, as the map is shown, in the cells. Undefined for a blank map, or one of another size. */
export function shareOn(
  { height, width, lo, hi, values, offset, signed }: StoredMap,
  cells: Cells,
): number | undefined {
  if (height !== cells.height || width !== cells.width) return undefined;
  const heat = Float64Array.from(values, (byte) => Math.max(lo + (byte / 255) * (hi - lo) - offset, 0));
  const least = signed ? 0 : heat.reduce((one, other) => Math.min(one, other), Number.POSITIVE_INFINITY);
  let [inside, all] = [0, 0];
  heat.forEach((value, i) => {
    all += value - least;
    if (cells.chosen[i]) inside += value - least;
  });
  return all > 0 ? inside / all : undefined;
}
