/** What other machines are to compute, and the rows that they have computed. */
import type { MethodChoice } from '../../core/methods/choice';
import { listOf } from '../../files/datasets/list-of';
import type { ListedItem } from '../../files/datasets/listed';
import type { ItemId, VersionId } from '../../protocol/dataset';
import { kindText, writeMaps, writeRows } from './commit';
import { keyOf } from './file/tables';
import { numberOf, textOf } from './file/values';
import type { Listed, NewMap, NewRow } from './form';
import { itemOf } from './rows';
import { change, type State, versionOf, WAITING } from './state';
import { versionChoice } from './versions';

/** See `RunFile.listed`. */
export function listedOf(state: State, id: VersionId): Listed {
  const { db, meta, sets, items } = state;
  const { info } = versionOf(state, id);
  const { name, model, labels, activation, layer, classes, assumptions, inputSize } = info;
  const ids = state.order.slice();
  // Items of one set share its list of names, of which there may be one for each of a million.
  const names = sets.map((set) => set.map((category) => meta.categories[category]!));
  const itemAt = (index: number): ListedItem => {
    const item = ids[index]!;
    const { file, bytes, mtime, annotated } = itemOf(state, item);
    const split = meta.splits[items.of.split[item]! - 1];
    return {
      path: textOf(db.file, db.get('SELECT path FROM items WHERE id = ?', item)?.['path']),
      ...{ file, bytes, mtime, categories: names[items.of.set[item]!]! },
      ...(split !== undefined && { split }),
      ...(annotated && { annotated }),
    };
  };
  const { id: _, ...listing } = meta;
  return {
    ids,
    dataset: { ...listing, items: listOf(ids.length, itemAt) },
    version: {
      ...{ name, model, labels, activation, layer, classes, assumptions },
      ...versionChoice(state, id),
      ...(inputSize && { inputSize }),
    },
  };
}

/** See `WritableStore.commitShard`. */
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
