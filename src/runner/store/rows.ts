/** Rows as lists show them, and what the work on a run file asks of its items. */

import { datasetErrors } from '../../core/dataset-errors';
import { METHODS, type MethodName } from '../../core/methods/names';
import type { ItemId, Row, RowMap, StoredMap, TilePicture, VersionId } from '../../protocol/dataset';
import { unpackedTop } from './commit';
import type { Record } from './file/sqlite';
import { ANNOTATED, keyOf } from './file/tables';
import { bytesOf, jsonOf, numberIn, numberOf, textIn, textOf } from './file/values';
import type { StoredItem } from './form';
import { DONE, FAILED, type State, UNKNOWN, type Version, versionOf, WAITING, YES } from './state';
import type { Thumbnails } from './thumbnails';

const STATES = { [WAITING]: 'waiting', [DONE]: 'done', [FAILED]: 'failed' } as const;
type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** See `RunFile.paths`. */
export function listedPaths({ db, items }: State): ReadonlySet<string> {
  const paths = new Set<string>();
  for (const { id, path } of db.all('SELECT id, path FROM items'))
    if (items.of.rank[numberOf(db.file, id)]) paths.add(textOf(db.file, path));
  return paths;
}

/** @throws run-file-invalid */
export function rowOf(state: State, version: Version, item: ItemId): Row {
  const { db, items, meta, sets } = state;
  const { of } = version.columns;
  const path = textOf(db.file, db.get('SELECT path FROM items WHERE id = ?', item)?.['path']);
  const row: Mutable<Row> = {
    item,
    path,
    categories: sets[items.of.set[item]!]!,
    state: STATES[of.state[item] as keyof typeof STATES] ?? 'waiting',
    tags: tagsOf(state, item),
  };
  const split = items.of.split[item]!;
  if (split > 0) row.split = meta.splits[split - 1]!;
  if (items.of.duplicate[item]) row.duplicateOf = items.of.duplicate[item];
  if (row.state === 'waiting') return row;
  const stored = db.get('SELECT * FROM rows WHERE key = ?', keyOf(version.id, item)) ?? {};
  if (row.state === 'failed') {
    row.error = textIn(stored['error']) ?? 'unknown';
    return row;
  }
  row.size = { width: numberOf(db.file, stored['width']), height: numberOf(db.file, stored['height']) };
  row.top = unpackedTop(bytesOf(db.file, stored['top']));
  for (const name of ['loss', 'margin', 'entropy'] as const)
    if (!Number.isNaN(of[name][item]!)) row[name] = of[name][item]!;
  if (of.correct[item] !== UNKNOWN) row.correct = of.correct[item] === YES;
  const map = mapRecord(state, version, item);
  if (map) row.map = rowMap(state, version, item, map);
  return row;
}

function mapRecord({ db }: State, { columns }: Version, item: ItemId): Record | undefined {
  const kind = columns.of.kind[item]!;
  return kind ? db.get('SELECT * FROM maps WHERE key = ?', keyOf(kind, item)) : undefined;
}

function rowMap({ db, kinds }: State, { columns }: Version, item: ItemId, map: Record): RowMap {
  const { of } = columns;
  const kind = kinds.get(of.kind[item]!)!;
  const found: Mutable<RowMap> = {
    method: methodOf(kind.method),
    layer: kind.layer,
    class: numberOf(db.file, map['class']),
  };
  const [x, y, blank] = [numberIn(map['x']), numberIn(map['y']), textIn(map['blank'])];
  if (x !== undefined && y !== undefined) found.maximum = [x, y];
  for (const name of ['border', 'spread', 'energy', 'agreement'] as const)
    if (!Number.isNaN(of[name][item]!)) found[name] = of[name][item]!;
  if (of.hit[item] !== UNKNOWN) found.hit = of.hit[item] === YES;
  if (blank !== undefined) found.blank = blank;
  return found;
}

/** The method in the text of a kind. */
function methodOf(text: string): MethodName {
  const name = /"method":"([^"]+)"/.exec(text)?.[1] ?? text;
  return METHODS.find((method) => method === name) ?? 'grad-cam';
}

