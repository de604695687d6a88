/**
 * Writes which items a dataset has; see `WritableStore.setDataset`. Items get their numbers first, in many short
 * transactions: no list has them before the last one, in which all of them get their places.
 */
import type { ListedDataset, ListedItem } from '../../files/datasets/listed';
import type { ItemId, VersionId } from '../../protocol/dataset';
import { categoriesChanged, rowDropped } from './clusters/write';
import { forgetShifts } from './compare/pairs';
import { keyOf } from './file/tables';
import { numberOf, textIn } from './file/values';
import type { Entered, Listing } from './form';
import { type PathWriter, pathWriter } from './lists/paths';
import { change, orderItems, readState, type State } from './state';

export interface Written {
  readonly listing: Listing;
  /** Images of another size or time; their thumbnails are old. */
  readonly other: readonly ItemId[];
}

const NEW = 1;
const OTHER_IMAGE = 2;
const OTHER_FILE = 4;

/** Items of a transaction: some milliseconds. */
const STEP = 512;

function nothingEntered({ listings }: State, { items }: ListedDataset): Entered {
  return { ids: new Uint32Array(items.length), is: new Uint8Array(items.length), listings };
}

export async function enter(state: State, dataset: ListedDataset, pause: () => Promise<void>): Promise<Entered> {
  const entered = nothingEntered(state, dataset);
  // An empty file gets room for all at once; growing would leave copies behind.
  if (state.last === 0) growItems(state, dataset.items.length + 1);
  const paths = pathWriter(state.db);
  for (let from = 0; from < dataset.items.length; from += STEP) {
    await pause();
    enterSome(state, dataset, entered, paths, [from, Math.min(from + STEP, dataset.items.length)]);
  }
  return entered;
}

function enterSome(
  state: State,
  { items }: ListedDataset,
  { ids, is }: Entered,
  paths: PathWriter,
  [from, to]: readonly [from: number, to: number],
): void {
  const { db } = state;
  const { last } = state;
  const step = (): void => {
    for (let i = from; i < to; i++) {
      const item = items.at(i)!;
      const known = db.get('SELECT id, file, bytes, mtime FROM items WHERE path = ?', item.path);
      if (known) {
        ids[i] = numberOf(db.file, known['id']);
        if (known['bytes'] !== item.bytes || known['mtime'] !== item.mtime) is[i]! |= OTHER_IMAGE;
        if (known['file'] !== item.file) is[i]! |= OTHER_FILE;
        continue;
      }
      const id = insertItem(state, item);
      paths.add(id, item.path);
      if (item.annotated) annotate(state, id, item, false);
      ids[i] = id;
      is[i] = NEW;
    }
    paths.write();
  };
  try {
    change(state, step);
  } catch (thrown) {
    state.last = last;
    throw thrown;
  }
}

/** @param entered what `enter` has made of the same dataset; it counts no more if another was listed since */
export function setDataset(state: State, dataset: ListedDataset, entered?: Entered): Written {
  const isFresh = entered !== undefined && entered.listings === state.listings;
  const found = isFresh ? entered : nothingEntered(state, dataset);
  if (!isFresh) enterSome(state, dataset, found, pathWriter(state.db), [0, dataset.items.length]);
  try {
    const written = change(state, () => write(state, dataset, found));
    state.listings++;
    return written;
  } catch (thrown) {
    // The small tables in memory may be those of the new listing already.
    readState(state);
    throw thrown;
  }
}

