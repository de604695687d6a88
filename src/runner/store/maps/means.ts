/** Mean maps of classes, and how much the map of a row agrees with that of its class. */
import { setImmediate } from 'node:timers/promises';
import { errors } from '../../../core/errors';
import { quantised } from '../../../core/measures/quantise';
import type { AtlasEntry, StoredMap, VersionId } from '../../../protocol/dataset';
import { isShiftKind } from '../compare/pairs';
import type { Record } from '../file/sqlite';
import { itemOf, keyOf } from '../file/tables';
import { numberOf } from '../file/values';
import { storedMap } from '../rows';
import { change, DONE, type Kind, type State, sweepKind, type Version, versionOf } from '../state';
import { correlation, FULL, levelsOf } from './quantise';

interface Sum {
  readonly height: number;
  readonly width: number;
  readonly signed: boolean;
  count: number;
  /** Of `levelsOf`, exact: a million maps stay below 2^53. */
  readonly levels: Float64Array;
}

/** By class or category, and by size: the sums of maps that are not blank. */
type Sums = Map<number, Map<string, Sum>>;

interface Means {
  /** `State.mapChanges` when they were made. */
  readonly at: number;
  /** By kind: sums by the class that the maps explain. */
  readonly explained: ReadonlyMap<number, Sums>;
  /** Of the sweep's maps, by category. */
  readonly truly: Sums;
}

interface Signal {
  readonly aborted: boolean;
}

export interface Maps {
  atlas(id: VersionId, by: AtlasEntry['by'], indices: readonly number[]): Promise<readonly AtlasEntry[]>;
  items(id: VersionId, by: AtlasEntry['by'], index: number, count: number): readonly number[];
  updateAgreement(id: VersionId, signal: Signal): Promise<void>;
}

/** Maps that are read at once, and blocks of rows that are written at once. */
const STEP = 2000;

/** Calls with the maps of a kind whose items are listed and computed, in steps. */
export async function eachMap(
  { db, items, last }: State,
  { columns }: Version,
  kind: Kind,
  signal: Signal | undefined,
  use: (item: number, map: StoredMap, record: Record) => void,
): Promise<void> {
  let from = keyOf(kind.id, 0);
  for (;;) {
    const records = db.all(
      'SELECT key, class, height, width, lo, hi, offset, signed, data FROM maps WHERE key >= ? AND key <= ? ORDER BY key LIMIT ?',
      ...([from, keyOf(kind.id, last), STEP] as const),
    );
    for (const record of records) {
      const key = numberOf(db.file, record['key']);
      const item = itemOf(key);
      from = key + 1;
      if (items.of.rank[item] && columns.of.state[item] === DONE) use(item, storedMap({ db }, record), record);
    }
    if (records.length < STEP) return;
    await setImmediate();
    if (signal?.aborted) throw errors.cancelled();
  }
}

const levels = ({ lo, hi, values, offset, signed }: StoredMap) => levelsOf({ lo, hi, data: values, offset, signed });
const sizeText = ({ height, width, signed }: Pick<Sum, 'height' | 'width' | 'signed'>) =>
  `${height} ${width} ${signed}`;

function add(sums: Sums, index: number, map: StoredMap, found: Int32Array): void {
  const bySize = sums.get(index) ?? new Map<string, Sum>();
  sums.set(index, bySize);
  const { height, width, signed } = map;
  const key = sizeText(map);
  const sum = bySize.get(key) ?? { height, width, signed, count: 0, levels: new Float64Array(found.length) };
  bySize.set(key, sum);
  sum.count++;
  for (let i = 0; i < found.length; i++) sum.levels[i]! += found[i]!;
}

async function meansOf(state: State, version: Version, signal?: Signal): Promise<Means> {
  const at = state.mapChanges;
  const explained = new Map<number, Sums>();
  const truly: Sums = new Map();
  const swept = sweepKind(state, version);
  for (const kind of [...state.kinds.values()].filter((each) => each.version === version.id && !isShiftKind(each))) {
    const sums: Sums = new Map();
    explained.set(kind.id, sums);
    await eachMap(state, version, kind, signal, (item, map, record) => {
      const found = levels(map);
      if (!found) return;
      add(sums, numberOf(state.db.file, record['class']), map, found);
      if (kind === swept)
        for (const category of state.sets[state.items.of.set[item]!]!) add(truly, category, map, found);
    });
  }
  return { at, explained, truly };
}

