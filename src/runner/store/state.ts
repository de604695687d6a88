/** What the runner holds in memory of an open run file: numbers and small tables, rebuilt from the file at opening. */
import { randomUUID } from 'node:crypto';
import type * as v from 'valibot';
import { datasetErrors } from '../../core/dataset-errors';
import { SWEEP_METHOD, type VersionId } from '../../protocol/dataset';
import { type ClusterRecord, readClusterRecords } from './clusters/records';
import { type Columns, createColumns, readBlocks } from './file/columns';
import type { Db } from './file/sqlite';
import { CATEGORY_SET, META, type Meta, metaOf, VERSION } from './file/tables';
import { bytesOf, jsonOf, numberOf, textIn, textOf } from './file/values';

export const ITEM_LAYOUT = {
  /** Position among the items that are listed, from 1; 0 for an item that is gone. */
  rank: ['u32', 0],
  /** Index of `State.sets`: its categories. */
  set: ['u32', 0],
  /** The first item with the same bytes, or 0. */
  duplicate: ['u32', 0],
  /** Index of the split + 1, or 0. */
  split: ['u16', 0],
} as const;

export const WAITING = 0;
export const DONE = 1;
export const FAILED = 2;
/** Of `correct` and `hit`. */
export const UNKNOWN = 0;
export const NO = 1;
export const YES = 2;

export const ROW_LAYOUT = {
  p: ['f64', Number.NaN],
  loss: ['f64', Number.NaN],
  margin: ['f64', Number.NaN],
  entropy: ['f64', Number.NaN],
  border: ['f64', Number.NaN],
  spread: ['f64', Number.NaN],
  energy: ['f64', Number.NaN],
  agreement: ['f64', Number.NaN],
  /** Class of the model, or -1. */
  predicted: ['i32', -1],
  /** Kind of the map that is shown, or 0. */
  kind: ['u16', 0],
  state: ['u8', WAITING],
  correct: ['u8', UNKNOWN],
  hit: ['u8', UNKNOWN],
} as const;

/** Of two versions: how far the heat has moved. */
export const SHIFT_LAYOUT = {
  /** 1 - Spearman's correlation, or NaN. */
  shift: ['f64', Number.NaN],
  /** DONE once it was computed, even if it is unknown since a map is blank. */
  state: ['u8', WAITING],
} as const;

export type ItemColumns = Columns<typeof ITEM_LAYOUT>;
export type RowColumns = Columns<typeof ROW_LAYOUT>;
export type StoredVersion = v.InferOutput<typeof VERSION>;

export interface Version {
  readonly id: VersionId;
  info: StoredVersion;
  readonly columns: RowColumns;
  /** Whether the agreement of rows is that of all maps. */
  agreed: boolean;
  /** No item of a lower position waits. */
  waitingFrom: number;
}

/** What is known of two versions together. */
export interface Pair {
  readonly a: VersionId;
  readonly b: VersionId;
  readonly columns: Columns<typeof SHIFT_LAYOUT>;
}

/** A method and a layer of a version, whose maps can be compared. */
export interface Kind {
  readonly id: number;
  readonly version: VersionId;
  /** Text of the choice; see `kindText`. */
  readonly method: string;
  readonly layer: string;
}

export interface Tag {
  readonly id: number;
  readonly name: string;
  key: string | undefined;
  /** A bit for each item's id. */
  bits: Uint8Array;
}

export interface State {
  readonly db: Db;
  readonly readOnly: string | undefined;
  meta: Meta;
  readonly items: ItemColumns;
  /** Largest id. */
  last: number;
  /** Counts the datasets that were listed. */
  listings: number;
  /** Ids of listed items in the order of paths. */
  order: Uint32Array;
  /** Sets of categories, each once; the first is empty. */
  readonly sets: (readonly number[])[];
  readonly versions: Map<VersionId, Version>;
  /** By `pairKey`. */
  readonly pairs: Map<string, Pair>;
  readonly kinds: Map<number, Kind>;
  readonly tags: Map<number, Tag>;
  clusters: readonly ClusterRecord[];
  /** Higher after each change; what is derived is kept as long as it is the same. */
  changes: number;
  /** The same for what the mean maps depend on. */
  mapChanges: number;
}

