/** Opens run files; see `form.ts`. */
import { parseQuery } from '../../core/query/parse';
import { pausing } from '../../files/pause';
import { createClusters } from './clusters/clusters';
import { commitMaps, commitRows, copyRow, twin } from './commit';
import { comparisonOf } from './compare/flips';
import { nameVersion, pinVersion, removeVersion } from './compare/manage';
import { shiftsBetween } from './compare/pairs';
import { commitShifts, updateShifts } from './compare/shifts';
import { trendOf } from './compare/trend';
import { enter, setDataset } from './dataset';
import { exported } from './export/export';
import { openDatabase } from './file/opening';
import type { OpenRunFile, RunFile } from './form';
import { classesOf } from './lists/classes';
import { histogramsOf } from './lists/histograms';
import { createLists, idsOfQuery, positionOf } from './lists/lists';
import { createMaps } from './maps/means';
import { createRepairs } from './repairs/repairs';
import { itemOf, listedPaths, pictures, rowOf, waiting } from './rows';
import { commitShard, haveMap, listedOf } from './shard';
import { change, DONE, loadState, NO, readState, type State, versionOf, WAITING } from './state';
import { importTags, setTag, tagKey, undo } from './tags';
import { openThumbnails } from './thumbnails';
import { addVersion, createInfo, setMeanings, versionChoice } from './versions';

export const openRunFile: OpenRunFile = async (file, options) => {
  const { db, readOnly } = await openDatabase(file, options);
  try {
    const state = loadState(db, readOnly);
    return runFile(state, options.thumbnails);
  } catch (thrown) {
    db.close();
    throw thrown;
  }
};

function runFile(state: State, folder: string | undefined): RunFile {
  const { db, readOnly } = state;
  if (readOnly === undefined && !db.get('SELECT 1 FROM meta'))
    change(state, () => db.run('INSERT INTO meta VALUES (1, ?)', JSON.stringify(state.meta)));
  const thumbnails = openThumbnails(folder, state.meta.id, readOnly !== undefined);
  const lists = createLists(state);
  const maps = createMaps(state);
  const info = createInfo(state);
  /** Where another process writes, what it has written since is read first. */
  const fresh = createRefresh(state);

  return {
    info() {
      fresh();
      return info();
    },
    refresh: fresh,
    enter: (dataset, signal) => enter(state, dataset, pausing(signal)),
    setDataset(dataset, entered) {
      const { listing, other } = setDataset(state, dataset, entered);
      thumbnails.forget(other);
      return listing;
    },
    addVersion: (version) => addVersion(state, version),
    setMeanings: (meanings, notes) => setMeanings(state, meanings, notes),
    isAnnotated: () => db.get('SELECT 1 FROM annotations LIMIT 1') !== undefined,
    versionChoice: (version) => versionChoice(state, version),
    item: (id) => itemOf(state, id),
    waiting: (version, count, first) => waiting(state, version, count, first),
    twin: (version, hash) => twin(state, version, hash),
    copyRow(version, from, to) {
      copyRow(state, version, from, to);
      thumbnails.copy(from, to);
    },
    commitRows(version, rows) {
      commitRows(state, version, rows);
      thumbnails.keep(
        rows.flatMap((row) =>
          'swept' in row && row.swept.thumbnail ? [[row.item, row.swept.thumbnail] as const] : [],
        ),
      );
    },
    commitMaps: (version, made) => commitMaps(state, version, made),
    commitShard: (version, rows, made) => commitShard(state, version, rows, made),
    waits: (version, item) => versionOf(state, version).columns.of.state[item] === WAITING,
    keepThumbnails: thumbnails.keep,
    list: (params, context) => {
      fresh();
      return lists.make(params, { signal: context.signal, emit: (event, rows) => context.emit(event, rows) });
    },
    rows({ version, list, from, count }) {
      const of = versionOf(state, version);
      return Array.from(lists.ids(list).subarray(from, from + count), (item) => rowOf(state, of, item));
    },
    row({ version, item, list }) {
      fresh();
      const position = list === undefined ? undefined : positionOf(lists.ids(list), item);
      itemOf(state, item);
      return { row: rowOf(state, versionOf(state, version), item), ...(position !== undefined && { position }) };
    },
    pictures: ({ version, items, maps: withMaps }) => pictures(state, thumbnails, version, items, withMaps),
    async histograms({ version, query, bins }, { signal }) {
      fresh();
      const of = versionOf(state, version);
      return histogramsOf(state, of, await idsOfQuery(state, of, query), bins, signal);
    },
    classes({ version }) {
      fresh();
      return classesOf(state, versionOf(state, version));
    },
    atlas(version, by, indices) {
      fresh();
      return maps.atlas(version, by, indices);
    },
    atlasItems: maps.items,
    updateAgreement: maps.updateAgreement,
    paths() {
      fresh();
      return listedPaths(state);
    },
    listed(version) {
      fresh();
      return listedOf(state, version);
    },
    itemsOf(version, of) {
      if (typeof of === 'object') return [...lists.selected(of)];
      const { columns } = versionOf(state, version);
      const holds = (id: number) => columns.of.state[id] === DONE && (of === 'all' || columns.of.correct[id] === NO);
      return [...state.order.filter(holds)];
    },
    haveMap: (version, method, items) => haveMap(state, version, method, items),
    compare(a, b, signal) {
      fresh();
      return comparisonOf(state, a, b, signal);
    },
    trend(signal) {
      fresh();
      return trendOf(state, signal);
    },
    shifts(a, b, items) {
      const known = shiftsBetween(state, a, b);
      return Float64Array.from(items, (item) => known[item] ?? Number.NaN);
    },
    updateShifts: (a, b, pause, progress) => updateShifts(state, a, b, pause, progress),
    commitShifts: (a, b, made, blank) => commitShifts(state, a, b, made, blank),
    nameVersion: (version, name) => nameVersion(state, version, name),
    pinVersion: (version, pinned) => pinVersion(state, version, pinned),
    removeVersion: (version) => removeVersion(state, version),
    tag: ({ of, tag, on }) => ({ changed: setTag(state, { tag, items: lists.selected(of), on }) }),
    undo: () => ({ undone: undo(state) }),
    tagKey({ tag, key }) {
      tagKey(state, tag, key);
      return {};
    },
    saveView({ view: { name, query } }) {
      parseQuery(query);
      change(state, () => db.run('INSERT OR REPLACE INTO views VALUES (?, ?)', name, query));
      return {};
    },
    removeView({ name }) {
      change(state, () => db.run('DELETE FROM views WHERE name = ?', name));
      return {};
    },
    importTags: async ({ file }) => ({ rows: await importTags(state, file) }),
    async export(version, of, kind, output, signal) {
      const ids = lists.selected(of);
      await exported(kind, output, { state, version: versionOf(state, version), info: info(), ids, signal });
      return { rows: ids.length };
    },
    clusters: createClusters(state, fresh),
    repairs: createRepairs(state, fresh),
    close() {
      thumbnails.close();
      db.close();
    },
  };
}

function createRefresh(state: State): () => boolean {
  if (state.readOnly === undefined) return () => false;
  const dataVersion = () => state.db.get('PRAGMA data_version')?.['data_version'];
  let known = dataVersion();
  return () => {
    const now = dataVersion();
    if (now === known) return false;
    readState(state);
    known = now;
    return true;
  };
}