export function createMaps(state: State): Maps {
  const known = new Map<VersionId, Means>();
  async function current(version: Version, signal?: Signal): Promise<Means> {
    const there = known.get(version.id);
    if (there?.at === state.mapChanges) return there;
    const made = await meansOf(state, version, signal);
    known.set(version.id, made);
    return made;
  }
  return {
    async atlas(id, by, indices) {
      const version = versionOf(state, id);
      const { explained, truly } = await current(version);
      const kind = sweepKind(state, version);
      const sums = by === 'true' ? truly : kind && explained.get(kind.id);
      const counts = countsOf(state, version, by);
      return indices.map((index) => {
        const sum = mostOf(sums?.get(index));
        return { by, index, count: counts.get(index) ?? 0, ...(sum && { map: meanOf(sum) }) };
      });
    },
    items(id, by, index, count) {
      const all = itemsOf(state, versionOf(state, id), by, index);
      if (all.length <= count) return all;
      return Array.from({ length: count }, (_, i) => all[Math.floor((i * all.length) / count)]!);
    },
    async updateAgreement(id, signal) {
      const version = versionOf(state, id);
      if (version.agreed || state.readOnly !== undefined) return;
      const means = await current(version, signal);
      for (const [kindId, sums] of means.explained) await agree(state, version, state.kinds.get(kindId)!, sums, signal);
      // Rows that were committed meanwhile have changed the means.
      if (means.at !== state.mapChanges) return;
      change(state, () => state.db.run('UPDATE versions SET agreed = 1 WHERE id = ?', id));
      version.agreed = true;
    },
  };
}

async function agree(state: State, version: Version, kind: Kind, sums: Sums, signal: Signal): Promise<void> {
  let found: (readonly [item: number, agreement: number])[] = [];
  const write = () => {
    const { columns } = version;
    change(state, () => {
      for (const [item, agreement] of found) {
        if (columns.of.kind[item] !== kind.id || Object.is(columns.of.agreement[item], agreement)) continue;
        columns.touch(item);
        columns.of.agreement[item] = agreement;
      }
    });
    found = [];
  };
  await eachMap(state, version, kind, signal, (item, map, record) => {
    if (version.columns.of.kind[item] !== kind.id) return;
    const own = levels(map);
    const sum = mostOf(sums.get(numberOf(state.db.file, record['class'])));
    const agreement = own && sum && sizeText(sum) === sizeText(map) ? correlation(own, sum.levels) : undefined;
    found.push([item, agreement ?? Number.NaN]);
    if (found.length >= 20 * STEP) write();
  });
  write();
}

/** Of the size that most maps have; of equal numbers the larger one. */
function mostOf(bySize: ReadonlyMap<string, Sum> | undefined): Sum | undefined {
  return [...(bySize?.values() ?? [])].sort(
    (a, b) => b.count - a.count || b.levels.length - a.levels.length || b.width - a.width,
  )[0];
}

function meanOf({ height, width, signed, count, levels: sums }: Sum): StoredMap {
  const { lo, hi, data } = quantised(sums.map((sum) => sum / (count * FULL)));
  return { height, width, lo, hi, values: data, offset: 0, signed };
}

function itemsOf({ order, items, sets }: State, { columns }: Version, by: AtlasEntry['by'], index: number): number[] {
  const { state, predicted } = columns.of;
  const holds = sets.map((set) => set.includes(index));
  const found: number[] = [];
  for (const id of order) {
    if (state[id] !== DONE) continue;
    if (by === 'true' ? holds[items.of.set[id]!] : predicted[id] === index) found.push(id);
  }
  return found;
}

function countsOf({ order, items, sets }: State, { columns }: Version, by: AtlasEntry['by']): Map<number, number> {
  const counts = new Map<number, number>();
  const { state, predicted } = columns.of;
  for (const id of order) {
    if (state[id] !== DONE) continue;
    for (const index of by === 'true' ? sets[items.of.set[id]!]! : [predicted[id]!])
      counts.set(index, (counts.get(index) ?? 0) + 1);
  }
  return counts;
}