const EMPTY: Omit<Meta, 'id'> = { source: '', root: '', categories: [], splits: [], notes: [] };

export function loadState(db: Db, readOnly: string | undefined): State {
  const state: State = {
    db,
    readOnly,
    meta: { id: randomUUID(), ...EMPTY },
    items: createColumns(db.file, ITEM_LAYOUT),
    last: 0,
    listings: 0,
    order: new Uint32Array(),
    sets: [[]],
    versions: new Map(),
    pairs: new Map(),
    kinds: new Map(),
    tags: new Map(),
    clusters: [],
    changes: 0,
    mapChanges: 0,
  };
  readState(state);
  return state;
}

/** Reads everything anew, after another process has written. */
export function readState(state: State): void {
  const { db, items } = state;
  const { file } = db;
  const meta = db.get('SELECT data FROM meta');
  if (meta) state.meta = metaOf(jsonOf(file, META, meta['data']));
  state.last = numberOf(file, db.get('SELECT coalesce(max(id), 0) AS last FROM items')?.['last']);
  items.grow(state.last + 1);
  readBlocks(db, items.read, db.all('SELECT block, data FROM item_blocks ORDER BY block'));
  state.sets.length = 1;
  for (const { id, data } of db.all('SELECT id, data FROM category_sets ORDER BY id'))
    state.sets[numberOf(file, id)] = jsonOf(file, CATEGORY_SET, data);
  orderItems(state);
  state.kinds.clear();
  for (const { id, version, method, layer } of db.all('SELECT id, version, method, layer FROM kinds')) {
    const kind = numberOf(file, id);
    state.kinds.set(kind, {
      id: kind,
      version: numberOf(file, version),
      method: textOf(file, method),
      layer: textOf(file, layer),
    });
  }
  const stored = db.all('SELECT id, data, agreed FROM versions ORDER BY id');
  for (const id of state.versions.keys()) if (!stored.some((one) => one['id'] === id)) state.versions.delete(id);
  for (const { id, data, agreed } of stored) {
    const version = addToState(state, numberOf(file, id), jsonOf(file, VERSION, data));
    version.agreed = agreed === 1;
    const blocks = db.all('SELECT block, data FROM row_blocks WHERE version = ? ORDER BY block', version.id);
    readBlocks(db, version.columns.read, blocks);
    checkColumns(state, version);
  }
  state.pairs.clear();
  for (const { a, b } of db.all('SELECT DISTINCT a, b FROM shift_blocks')) {
    const pair = pairOf(state, numberOf(file, a), numberOf(file, b));
    const blocks = db.all('SELECT block, data FROM shift_blocks WHERE a = ? AND b = ? ORDER BY block', pair.a, pair.b);
    readBlocks(db, pair.columns.read, blocks);
  }
  readTags(state);
  state.clusters = readClusterRecords(db);
  state.changes++;
  state.mapChanges++;
}

export function addToState(state: State, id: VersionId, info: StoredVersion): Version {
  const columns = state.versions.get(id)?.columns ?? createColumns(state.db.file, ROW_LAYOUT);
  columns.grow(state.items.capacity);
  const version: Version = { id, info, columns, agreed: false, waitingFrom: 0 };
  state.versions.set(id, version);
  return version;
}

export const pairKey = (a: VersionId, b: VersionId): string => `${a} ${b}`;

/** The pair of two versions, which is made if there is none yet. */
export function pairOf({ db, pairs, items }: State, a: VersionId, b: VersionId): Pair {
  const key = pairKey(a, b);
  const pair = pairs.get(key) ?? { a, b, columns: createColumns(db.file, SHIFT_LAYOUT) };
  pair.columns.grow(items.capacity);
  pairs.set(key, pair);
  return pair;
}

