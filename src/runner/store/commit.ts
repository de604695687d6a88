/** Writes rows and maps: each call is one transaction. */
import type { Measures } from '../../core/measures/measures';
import { quantised } from '../../core/measures/quantise';
import type { MethodChoice } from '../../core/methods/choice';
import { type ItemId, SWEEP_METHOD, type VersionId } from '../../protocol/dataset';
import { forgetShifts } from './compare/pairs';
import { keyOf } from './file/tables';
import { numberOf } from './file/values';
import type { NewMap, NewRow } from './form';
import {
  change,
  DONE,
  FAILED,
  type Kind,
  NO,
  type State,
  sweepKind,
  UNKNOWN,
  type Version,
  versionOf,
  YES,
} from './state';

type Swept = Extract<NewRow, { readonly swept: unknown }>;
type Map = NonNullable<Swept['swept']['map']>;

export function commitRows(state: State, id: VersionId, rows: readonly NewRow[]): void {
  const version = versionOf(state, id);
  change(state, () => writeRows(state, version, rows));
}

/** Inside of a change. */
export function writeRows(state: State, version: Version, rows: readonly NewRow[]): void {
  for (const row of rows) {
    clearRow(state, version, row.item);
    if (row.hash !== undefined) setHash(state, row.item, row.hash);
    if ('swept' in row) writeSwept(state, version, row);
    else {
      version.columns.of.state[row.item] = FAILED;
      const { code, message } = row.error;
      state.db.run('INSERT INTO rows (key, code, error) VALUES (?, ?, ?)', keyOf(version.id, row.item), code, message);
    }
  }
  mapsChanged(state, version);
}

function mapsChanged(state: State, version: Version): void {
  state.mapChanges++;
  if (version.agreed) state.db.run('UPDATE versions SET agreed = 0 WHERE id = ?', version.id);
  version.agreed = false;
}

function clearRow(state: State, { id, columns }: Version, item: ItemId): void {
  const wasWaiting = columns.of.state[item] === 0;
  columns.clear(item);
  if (wasWaiting) return;
  forgetShifts(state, item, id);
  state.db.run('DELETE FROM rows WHERE key = ?', keyOf(id, item));
  state.db.run('DELETE FROM embeddings WHERE key = ?', keyOf(id, item));
  for (const kind of state.kinds.values())
    if (kind.version === id) state.db.run('DELETE FROM maps WHERE key = ?', keyOf(kind.id, item));
}

const truthValue = (known: boolean | undefined): number => (known === undefined ? UNKNOWN : known ? YES : NO);

function writeSwept(state: State, version: Version, { item, swept, correct }: Swept): void {
  const { db } = state;
  const { of } = version.columns;
  const { top, loss, margin, entropy, size, transform, embedding, map, measures, blank } = swept;
  of.state[item] = DONE;
  of.correct[item] = truthValue(correct);
  of.predicted[item] = top[0]?.[0] ?? -1;
  of.p[item] = top[0]?.[1] ?? Number.NaN;
  of.loss[item] = loss ?? Number.NaN;
  of.margin[item] = margin;
  of.entropy[item] = entropy ?? Number.NaN;
  const key = keyOf(version.id, item);
  const { scaleX, scaleY, offsetX, offsetY } = transform;
  db.run(
    'INSERT INTO rows VALUES (?, ?, NULL, NULL, ?, ?, ?, ?, ?, ?)',
    ...([key, packedTop(top), size.width, size.height, scaleX, scaleY, offsetX, offsetY] as const),
  );
  const { lo, hi, data } = quantised(embedding);
  db.run('INSERT INTO embeddings VALUES (?, ?, ?, ?)', key, lo, hi, data);
  if (!map) return;
  const kind = kindOf(state, version, SWEEP_METHOD, version.info.layer);
  writeMap(state, kind, item, { ...map, values: map.map, class: top[0]?.[0] ?? 0, measures: measures ?? {}, blank });
  showMap(version, item, kind, measures ?? {});
}

export interface MapToWrite extends Pick<Map, 'height' | 'width' | 'offset' | 'signed'> {
  readonly values: Float32Array;
  readonly class: number;
  readonly measures: Measures;
  readonly blank?: string | undefined;
}

export function writeMap({ db }: State, kind: Kind, item: ItemId, map: MapToWrite): void {
  const { lo, hi, data } = quantised(map.values);
  const { maximum, border, spread, energy, hit } = map.measures;
  db.run(
    'INSERT OR REPLACE INTO maps VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)',
    ...([keyOf(kind.id, item), map.class, map.height, map.width, lo, hi, map.offset, Number(map.signed)] as const),
    ...([maximum?.[0] ?? null, maximum?.[1] ?? null, border ?? null, spread ?? null, energy ?? null] as const),
    ...([hit === undefined ? null : Number(hit), map.blank ?? null, data] as const),
  );
}

/** Makes a map the one that is shown, with its measures. */
function showMap({ columns }: Version, item: ItemId, kind: Kind, { border, spread, energy, hit }: Measures): void {
  columns.touch(item);
  const { of } = columns;
  of.kind[item] = kind.id;
  of.border[item] = border ?? Number.NaN;
  of.spread[item] = spread ?? Number.NaN;
  of.energy[item] = energy ?? Number.NaN;
  of.hit[item] = truthValue(hit);
  of.agreement[item] = Number.NaN;
}

/** Pairs of a class (uint32) and its p (float64), little-endian. */
function packedTop(top: readonly (readonly [number, number])[]): Uint8Array {
  const bytes = new Uint8Array(12 * top.length);
  const view = new DataView(bytes.buffer);
  for (const [i, [index, p]] of top.entries()) {
    view.setUint32(12 * i, index, true);
    view.setFloat64(12 * i + 4, p, true);
  }
  return bytes;
}