function write(state: State, dataset: ListedDataset, { ids, is }: Entered): Written {
  const { db, items } = state;
  const truths = truthsOf(state);
  const before = { set: items.of.set.slice(), rank: items.of.rank.slice() };
  writeMeta(state, dataset);
  const setOf = interning(state, dataset.categories);
  const splitOf = new Map(dataset.splits.map((name, i) => [name, i + 1]));
  for (let id = 1; id <= state.last; id++) {
    if (items.of.rank[id] === 0 && items.of.split[id] === 0) continue;
    items.touch(id);
    items.of.rank[id] = 0;
    // Splits are indices into those of the listing, which an image that is gone has no part in.
    items.of.split[id] = 0;
  }
  const hadAnnotations = db.get('SELECT 1 FROM annotations LIMIT 1') !== undefined;
  const other: ItemId[] = [];
  let [added, changed] = [0, 0];
  let i = -1;
  for (const item of dataset.items) {
    const id = ids[++i]!;
    const set = setOf(item.categories);
    items.touch(id);
    items.of.rank[id] = i + 1;
    items.of.set[id] = set;
    items.of.split[id] = splitOf.get(item.split ?? '') ?? 0;
    if (is[i] === NEW) {
      added++;
      continue;
    }
    const otherObjects = annotate(state, id, item, hadAnnotations);
    const isOther = (is[i]! & OTHER_IMAGE) !== 0;
    const otherTruth = truths[before.set[id]!] !== truthOf(item.categories);
    if (isOther) other.push(id);
    if (isOther) db.run('UPDATE items SET bytes = ?, mtime = ?, hash = NULL WHERE id = ?', item.bytes, item.mtime, id);
    if (is[i]! & OTHER_FILE) db.run('UPDATE items SET file = ? WHERE id = ?', item.file, id);
    if (isOther || otherTruth || otherObjects) {
      dropRows(state, id);
      changed++;
    }
  }
  let gone = 0;
  for (let id = 1; id < before.rank.length; id++) if (before.rank[id] && !items.of.rank[id]) gone++;
  orderItems(state);
  findDuplicates(state);
  for (const version of state.versions.values()) version.waitingFrom = 0;
  state.mapChanges++;
  db.run('UPDATE versions SET agreed = 0');
  for (const version of state.versions.values()) version.agreed = false;
  return { listing: { added, changed, gone }, other };
}

/** Separates names of categories; no name has it. */
const AND = '\0';
const truthOf = (categories: readonly string[]): string => [...categories].sort().join(AND);

/** By index of a set: the names of its categories, as `truthOf` gives them. */
const truthsOf = ({ sets, meta }: State): readonly string[] =>
  sets.map((set) => truthOf(set.map((category) => meta.categories[category] ?? '')));

function writeMeta(state: State, { source, root, categories, splits, notes, limit }: ListedDataset): void {
  const { db, meta } = state;
  const before = meta.categories;
  state.meta = {
    id: meta.id,
    source,
    root,
    categories: [...categories],
    splits: [...splits],
    notes: [...notes],
    ...(limit !== undefined && { limit }),
  };
  db.run('INSERT OR REPLACE INTO meta VALUES (1, ?)', JSON.stringify(state.meta));
  if (before.join(AND) === categories.join(AND)) return;
  // Categories keep their meaning by name; those that a version does not know mean none of its classes.
  for (const version of state.versions.values()) {
    const classes = categories.map((name) => version.info.classes[before.indexOf(name)] ?? []);
    version.info = { ...version.info, classes };
    db.run('UPDATE versions SET data = ? WHERE id = ?', JSON.stringify(version.info), version.id);
  }
  categoriesChanged(state, before, categories);
  const kept = state.sets.map((set) =>
    set.map((category) => categories.indexOf(before[category] ?? '')).filter((category) => category >= 0),
  );
  for (const [id, set] of kept.entries()) {
    state.sets[id] = set;
    if (id > 0) db.run('UPDATE category_sets SET data = ? WHERE id = ?', JSON.stringify(set), id);
  }
}

