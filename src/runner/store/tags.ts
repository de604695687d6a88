/** Tags: a bit for each item, stored in blocks. The last changes can be taken back, also after the file was closed. */
import { parse as parseCsv } from 'csv-parse/sync';
import { errors, reasonOf } from '../../core/errors';
import { readWritten } from '../../files/text';
import type { ItemId } from '../../protocol/dataset';
import { withoutGuard, wordsOf } from './export/cells';
import { bytesOf, numberOf } from './file/values';
import { BITS, bitsFor, change, readTags, type State, type Tag } from './state';

/** Changes that can be taken back. */
const UNDONE = 100;

/** What one change sets or takes off. */
interface TagChange {
  readonly tag: string;
  readonly items: ArrayLike<ItemId>;
  readonly on: boolean;
}

/** A change of tags: what fails leaves the memory as it was. */
function changing<T>(state: State, act: () => T): T {
  try {
    return change(state, act);
  } catch (thrown) {
    readTags(state);
    throw thrown;
  }
}

export function setTag(state: State, { tag, items, on }: TagChange): number {
  const words = (changed: number) => `tag "${tag}" ${on ? 'set on' : 'taken off'} ${images(changed)}`;
  return apply(state, [{ tag, items, on }], words);
}

const images = (count: number) => `${count} image${count === 1 ? '' : 's'}`;

/** @returns the number of items that have changed */
function apply(state: State, changes: readonly TagChange[], words: (changed: number) => string): number {
  return changing(state, () => {
    const { db } = state;
    const before = new Map([...state.tags].map(([id, { bits }]) => [id, bits.slice()]));
    const changed = new Set<ItemId>();
    for (const { tag: name, items, on } of changes) {
      const tag = tagNamed(state, name);
      for (let i = 0; i < items.length; i++) {
        const id = items[i]!;
        const bit = 1 << (id & 7);
        if (((tag.bits[id >> 3]! & bit) !== 0) === on) continue;
        tag.bits[id >> 3]! ^= bit;
        changed.add(id);
      }
    }
    if (changed.size === 0) return 0;
    const undo = db.insert('INSERT INTO undo (words) VALUES (?)', words(changed.size));
    for (const tag of state.tags.values()) writeTag(state, tag, before.get(tag.id), undo);
    db.run('DELETE FROM undo_blocks WHERE undo <= ?', undo - UNDONE);
    db.run('DELETE FROM undo WHERE id <= ?', undo - UNDONE);
    return changed.size;
  });
}

/** Writes the blocks that differ, and what has changed in them. */
function writeTag({ db }: State, { id, bits }: Tag, before: Uint8Array | undefined, undo: number): void {
  for (let at = 0; at < bits.length; at += BITS) {
    const flipped = new Uint8Array(BITS);
    let differs = 0;
    for (let i = 0; i < BITS; i++) {
      flipped[i] = bits[at + i]! ^ (before?.[at + i] ?? 0);
      differs |= flipped[i]!;
    }
    if (differs === 0) continue;
    const block = at / BITS;
    db.run('INSERT OR REPLACE INTO tag_blocks VALUES (?, ?, ?)', id, block, bits.slice(at, at + BITS));
    db.run('INSERT INTO undo_blocks VALUES (?, ?, ?, ?)', undo, id, block, flipped);
  }
}

function tagNamed(state: State, name: string): Tag {
  const { db, tags } = state;
  const known = [...tags.values()].find((tag) => tag.name === name);
  if (known) return known;
  const id = db.insert('INSERT INTO tags (name) VALUES (?)', name);
  const tag: Tag = { id, name, key: undefined, bits: new Uint8Array(bitsFor(state)) };
  tags.set(id, tag);
  return tag;
}

/** @returns in words what was taken back; empty if there was nothing */
export function undo(state: State): string {
  const { db } = state;
  const last = db.get('SELECT id, words FROM undo ORDER BY id DESC LIMIT 1');
  if (!last) return '';
  const id = numberOf(db.file, last['id']);
  changing(state, () => {
    for (const { tag, block, bits } of db.all('SELECT tag, block, bits FROM undo_blocks WHERE undo = ?', id)) {
      const found = state.tags.get(numberOf(db.file, tag));
      if (!found) continue;
      const at = numberOf(db.file, block) * BITS;
      const flipped = bytesOf(db.file, bits);
      for (let i = 0; i < BITS; i++) found.bits[at + i]! ^= flipped[i]!;
      const now = found.bits.slice(at, at + BITS);
      db.run('INSERT OR REPLACE INTO tag_blocks VALUES (?, ?, ?)', found.id, at / BITS, now);
    }
    db.run('DELETE FROM undo_blocks WHERE undo = ?', id);
    db.run('DELETE FROM undo WHERE id = ?', id);
  });
  return String(last['words']);
}

/** A key belongs to one tag: the tag that had it loses it. */
export function tagKey(state: State, name: string, key: string | undefined): void {
  changing(state, () => {
    const tag = tagNamed(state, name);
    if (key !== undefined) {
      state.db.run('UPDATE tags SET key = NULL WHERE key = ?', key);
      for (const other of state.tags.values()) if (other.key === key) other.key = undefined;
    }
    state.db.run('UPDATE tags SET key = ? WHERE id = ?', key ?? null, tag.id);
    tag.key = key;
  });
}

/**
 * Sets the tags of the images that a CSV names, in place of those that they have; as one change.
 *
 * @returns the number of lines
 * @throws list-invalid
 */
export async function importTags(state: State, file: string): Promise<number> {
  const text = await readWritten(file).catch((thrown) => {
    throw errors.listInvalid(file, reasonOf(thrown));
  });
  const lines = linesOf(text, file);
  const wanted = new Map<string, Set<ItemId>>();
  const named = new Set<ItemId>();
  for (const { record, info } of lines) {
    const at = `${file}:${info.lines}`;
    const image = withoutGuard(record.image);
    if (image === undefined || record.tags === undefined)
      throw errors.listInvalid(at, 'the first line must name the columns image and tags');
    const found = state.db.get('SELECT id FROM items WHERE path = ?', image);
    if (!found) throw errors.listInvalid(at, `${image} is no image of this dataset`);
    const item = numberOf(state.db.file, found['id']);
    named.add(item);
    for (const tag of wordsOf(record.tags, at)) {
      const items = wanted.get(tag) ?? new Set();
      wanted.set(tag, items.add(item));
    }
  }
  const names = new Set([...wanted.keys(), ...[...state.tags.values()].map(({ name }) => name)]);
  const changes = [...names].flatMap((tag): TagChange[] => {
    const on = wanted.get(tag) ?? new Set();
    const off = [...named].filter((item) => !on.has(item));
    return [
      { tag, items: [...on], on: true },
      { tag, items: off, on: false },
    ];
  });
  apply(state, changes, (changed) => `tags of ${images(changed)} read from ${file}`);
  return lines.length;
}

interface Line {
  readonly record: { readonly image?: string; readonly tags?: string };
  readonly info: { readonly lines: number };
}

function linesOf(text: string, file: string): readonly Line[] {
  try {
    return parseCsv(text, { bom: true, columns: true, info: true, skip_empty_lines: true });
  } catch (thrown) {
    throw errors.listInvalid(file, reasonOf(thrown));
  }
}
