/** Rows that other machines have computed; see `WritableStore.commitShard`. */
import type { MethodChoice } from '../../core/methods/choice';
import type { ItemId, VersionId } from '../../protocol/dataset';
import { kindText, writeMaps, writeRows } from './commit';
import { keyOf } from './file/tables';
import { numberOf } from './file/values';
import type { NewMap, NewRow } from './form';
import { change, type State, versionOf, WAITING } from './state';

export function commitShard(
  state: State,
  id: VersionId,
  rows: readonly NewRow[],
  maps: readonly NewMap[],
): { readonly rows: number; readonly maps: number } {
  const version = versionOf(state, id);
  const { columns } = version;
  const newRows = rows.filter(({ item }) => columns.of.state[item] === WAITING);
  return change(state, () => {
    if (newRows.length > 0) writeRows(state, version, newRows);
    const items = maps.map(({ item }) => item);
    const have = maps[0] ? haveMap(state, id, maps[0].method, items) : new Set();
    const newMaps = maps.filter((map) => !have.has(map.item) && columns.of.predicted[map.item] === map.class);
    if (newMaps.length > 0) writeMaps(state, version, newMaps);
    return { rows: newRows.length, maps: newMaps.length };
  });
}

/** See `RunFile.haveMap`. */
export function haveMap(
  state: State,
  id: VersionId,
  method: MethodChoice,
  items: readonly ItemId[],
): ReadonlySet<ItemId> {
  const { db, kinds } = state;
  const { columns } = versionOf(state, id);
  const text = kindText(method);
  const known = [...kinds.values()].filter((kind) => kind.version === id && kind.method === text);
  const have = (item: number) =>
    known.some((kind) => {
      const found = db.get('SELECT class FROM maps WHERE key = ?', keyOf(kind.id, item));
      return found !== undefined && numberOf(db.file, found['class']) === columns.of.predicted[item];
    });
  return new Set(items.filter(have));
}
