/** What two versions have together: which shifts are known, and which class of one is which of the other. */
import { datasetErrors } from '../../../core/dataset-errors';
import type { ItemId, VersionId } from '../../../protocol/dataset';
import { DONE, type Kind, pairKey, type State, type Version, WAITING } from '../state';

/** The method in the kind of a version's maps for the classes that another version predicts. */
export const shiftKind = (from: VersionId): string => `${SHIFT} ${from}`;
const SHIFT = 'grad-cam, for the classes of version';
/** Such maps are of other classes than the row's own, so they are no part of means. */
export const isShiftKind = ({ method }: Kind): boolean => method.startsWith(SHIFT);

/** @throws query-invalid */
export function versionNamed({ versions }: State, name: string): Version {
  const all = [...versions.values()];
  const found = all.find(({ info }) => info.name === name);
  if (found) return found;
  throw datasetErrors.noSuchVersion(
    name,
    all.map(({ info }) => info.name),
  );
}

/** By id: the shift from one version to another; NaN where it is not known. */
export function shiftsBetween({ pairs, items }: State, a: VersionId, b: VersionId): Float64Array {
  return pairs.get(pairKey(a, b))?.columns.of.shift ?? new Float64Array(items.capacity).fill(Number.NaN);
}

/** Forgets the shifts of an item, of which a version, or all, has another row now. */
export function forgetShifts({ pairs }: State, item: ItemId, of?: VersionId): void {
  for (const { a, b, columns } of pairs.values())
    if ((of === undefined || of === a || of === b) && columns.of.state[item] !== WAITING) columns.clear(item);
}

/**
 * By class of a: the class of b with the same label, or -1. A label that stands twice is found by its place alone.
 */
export function counterparts({ info: { labels: a } }: Version, { info: { labels: b } }: Version): Int32Array {
  const places = uniquePlaces(b);
  const own = uniquePlaces(a);
  return Int32Array.from(a, (label, index) => {
    if (b[index] === label) return index;
    return own.has(label) ? (places.get(label) ?? -1) : -1;
  });
}

function uniquePlaces(labels: readonly string[]): ReadonlyMap<string, number> {
  const places = new Map<string, number>();
  const twice = new Set<string>();
  for (const [index, label] of labels.entries()) {
    if (places.has(label)) twice.add(label);
    places.set(label, index);
  }
  for (const label of twice) places.delete(label);
  return places;
}

/** A row that two versions have computed, of which both know the class that `a` predicts. */
export interface Shared {
  readonly item: ItemId;
  /** The class that `a` predicts, as a class of `b`. */
  readonly class: number;
  /** Whether `b` predicts it too. */
  readonly isSame: boolean;
}

/** In the order of paths. */
export function* sharedRows({ order }: State, a: Version, b: Version): Generator<Shared> {
  const classes = counterparts(a, b);
  const [before, after] = [a.columns.of, b.columns.of];
  for (const item of order) {
    if (before.state[item] !== DONE || after.state[item] !== DONE) continue;
    const index = classes[before.predicted[item]!] ?? -1;
    if (index >= 0) yield { item, class: index, isSame: after.predicted[item] === index };
  }
}
