/**
 * Thumbnails lie in a file of their own, which may be deleted at any time. So no failure of it is one of the run file:
 * what can't be read counts as absent, and what can't be kept is made again when it is asked for.
 */
import path from 'node:path';
import type { ItemId } from '../../protocol/dataset';
import { type Db, openDb } from './file/sqlite';

export interface Thumbnails {
  get(item: ItemId): Uint8Array | undefined;
  keep(thumbnails: readonly (readonly [ItemId, Uint8Array])[]): void;
  copy(from: ItemId, to: ItemId): void;
  /** Images that have changed. */
  forget(items: readonly ItemId[]): void;
  close(): void;
}

/**
 * @param folder without one, none are kept
 * @param id of the run file, so that another one in its place has its own
 */
export function openThumbnails(folder: string | undefined, id: string, readOnly: boolean): Thumbnails {
  let db: Db | undefined;
  let failed = folder === undefined;
  function opened(): Db | undefined {
    if (db || failed || folder === undefined) return db;
    db = openDb(path.join(folder, `${id}.thumbnails`), { readOnly });
    if (!readOnly)
      db.exec(`PRAGMA journal_mode = WAL; PRAGMA synchronous = OFF;
        CREATE TABLE IF NOT EXISTS thumbnails (item INTEGER PRIMARY KEY, data BLOB NOT NULL) STRICT`);
    return db;
  }
  function attempt<T>(use: (db: Db) => T): T | undefined {
    try {
      const there = opened();
      return there && use(there);
    } catch {
      // See above. It is not tried again, as it may fail slowly, such as on a full disk.
      failed = true;
      db = undefined;
      return undefined;
    }
  }
  return {
    get: (item) => {
      const data = attempt((there) => there.get('SELECT data FROM thumbnails WHERE item = ?', item)?.['data']);
      return data instanceof Uint8Array ? data : undefined;
    },
    keep(thumbnails) {
      if (thumbnails.length === 0 || readOnly) return;
      attempt((there) =>
        there.transaction(() => {
          for (const [item, data] of thumbnails)
            there.run('INSERT OR REPLACE INTO thumbnails VALUES (?, ?)', item, data);
        }),
      );
    },
    copy(from, to) {
      if (readOnly) return;
      attempt((there) =>
        there.run('INSERT OR REPLACE INTO thumbnails SELECT ?, data FROM thumbnails WHERE item = ?', to, from),
      );
    },
    forget(items) {
      if (items.length === 0 || readOnly) return;
      attempt((there) =>
        there.transaction(() => {
          for (const item of items) there.run('DELETE FROM thumbnails WHERE item = ?', item);
        }),
      );
    },
    close: () => db?.close(),
  };
}