/** Derives the order from the ranks; a file of which ranks, sets or splits can't be right is refused. */
export function orderItems(state: State): void {
  const { rank, set, split } = state.items.of;
  const { file } = state.db;
  let count = 0;
  for (let id = 1; id <= state.last; id++) if (rank[id]) count++;
  state.order = new Uint32Array(count);
  for (let id = 1; id <= state.last; id++) {
    const position = rank[id]!;
    if (position > count || !state.sets[set[id]!] || split[id]! > state.meta.splits.length)
      throw datasetErrors.runFileInvalid(file, `item ${id} is not as it must be`);
    if (position) state.order[position - 1] = id;
  }
  if (state.order.includes(0)) throw datasetErrors.runFileInvalid(file, 'two items have one position');
}

function checkColumns({ db, last, kinds }: State, { info, columns }: Version): void {
  const { predicted, kind } = columns.of;
  for (let id = 1; id <= last; id++) {
    if (predicted[id]! < info.labels.length && (kind[id] === 0 || kinds.has(kind[id]!))) continue;
    throw datasetErrors.runFileInvalid(db.file, `the row of item ${id} is not as it must be`);
  }
}

export function readTags(state: State): void {
  const { db, tags } = state;
  tags.clear();
  for (const { id, name, key } of db.all('SELECT id, name, key FROM tags ORDER BY name')) {
    const tag = numberOf(db.file, id);
    tags.set(tag, { id: tag, name: textOf(db.file, name), key: textIn(key), bits: new Uint8Array(bitsFor(state)) });
  }
  for (const { tag, block, bits } of db.all('SELECT tag, block, bits FROM tag_blocks')) {
    const found = tags.get(numberOf(db.file, tag));
    const bytes = bytesOf(db.file, bits);
    const at = numberOf(db.file, block) * BITS;
    if (!found || bytes.length !== BITS || at + BITS > found.bits.length)
      throw datasetErrors.runFileInvalid(db.file, `tag ${String(tag)} is not as it must be`);
    found.bits.set(bytes, at);
  }
}

/** Bytes of a block of tags. */
export const BITS = 128;
export const bitsFor = ({ items }: Pick<State, 'items'>): number => items.capacity / 8;

/** @throws run-file-invalid */
export function versionOf({ db, versions }: State, id: VersionId): Version {
  const version = versions.get(id);
  if (!version) throw datasetErrors.runFileInvalid(db.file, `it has no version ${id}`);
  return version;
}

/** The kind of the sweep's maps, if there are any. */
export function sweepKind({ kinds }: State, { id, info }: Version): Kind | undefined {
  return [...kinds.values()].find(
    (kind) => kind.version === id && kind.method === SWEEP_METHOD && kind.layer === info.layer,
  );
}

/** All or nothing: what fails leaves the file and the memory as they were. */
export function change<T>(state: State, act: () => T): T {
  const { db, items, versions, pairs } = state;
  if (state.readOnly !== undefined) throw datasetErrors.runFileUnwritable(db.file, state.readOnly);
  const kinds = new Set(state.kinds.keys());
  const columns = () => [items, ...[...versions.values(), ...pairs.values()].map((each) => each.columns)];
  const { clusters } = state;
  try {
    const result = db.transaction(() => {
      const made = act();
      items.write((block, data) => db.run('INSERT OR REPLACE INTO item_blocks VALUES (?, ?)', block, data));
      for (const { id, columns: rows } of versions.values())
        rows.write((block, data) => db.run('INSERT OR REPLACE INTO row_blocks VALUES (?, ?, ?)', id, block, data));
      for (const { a, b, columns: shifts } of pairs.values())
        shifts.write((block, data) =>
          db.run('INSERT OR REPLACE INTO shift_blocks VALUES (?, ?, ?, ?)', a, b, block, data),
        );
      return made;
    });
    for (const each of columns()) each.done();
    state.changes++;
    return result;
  } catch (thrown) {
    for (const each of columns()) each.rollback();
    // Kinds that were made in the transaction are not in the file.
    for (const kind of state.kinds.values()) if (!kinds.has(kind.id)) state.kinds.delete(kind.id);
    state.clusters = clusters;
    throw thrown;
  }
}