export function unpackedTop(bytes: Uint8Array): readonly (readonly [index: number, p: number])[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Array.from({ length: Math.floor(bytes.length / 12) }, (_, i) => [
    view.getUint32(12 * i, true),
    view.getFloat64(12 * i + 4, true),
  ]);
}

export function commitMaps(state: State, id: VersionId, maps: readonly NewMap[]): void {
  const version = versionOf(state, id);
  change(state, () => writeMaps(state, version, maps));
}

/** Inside of a change. */
export function writeMaps(state: State, version: Version, maps: readonly NewMap[]): void {
  for (const { item, method, layer, class: index, map, measures, blank } of maps) {
    const kind = kindOf(state, version, kindText(method), layer);
    writeMap(state, kind, item, { ...map, class: index, measures, blank });
    if (version.columns.of.predicted[item] === index) showMap(version, item, kind, measures);
  }
  mapsChanged(state, version);
}

/**
 * The text by which a choice is known. The sweep's own method without options has its name alone, since the blurred
 * image is not in use there.
 */
export function kindText({ method, options, blur }: MethodChoice): string {
  const given = Object.entries(options).sort(([a], [b]) => (a < b ? -1 : 1));
  if (method === SWEEP_METHOD && given.length === 0) return method;
  return JSON.stringify({
    method,
    options: Object.fromEntries(given),
    blur: { kernel: blur.kernel, sigma: blur.sigma },
  });
}

export function kindOf(state: State, { id: version }: Version, method: string, layer: string): Kind {
  for (const kind of state.kinds.values())
    if (kind.version === version && kind.method === method && kind.layer === layer) return kind;
  const id = state.db.insert('INSERT INTO kinds (version, method, layer) VALUES (?, ?, ?)', version, method, layer);
  const kind = { id, version, method, layer };
  state.kinds.set(id, kind);
  return kind;
}

/** Notes the hash of an item's bytes, and which of the items with these bytes is the first. */
function setHash({ db, items }: State, item: ItemId, hash: string): void {
  const bytes = Buffer.from(hash, 'hex');
  db.run('UPDATE items SET hash = ? WHERE id = ?', bytes, item);
  const { duplicate, rank } = items.of;
  const found = db.all('SELECT id FROM items WHERE hash = ? AND id <> ? LIMIT 1', bytes, item);
  const other = found.map(({ id }) => numberOf(db.file, id)).find((id) => rank[id]);
  if (other === undefined) return;
  const first = duplicate[other] || other;
  if (first === item) return;
  if (rank[first]! < rank[item]!) {
    items.touch(item);
    duplicate[item] = first;
    return;
  }
  for (const { id } of db.all('SELECT id FROM items WHERE hash = ?', bytes)) {
    const same = numberOf(db.file, id);
    items.touch(same);
    duplicate[same] = same === item ? 0 : item;
  }
}

/** An item with these bytes that is computed; failures are not repeated for others, as they name the file. */
export function twin(state: State, id: VersionId, hash: string): ItemId | undefined {
  const { columns } = versionOf(state, id);
  const { db } = state;
  return db
    .all('SELECT id FROM items WHERE hash = ?', Buffer.from(hash, 'hex'))
    .map((found) => numberOf(db.file, found['id']))
    .find((item) => columns.of.state[item] === DONE);
}

export function copyRow(state: State, id: VersionId, from: ItemId, to: ItemId): void {
  const version = versionOf(state, id);
  const { db } = state;
  change(state, () => {
    clearRow(state, version, to);
    const { of } = version.columns;
    for (const column of Object.values(of)) column[to] = column[from]!;
    const kind = sweepKind(state, version);
    // The copy starts with the sweep's map, as if it were computed: better maps are asked for by themselves.
    const hash = db.get('SELECT hex(hash) AS hash FROM items WHERE id = ?', from)?.['hash'];
    if (typeof hash === 'string' && hash !== '') setHash(state, to, hash);
    for (const [table, group] of [
      ['rows', id],
      ['embeddings', id],
      ...(kind ? [['maps', kind.id] as const] : []),
    ] as const)
      copyRecord(state, table, keyOf(group, from), keyOf(group, to));
    const shown = kind && db.get('SELECT border, spread, energy, hit FROM maps WHERE key = ?', keyOf(kind.id, to));
    if (kind && shown) {
      const known = (value: unknown) => (typeof value === 'number' ? { value } : undefined);
      const [border, spread, energy, hit] = [shown['border'], shown['spread'], shown['energy'], shown['hit']].map(
        known,
      );
      showMap(version, to, kind, {
        ...(border && { border: border.value }),
        ...(spread && { spread: spread.value }),
        ...(energy && { energy: energy.value }),
        ...(hit && { hit: hit.value === 1 }),
      });
    } else of.kind[to] = 0;
    mapsChanged(state, version);
  });
}

const COPIED = {
  rows: 'top, code, error, width, height, scale_x, scale_y, offset_x, offset_y',
  embeddings: 'lo, hi, data',
  maps: 'class, height, width, lo, hi, offset, signed, x, y, border, spread, energy, hit, blank, data',
} as const;

function copyRecord({ db }: State, table: keyof typeof COPIED, from: number, to: number): void {
  const columns = COPIED[table];
  db.run(`INSERT INTO ${table} (key, ${columns}) SELECT ?, ${columns} FROM ${table} WHERE key = ?`, to, from);
}
