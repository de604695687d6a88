/** Clusters of a run file: the answers to requests about them, and what the work on them reads. */
import { datasetErrors } from '../../../core/dataset-errors';
import { nearest } from '../../../core/model/classes/near';
import type { ClusteredBy, ClusterInfo, ClusterSet, Scatter } from '../../../protocol/clusters';
import type { ClustersSummary, ItemId, StoredMap, VersionId } from '../../../protocol/dataset';
import { clustersCommand } from '../../plan/commands';
import type { Record } from '../file/sqlite';
import { keyOf } from '../file/tables';
import { bytesOf, numberIn, numberOf } from '../file/values';
import { eachMap } from '../maps/means';
import { storedMap } from '../rows';
import { DONE, NO, type State, sweepKind, type Version, versionOf, YES } from '../state';
import { type ClassRows, itemsOfClass, othersThan, rowsByClass } from './classes';
import type { ClusterStore, Stored } from './form';
import { type ClusterRecord, isByThisRule, membersOf, picturesOf } from './records';
import { commitClusters, placeClusters, recordOf, removeClusters } from './write';

/** @param fresh reads what another process has written since */
export function createClusters(state: State, fresh: () => void): ClusterStore {
  const rowsOf = createRowsByClass(state);
  const isOutdated = (version: Version, { by, class: index, dropped, data }: ClusterRecord): boolean =>
    dropped || rowsOf(version, by).get(index)?.digest !== data.digest;

  return {
    classes(id, by) {
      const version = versionOf(state, id);
      const rows = rowsOf(version, by);
      const found = state.clusters.filter((record) => record.version === id && record.by === by);
      const indices = new Set([...rows.keys(), ...found.map((record) => record.class)]);
      return [...indices]
        .sort((a, b) => a - b)
        .map((index) => {
          const record = recordOf(state, id, by, index);
          const images = rows.get(index)?.count ?? 0;
          if (!record) return { class: index, images };
          const { name, layout, data } = record;
          const judged = isByThisRule(data) && data.clusters.every(({ suspicion }) => suspicion);
          return { class: index, images, set: { name, layout, judged, outdated: isOutdated(version, record) } };
        });
    },
    members(id, by, index) {
      const version = versionOf(state, id);
      const items = itemsOfClass(state, version, by, index);
      const predicted = Int32Array.from(items, (item) => version.columns.of.predicted[item]!);
      return { items, predicted, digest: rowsOf(version, by).get(index)?.digest ?? '' };
    },
    stored: (version, item) => storedOf(state, versionOf(state, version), item),
    async eachMap(id, signal, use) {
      const version = versionOf(state, id);
      const kind = sweepKind(state, version);
      if (!kind) return;
      await eachMap(state, version, kind, signal, (item, map) => use(map, version.columns.of.predicted[item]!));
    },
    others: (version, index, count) => othersThan(state, versionOf(state, version), index, count),
    commit: (version, set) => commitClusters(state, version, set),
    place: (version, by, index, digest, places) => placeClusters(state, version, by, index, digest, places),
    remove: (version, by, index) => removeClusters(state, version, by, index),
    sets(id, by) {
      fresh();
      const version = versionOf(state, id);
      return state.clusters
        .filter((record) => record.version === id && record.by === by)
        .sort(mostSuspiciousFirst)
        .map((record) => setOf(state, version, record, isOutdated(version, record)));
    },
    scatter(id, name) {
      fresh();
      return scatterOf(state, versionOf(state, id), setNamed(state, id, name));
    },
  };
}

function createRowsByClass(state: State) {
  let at = -1;
  const known = new Map<string, ReadonlyMap<number, ClassRows>>();
  return (version: Version, by: ClusteredBy): ReadonlyMap<number, ClassRows> => {
    if (at !== state.changes) known.clear();
    at = state.changes;
    const key = `${version.id} ${by}`;
    const found = known.get(key) ?? rowsByClass(state, version, by);
    known.set(key, found);
    return found;
  };
}

function storedOf({ db, kinds, ...state }: State, version: Version, item: ItemId): Stored {
  const kind = sweepKind({ ...state, db, kinds }, version);
  const found = kind && db.get('SELECT * FROM maps WHERE key = ?', keyOf(kind.id, item));
  const embedding = db.get('SELECT lo, hi, data FROM embeddings WHERE key = ?', keyOf(version.id, item));
  const energy = numberIn(found?.['energy']);
  return {
    ...(found && { map: storedMap({ db }, found) }),
    ...(energy !== undefined && { energy }),
    ...(embedding && { embedding: quantisedOf(db.file, embedding) }),
  };
}

const quantisedOf = (file: string, record: Record) => ({
  lo: numberOf(file, record['lo']),
  hi: numberOf(file, record['hi']),
  data: bytesOf(file, record['data']),
});

/** Of a set its most suspicious cluster; sets without a suspicion come last, by their names. */
function mostSuspiciousFirst(a: ClusterRecord, b: ClusterRecord): number {
  const [x, y] = [highest(a), highest(b)];
  return y.sure - x.sure || y.score - x.score || (a.name < b.name ? -1 : 1);
}