function tagsOf({ tags }: State, item: ItemId): readonly string[] {
  const names: string[] = [];
  for (const { name, bits } of tags.values()) if (bits[item >> 3]! & (1 << (item & 7))) names.push(name);
  return names;
}

export function storedMap({ db }: Pick<State, 'db'>, map: Record): StoredMap {
  const [height, width] = [numberOf(db.file, map['height']), numberOf(db.file, map['width'])];
  const values = bytesOf(db.file, map['data']);
  if (values.length !== height * width)
    throw datasetErrors.runFileInvalid(db.file, 'a map has another size than it says');
  return {
    height,
    width,
    lo: numberOf(db.file, map['lo']),
    hi: numberOf(db.file, map['hi']),
    values,
    offset: numberOf(db.file, map['offset']),
    signed: map['signed'] === 1,
  };
}

export function pictures(
  state: State,
  thumbnails: Thumbnails,
  id: VersionId,
  items: readonly ItemId[],
  maps: boolean,
): readonly TilePicture[] {
  const version = versionOf(state, id);
  const { db } = state;
  return items.map((item) => {
    const picture: Mutable<TilePicture> = { item };
    const thumbnail = thumbnails.get(item);
    if (thumbnail) picture.thumbnail = thumbnail;
    if (version.info.inputSize) picture.inputSize = version.info.inputSize;
    if (version.columns.of.state[item] !== DONE) return picture;
    const row = db.get('SELECT * FROM rows WHERE key = ?', keyOf(id, item));
    if (row) picture.transform = transformOf(db.file, row);
    const map = maps ? mapRecord(state, version, item) : undefined;
    if (map) picture.map = storedMap(state, map);
    return picture;
  });
}

function transformOf(file: string, row: Record): NonNullable<TilePicture['transform']> {
  const number = (name: string) => numberOf(file, row[name]);
  return {
    scaleX: number('scale_x'),
    scaleY: number('scale_y'),
    offsetX: number('offset_x'),
    offsetY: number('offset_y'),
    image: { width: number('width'), height: number('height') },
  };
}

export function itemOf({ db, items, sets, last }: State, id: ItemId): StoredItem {
  const found =
    id <= last ? db.get('SELECT file, bytes, mtime, hex(hash) AS hash FROM items WHERE id = ?', id) : undefined;
  if (!found) throw datasetErrors.runFileInvalid(db.file, `it has no item ${id}`);
  const annotated = db.get('SELECT data FROM annotations WHERE item = ?', id);
  const hash = textIn(found['hash'])?.toLowerCase();
  return {
    id,
    file: textOf(db.file, found['file']),
    bytes: numberOf(db.file, found['bytes']),
    mtime: numberOf(db.file, found['mtime']),
    categories: sets[items.of.set[id]!]!,
    ...(annotated && { annotated: annotatedOf(db.file, annotated) }),
    ...(hash && { hash }),
  };
}

function annotatedOf(file: string, record: Record): NonNullable<StoredItem['annotated']> {
  const { regions, ...image } = jsonOf(file, ANNOTATED, record['data']);
  return { ...image, regions: regions.map(({ outline, ...region }) => ({ ...region, ...(outline && { outline }) })) };
}

/** See `WritableStore.waiting`. */
export function waiting(
  state: State,
  id: VersionId,
  count: number,
  first: readonly ItemId[] = [],
): readonly StoredItem[] {
  const version = versionOf(state, id);
  const { order, items } = state;
  const found = new Set<ItemId>();
  const waits = (item: ItemId) => version.columns.of.state[item] === WAITING;
  for (const item of first) if (found.size < count && items.of.rank[item] && waits(item)) found.add(item);
  while (version.waitingFrom < order.length && !waits(order[version.waitingFrom]!)) version.waitingFrom++;
  for (let i = version.waitingFrom; i < order.length && found.size < count; i++)
    if (waits(order[i]!)) found.add(order[i]!);
  return [...found].map((item) => itemOf(state, item));
}
