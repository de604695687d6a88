/** A run file that is kept in memory, for tests of the work on it. */
import type { ItemId, VersionInfo } from '../../../src/protocol/dataset';
import type { NewMap, NewRow, RunFile, StoredItem } from '../../../src/runner/store/form';

export interface MemoryFile extends RunFile {
  readonly rowsById: ReadonlyMap<ItemId, NewRow>;
  readonly maps: readonly NewMap[];
  /** Items of each transaction. */
  readonly commits: readonly (readonly ItemId[])[];
  readonly copies: readonly (readonly [from: ItemId, to: ItemId])[];
  /** Called before rows are written. */
  beforeCommit?: () => void;
}

/** With the parts of a run file that sweeps and maps use. */
export function memoryFile(
  items: readonly StoredItem[],
  root: string,
  { categories, classes }: { readonly categories: readonly string[]; readonly classes: VersionInfo['classes'] },
): MemoryFile {
  const byId = new Map(items.map((item) => [item.id, item]));
  const rowsById = new Map<ItemId, NewRow>();
  const commits: ItemId[][] = [];
  const copies: [ItemId, ItemId][] = [];
  const maps: NewMap[] = [];
  const file = {
    rowsById,
    commits,
    copies,
    maps,
    info: () => {
      const rows = [...rowsById.values()];
      const failed = rows.filter((row) => 'error' in row).length;
      return {
        root,
        items: items.length,
        categories,
        versions: [{ id: 1, classes, done: rows.length - failed, failed }],
      };
    },
    item: (id: ItemId) => byId.get(id)!,
    waiting: (_version: number, count: number, first: readonly ItemId[] = []) => {
      const order = [...first.map((id) => byId.get(id)!), ...items];
      return [...new Set(order)].filter(({ id }) => !rowsById.has(id)).slice(0, count);
    },
    twin: (_version: number, hash: string) =>
      [...rowsById.values()].find((row) => 'swept' in row && row.hash === hash)?.item,
    copyRow: (_version: number, from: ItemId, to: ItemId) => {
      copies.push([from, to]);
      rowsById.set(to, { ...rowsById.get(from)!, item: to });
    },
    commitRows: (_version: number, rows: readonly NewRow[]) => {
      (file as { beforeCommit?: () => void }).beforeCommit?.();
      commits.push(rows.map(({ item }) => item));
      for (const row of rows) rowsById.set(row.item, row);
    },
    commitMaps: (_version: number, more: readonly NewMap[]) => void maps.push(...more),
    haveMap: () => new Set<ItemId>(maps.map(({ item }) => item)),
    row: ({ item }: { item: ItemId }) => {
      const row = rowsById.get(item);
      return { row: row && 'swept' in row ? { item, top: row.swept.top } : { item } };
    },
    updateAgreement: async () => {},
  };
  return file as unknown as MemoryFile;
}
