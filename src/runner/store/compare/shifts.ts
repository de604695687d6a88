/** Computes shifts of the heat from stored maps, and keeps them. */

import { quantised } from '../../../core/measures/quantise';
import type { ItemId, StoredMap, VersionId } from '../../../protocol/dataset';
import { kindOf, type MapToWrite, writeMap } from '../commit';
import { keyOf } from '../file/tables';
import { numberOf } from '../file/values';
import type { Compared, MissingMap, OtherMap } from '../form';
import { storedMap } from '../rows';
import { change, DONE, type Kind, type Pair, pairOf, type State, sweepKind, type Version, versionOf } from '../state';
import { counterparts, type Shared, sharedRows, shiftKind } from './pairs';
import { shiftOf } from './shift';

/** Rows of one transaction. */
const STEP = 5000;

interface Found {
  readonly item: ItemId;
  /** Undefined for a blank map. */
  readonly shift: number | undefined;
}

/** See `Compared.updateShifts`. In a file that is only read, the shifts are kept in memory. */
export const updateShifts = async (
  state: State,
  a: VersionId,
  b: VersionId,
  pause: () => Promise<void>,
  progress: (done: number, total: number) => void,
): ReturnType<Compared['updateShifts']> => {
  const [before, after] = [versionOf(state, a), versionOf(state, b)];
  const pair = pairOf(state, a, b);
  const kinds: Kinds = {
    a: sweepKind(state, before),
    b: sweepKind(state, after),
    other: otherKind(state, a, after),
  };
  // A row may go while others are computed.
  const isThere = (item: ItemId) => before.columns.of.state[item] === DONE && after.columns.of.state[item] === DONE;
  const missing: MissingMap[] = [];
  let total = 0;
  for (const _ of sharedRows(state, before, after)) total++;
  let found: Found[] = [];
  let done = 0;
  const keep = (): void => {
    keepShifts(state, pair, found);
    found = [];
    progress(done, total);
  };
  for (const row of sharedRows(state, before, after)) {
    try {
      await pause();
    } catch (thrown) {
      keep();
      throw thrown;
    }
    const isKnown = pair.columns.of.state[row.item] === DONE;
    const maps = isKnown || !isThere(row.item) ? undefined : mapsOf(state, kinds, row);
    if (maps === 'missing') missing.push({ item: row.item, class: row.class });
    else done++;
    if (maps === undefined || maps === 'missing') continue;
    found.push({ item: row.item, shift: maps.length === 2 ? shiftOf(maps[0], maps[1]) : undefined });
    if (found.length >= STEP) keep();
  }
  keep();
  return missing;
};

interface Kinds {
  readonly a: Kind | undefined;
  readonly b: Kind | undefined;
  /** Of maps of b for the classes that a predicts. */
  readonly other: Kind | undefined;
}

type Maps = readonly [] | readonly [StoredMap, StoredMap];

/** No maps if one of the versions has none for good, such as where its model has no gradients. */
function mapsOf(state: State, kinds: Kinds, { item, ...row }: Shared): Maps | 'missing' {
  if (!kinds.a || !kinds.b) return [];
  const second = mapOf(state, row.isSame ? kinds.b : kinds.other, item);
  if (!row.isSame && second?.class !== row.class) return 'missing';
  const first = second && mapOf(state, kinds.a, item);
  return first ? [first.map, second.map] : [];
}

const COLUMNS = 'class, height, width, lo, hi, offset, signed, data';

function mapOf({ db }: State, kind: Kind | undefined, item: ItemId) {
  const record = kind && db.get(`SELECT ${COLUMNS} FROM maps WHERE key = ?`, keyOf(kind.id, item));
  return record && { class: numberOf(db.file, record['class']), map: storedMap({ db }, record) };
}

const otherKind = ({ kinds }: State, a: VersionId, { id, info }: Version): Kind | undefined =>
  [...kinds.values()].find(
    ({ version, method, layer }) => version === id && method === shiftKind(a) && layer === info.layer,
  );

function keepShifts(state: State, pair: Pair, found: readonly Found[]): void {
  if (found.length === 0) return;
  const write = (): void => {
    for (const { item, shift } of found) note(pair, item, shift);
  };
  if (state.readOnly === undefined) {
    change(state, write);
    return;
  }
  write();
  pair.columns.done();
}

/** See `Compared.commitShifts`. */
export function commitShifts(
  state: State,
  a: VersionId,
  b: VersionId,
  maps: readonly OtherMap[],
  blank: readonly ItemId[],
): void {
  const [before, after] = [versionOf(state, a), versionOf(state, b)];
  const pair = pairOf(state, a, b);
  change(state, () => {
    const kind = kindOf(state, after, shiftKind(a), after.info.layer);
    const classes = counterparts(before, after);
    for (const { item, map, class: index, measures, blank: why } of maps) {
      // The row may have gone, or be another, since the map was asked for.
      if (after.columns.of.state[item] !== DONE || classes[before.columns.of.predicted[item]!] !== index) continue;
      const written: MapToWrite = { ...map, class: index, measures, blank: why };
      writeMap(state, kind, item, written);
      const first = mapOf(state, sweepKind(state, before), item);
      const { lo, hi, data } = quantised(map.values);
      const shift = first && shiftOf(first.map, { ...map, lo, hi, values: data });
      note(pair, item, shift);
    }
    for (const item of blank) note(pair, item, undefined);
  });
}

function note({ columns }: Pair, item: ItemId, shift: number | undefined): void {
  columns.touch(item);
  columns.of.state[item] = DONE;
  columns.of.shift[item] = shift ?? Number.NaN;
}