function highest({ data }: ClusterRecord): { readonly sure: number; readonly score: number } {
  const all = data.clusters.map(({ suspicion }) => ({
    sure: suspicion?.suspicious ? 1 : 0,
    score: suspicion?.score ?? Number.NEGATIVE_INFINITY,
  }));
  const none = { sure: 0, score: -Number.MAX_VALUE };
  return all.reduce((best, one) => ((one.sure - best.sure || one.score - best.score) > 0 ? one : best), none);
}

export const clusterName = (set: string, index: number): string => `${set} ${index + 1}`;

/** One for each version that has clusters. */
export function summariesOf({ clusters }: State): readonly ClustersSummary[] {
  return [...new Set(clusters.map(({ version }) => version))].map((version) => {
    const sets = clusters.filter((record) => record.version === version);
    const suspicious = sets
      .flatMap(({ name, data }) => data.clusters.map(({ suspicion }, k) => ({ name: clusterName(name, k), suspicion })))
      .filter(({ suspicion }) => suspicion?.suspicious)
      .sort((a, b) => b.suspicion!.score - a.suspicion!.score || (a.name < b.name ? -1 : 1));
    return { version, sets: sets.length, suspicious: suspicious.map(({ name }) => name) };
  });
}

/** Sizes and accuracies are those of the rows as they are now. */
function setOf(state: State, { columns }: Version, record: ClusterRecord, outdated: boolean): ClusterSet {
  const { db, items } = state;
  const { data, name, by, class: index } = record;
  const members = membersOf(db, record, state.last);
  const pictures = picturesOf(db, record);
  const isOld = !isByThisRule(data);
  const counts = data.clusters.map(() => ({ size: 0, right: 0, wrong: 0 }));
  let blank = 0;
  members.items.forEach((item, n) => {
    if (items.of.rank[item] === 0) return;
    const count = counts[members.cluster[n]!];
    if (!count) {
      blank++;
      return;
    }
    count.size++;
    if (columns.of.correct[item] === YES) count.right++;
    if (columns.of.correct[item] === NO) count.wrong++;
  });
  const clusters = data.clusters.map(({ suspicion, map, image, examples }, k): ClusterInfo => {
    const { size, right, wrong } = counts[k]!;
    const stored: StoredMap = { ...map, values: pictures[k]!.map, offset: 0, signed: false };
    return {
      name: clusterName(name, k),
      size,
      ...(right + wrong > 0 && { accuracy: right / (right + wrong) }),
      ...(suspicion && { suspicion: { ...suspicion, ...(isOld && { byOlderRule: true }) } }),
      map: stored,
      ...(image && { image: { ...image, rgb: pictures[k]!.image! } }),
      examples: examples.filter((item) => (items.of.rank[item] ?? 0) > 0),
    };
  });
  const images = blank + counts.reduce((sum, { size }) => sum + size, 0);
  return { name, by, class: index, images, blank, outdated, clusters };
}

function scatterOf(state: State, { columns }: Version, record: ClusterRecord): Scatter {
  const members = membersOf(state.db, record, state.last);
  const listed = [...members.items.keys()].filter((n) => state.items.of.rank[members.items[n]!]! > 0);
  const places = new Float32Array(2 * listed.length);
  listed.forEach((n, i) => {
    places.set(members.places.subarray(2 * n, 2 * n + 2), 2 * i);
  });
  return {
    layout: record.layout,
    places,
    items: Uint32Array.from(listed, (n) => members.items[n]!),
    cluster: Uint8Array.from(listed, (n) => members.cluster[n]!),
    correct: Uint8Array.from(listed, (n) => {
      const item = members.items[n]!;
      const { state: computed, correct } = columns.of;
      return computed[item] !== DONE ? 2 : correct[item] === YES ? 1 : correct[item] === NO ? 0 : 2;
    }),
  };
}

/** @throws query-invalid */
export const setNamed = (state: State, version: VersionId, name: string): ClusterRecord =>
  named(state, version, 'set of clusters', name, recordsOf(state, version));

/** @throws query-invalid */
export function clusterNamed(state: State, version: VersionId, name: string) {
  const known = recordsOf(state, version).flatMap((record) =>
    record.data.clusters.map((_, index) => ({ name: clusterName(record.name, index), record, index })),
  );
  return named(state, version, 'cluster', name, known);
}

const recordsOf = ({ clusters }: State, version: VersionId) => clusters.filter((record) => record.version === version);

function named<T extends { readonly name: string }>(
  state: State,
  version: VersionId,
  what: string,
  name: string,
  known: readonly T[],
): T {
  const found = known.find((each) => each.name === name);
  if (found) return found;
  const of = versionOf(state, version).info.name;
  if (known.length === 0) throw datasetErrors.noClusters(name, of, clustersCommand(state.db.file, of));
  const [near] = nearest(known, name, 1);
  throw datasetErrors.unknownCluster(
    what,
    name,
    known.map((each) => each.name),
    near?.name,
  );
}