function interning(state: State, categories: readonly string[]): (names: readonly string[]) => number {
  const indices = new Map(categories.map((name, i) => [name, i]));
  const known = new Map(state.sets.map((set, id) => [set.join(), id] as const).reverse());
  // Items share their lists of names, of which there may be one for each of a million.
  let last: readonly [names: readonly string[], id: number] | undefined;
  const idOf = (names: readonly string[]) => {
    const set = [...new Set(names.map((name) => indices.get(name) ?? -1))].filter((i) => i >= 0).sort((a, b) => a - b);
    const key = set.join();
    const found = known.get(key);
    if (found !== undefined) return found;
    const id = state.sets.length;
    state.sets.push(set);
    known.set(key, id);
    state.db.run('INSERT INTO category_sets VALUES (?, ?)', id, JSON.stringify(set));
    return id;
  };
  return (names) => {
    if (last?.[0] !== names) last = [names, idOf(names)];
    return last[1];
  };
}

/** Makes room for more items in all that has a place for each. */
function growItems({ items, versions, pairs, tags }: State, capacity: number): void {
  items.grow(capacity);
  for (const { columns } of [...versions.values(), ...pairs.values()]) columns.grow(items.capacity);
  for (const tag of tags.values()) {
    const bits = new Uint8Array(items.capacity / 8);
    bits.set(tag.bits);
    tag.bits = bits;
  }
}

function insertItem(state: State, { path, file, bytes, mtime }: ListedItem): ItemId {
  const id = ++state.last;
  if (id >= state.items.capacity) growItems(state, Math.max(id + 1, Math.floor(state.items.capacity * 1.5)));
  state.db.run('INSERT INTO items VALUES (?, ?, ?, ?, ?, NULL)', id, path, file, bytes, mtime);
  return id;
}

/** @returns whether the item's objects are others than before */
function annotate({ db }: State, id: ItemId, { annotated }: ListedItem, hadAnnotations: boolean): boolean {
  const data = annotated && JSON.stringify(annotated);
  const before = hadAnnotations
    ? textIn(db.get('SELECT data FROM annotations WHERE item = ?', id)?.['data'])
    : undefined;
  if (before === data) return false;
  if (data === undefined) db.run('DELETE FROM annotations WHERE item = ?', id);
  else db.run('INSERT OR REPLACE INTO annotations VALUES (?, ?)', id, data);
  return true;
}

/** Removes what is computed of an item under one version, or under all. */
export function dropRows(state: State, item: ItemId, of?: VersionId): void {
  const { db, versions, kinds } = state;
  for (const { id, columns } of versions.values()) {
    if ((of !== undefined && of !== id) || columns.of.state[item] === 0) continue;
    rowDropped(state, id, columns.of.predicted[item]!);
    columns.clear(item);
    db.run('DELETE FROM rows WHERE key = ?', keyOf(id, item));
    db.run('DELETE FROM embeddings WHERE key = ?', keyOf(id, item));
  }
  forgetShifts(state, item, of);
  for (const { id, version } of kinds.values())
    if (of === undefined || of === version) db.run('DELETE FROM maps WHERE key = ?', keyOf(id, item));
}

/** Finds anew which items have the bytes of one that comes before them. */
function findDuplicates({ db, items }: State): void {
  const { duplicate, rank } = items.of;
  for (let id = 1; id < duplicate.length; id++) {
    if (duplicate[id] === 0) continue;
    items.touch(id);
    duplicate[id] = 0;
  }
  const found = db.all(
    `SELECT id, hex(hash) AS hash FROM items
     WHERE hash IN (SELECT hash FROM items WHERE hash IS NOT NULL GROUP BY hash HAVING count(*) > 1)`,
  );
  const first = new Map<string, number>();
  const listed = found
    .map(({ id, hash }) => ({ id: numberOf(db.file, id), hash: String(hash) }))
    .filter(({ id }) => rank[id])
    .sort((a, b) => rank[a.id]! - rank[b.id]!);
  for (const { id, hash } of listed) {
    const before = first.get(hash);
    if (before === undefined) first.set(hash, id);
    else {
      items.touch(id);
      duplicate[id] = before;
    }
  }
}
