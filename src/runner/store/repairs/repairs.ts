/** Trainings of a run file; see `form.ts`. */
import { datasetErrors } from '../../../core/dataset-errors';
import type { ItemId, VersionId } from '../../../protocol/dataset';
import { formOf } from '../file/opening';
import type { Db } from '../file/sqlite';
import { numberOf, textOf } from '../file/values';
import type { State } from '../state';
import type { RepairStore, StoredRepair } from './form';
import { accuraciesOf, groupsOf } from './groups';
import { dataOf, imagesOf, imagesText, mapOf, mapText, repairOf } from './records';

/** The form of run files that have trainings. */
const SINCE = 2;
const TABLES = ['repair_maps', 'repair_epochs'] as const;

/** @param fresh reads what another process has written since */
export function createRepairs(state: State, fresh: () => void): RepairStore {
  const { db } = state;
  if (state.readOnly === undefined) interrupt(db);

  function get(repair: number): StoredRepair {
    const found = hasTables(db)
      ? db.get('SELECT id, version, state, data FROM repairs WHERE id = ?', repair)
      : undefined;
    if (!found) throw datasetErrors.runFileInvalid(db.file, `it has no training ${repair}`);
    return repairOf(db, found);
  }

  function change(repair: number, changed: Partial<StoredRepair>): void {
    const { reason, ...before } = get(repair);
    const wanted = changed.state === undefined ? reason : changed.reason;
    const now = { ...before, ...changed, ...(wanted === undefined ? {} : { reason: wanted }) };
    db.run('UPDATE repairs SET state = ?, data = ? WHERE id = ?', now.state, dataOf(now), repair);
  }

  return {
    add({ version, of, ...repair }) {
      const images = { train: of.train.length, heldOut: of.heldOut.length };
      const stored = { ...repair, version, repair: 0, state: 'waiting', images, losses: [], epochs: [] } as const;
      return db.insert(
        'INSERT INTO repairs (version, state, data, images) VALUES (?, ?, ?, ?)',
        ...[version, stored.state, dataOf(stored), imagesText(of)],
      );
    },
    all: () =>
      hasTables(db)
        ? db.all('SELECT id, version, state, data FROM repairs ORDER BY id').map((record) => repairOf(db, record))
        : [],
    get,
    images(repair) {
      const found = db.get('SELECT images FROM repairs WHERE id = ?', get(repair).repair);
      return imagesOf(db, textOf(db.file, found?.['images']), state.last);
    },
    maps: (repair) =>
      db
        .all(
          'SELECT epoch, item, data, map FROM repair_maps WHERE repair = ? ORDER BY epoch, rowid',
          get(repair).repair,
        )
        .map((record) => mapOf(db, record)),
    change: (repair, changed) => db.transaction(() => change(repair, changed)),
    addEpoch(repair, epoch, losses) {
      db.transaction(() => {
        change(repair, { losses });
        db.run('INSERT OR REPLACE INTO repair_epochs VALUES (?, ?, ?)', repair, epoch.epoch, JSON.stringify(epoch));
      });
    },
    addMap(repair, map) {
      const { epoch, item } = map;
      const data = mapText(map);
      db.run('INSERT OR REPLACE INTO repair_maps VALUES (?, ?, ?, ?, ?)', repair, epoch, item, data, map.map.values);
    },
    remove: (repair) => db.transaction(() => remove(db, repair)),
    groups: (version) => {
      fresh();
      return groupsOf(state, version);
    },
    accuracies: (a, b) => {
      fresh();
      return accuraciesOf(state, a, b, trainedFor(b));
    },
  };

  /** Items that a version was trained on. */
  function trainedFor(version: VersionId): ReadonlySet<ItemId> {
    if (!hasTables(db)) return new Set();
    const records = db.all('SELECT id, version, state, data, images FROM repairs');
    const found = records.find((record) => repairOf(db, record).added === version);
    const images = found && imagesOf(db, textOf(db.file, found['images']), state.last);
    return new Set(images?.train.map(({ item }) => item));
  }
}

const hasTables = (db: Db): boolean => formOf(db) >= SINCE;

function remove(db: Db, repair: number): void {
  for (const table of TABLES) db.run(`DELETE FROM ${table} WHERE repair = ?`, repair);
  db.run('DELETE FROM repairs WHERE id = ?', repair);
}

/** Within the transaction that removes the version. */
export function dropRepairs(db: Db, version: VersionId): void {
  for (const { id } of db.all('SELECT id FROM repairs WHERE version = ?', version)) remove(db, numberOf(db.file, id));
}

/** Whoever opens a file to write to it is its only writer, so what was in work has been interrupted. */
function interrupt(db: Db): void {
  db.run("UPDATE repairs SET state = 'interrupted' WHERE state IN ('running', 'waiting')");
}
