/** Names, pins and removes versions. */
import { datasetErrors } from '../../../core/dataset-errors';
import { parseQuery } from '../../../core/query/parse';
import { printQuery } from '../../../core/query/print';
import { withVersions } from '../../../core/query/versions';
import type { VersionId } from '../../../protocol/dataset';
import { dropClusters } from '../clusters/write';
import { keyOf } from '../file/tables';
import { textOf } from '../file/values';
import { dropRepairs } from '../repairs/repairs';
import { change, readState, type State, type Version, versionOf } from '../state';
import { shiftKind } from './pairs';

/** @throws version-name-taken if another version has it, or if it is empty */
export function nameVersion(state: State, id: VersionId, wanted: string): void {
  const version = versionOf(state, id);
  const name = wanted.trim();
  const before = version.info.name;
  if (name === '') throw datasetErrors.versionName('""', 'it is empty');
  if ([...state.versions.values()].some((other) => other.id !== id && other.info.name === name))
    throw datasetErrors.versionName(`"${name}"`, 'another version has it');
  change(state, () => {
    write(state, version, { ...version.info, name });
    for (const view of state.db.all('SELECT name, query FROM views')) {
      const query = textOf(state.db.file, view['query']);
      const renamed = printQuery(withVersions(parseQuery(query), (called) => (called === before ? name : called)));
      if (renamed === printQuery(parseQuery(query))) continue;
      state.db.run('UPDATE views SET query = ? WHERE name = ?', renamed, view['name'] ?? null);
    }
  });
}

export function pinVersion(state: State, id: VersionId, pinned: boolean): void {
  const version = versionOf(state, id);
  change(state, () => write(state, version, { ...version.info, pinned }));
}

function write({ db }: State, version: Version, info: Version['info']): void {
  db.run('UPDATE versions SET data = ? WHERE id = ?', JSON.stringify(info), version.id);
  version.info = info;
}

/** See `Compared.removeVersion`. */
export function removeVersion(state: State, id: VersionId): void {
  const { db, kinds, versions, pairs } = state;
  versionOf(state, id);
  const gone = [...kinds.values()].filter(({ version, method }) => version === id || method === shiftKind(id));
  try {
    change(state, () => {
      for (const table of ['rows', 'embeddings'] as const) removeKeys(state, table, id);
      for (const kind of gone) {
        removeKeys(state, 'maps', kind.id);
        db.run('DELETE FROM kinds WHERE id = ?', kind.id);
      }
      dropClusters(state, id);
      dropRepairs(db, id);
      db.run('DELETE FROM shift_blocks WHERE a = ? OR b = ?', id, id);
      db.run('DELETE FROM row_blocks WHERE version = ?', id);
      db.run('DELETE FROM versions WHERE id = ?', id);
      for (const kind of gone) kinds.delete(kind.id);
      for (const [key, { a, b }] of pairs) if (a === id || b === id) pairs.delete(key);
      versions.delete(id);
    });
  } catch (thrown) {
    // The small tables in memory may lack what the file still has.
    readState(state);
    throw thrown;
  }
  state.mapChanges++;
}

function removeKeys({ db }: State, table: 'rows' | 'embeddings' | 'maps', group: number): void {
  db.run(`DELETE FROM ${table} WHERE key >= ? AND key < ?`, keyOf(group, 0), keyOf(group + 1, 0));
}
