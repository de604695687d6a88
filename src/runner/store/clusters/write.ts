/** Writes sets of clusters; each call is one transaction, or a part of one. */
import { RULE } from '../../../core/clusters/suspicion';
import type { ClusteredBy } from '../../../protocol/clusters';
import type { VersionId } from '../../../protocol/dataset';
import { nameFor } from '../../plan/names';
import { change, type State, type Version, versionOf } from '../state';
import type { NewClusterSet } from './form';
import { type ClusterRecord, readClusterRecords, type StoredClusters } from './records';

/** A change of clusters in a transaction of its own. */
function changing(state: State, act: () => void): void {
  change(state, () => {
    act();
    state.clusters = readClusterRecords(state.db);
  });
}

export const recordOf = (
  { clusters }: State,
  version: VersionId,
  by: ClusteredBy,
  index: number,
): ClusterRecord | undefined =>
  clusters.find((record) => record.version === version && record.by === by && record.class === index);

export function commitClusters(state: State, id: VersionId, set: NewClusterSet): void {
  const version = versionOf(state, id);
  changing(state, () => {
    const { db } = state;
    const before = recordOf(state, id, set.by, set.class);
    const name = before?.name ?? newName(state, version, set);
    if (before) removeRecord(state, before);
    const record = db.insert(
      `INSERT INTO cluster_sets (version, by, class, name, data, layout, items, cluster, places)
       VALUES (?, ?, ?, ?, ?, 'pca', ?, ?, ?)`,
      ...([id, set.by, set.class, name, JSON.stringify(dataOf(set))] as const),
      ...[set.items, set.cluster, set.places].map(bytes),
    );
    for (const [k, { map, image }] of set.clusters.entries())
      db.run('INSERT INTO cluster_pictures VALUES (?, ?, ?, ?)', record, k, map.values, image?.rgb ?? null);
  });
}

const bytes = ({ buffer, byteOffset, byteLength }: ArrayBufferView): Uint8Array =>
  new Uint8Array(buffer as ArrayBuffer, byteOffset, byteLength);

function newName(
  { clusters, meta }: State,
  { id, info }: Version,
  { by, class: index }: Pick<NewClusterSet, 'by' | 'class'>,
): string {
  const label = by === 'true' ? `true ${meta.categories[index] ?? index}` : info.labels[index] || `class ${index}`;
  return nameFor(
    label,
    clusters.filter(({ version }) => version === id).map(({ name }) => name),
  );
}

function dataOf({ digest, clusters, transplants }: NewClusterSet): StoredClusters {
  return {
    digest,
    rule: RULE,
    transplants,
    clusters: clusters.map(({ suspicion, map: { height, width, lo, hi }, image, examples }) => ({
      ...(suspicion && { suspicion: { ...suspicion, reasons: [...suspicion.reasons] } }),
      map: { height, width, lo, hi },
      ...(image && { image: { side: image.side, pictures: image.pictures } }),
      examples: [...examples],
    })),
  };
}

function removeRecord({ db }: State, { id }: ClusterRecord): void {
  db.run('DELETE FROM cluster_pictures WHERE cluster_set = ?', id);
  db.run('DELETE FROM cluster_sets WHERE id = ?', id);
}

export function removeClusters(state: State, version: VersionId, by: ClusteredBy, index: number): void {
  const record = recordOf(state, version, by, index);
  if (record) changing(state, () => removeRecord(state, record));
}

/** See `ClusterStore.place`. */
export function placeClusters(
  state: State,
  version: VersionId,
  by: ClusteredBy,
  index: number,
  digest: string,
  places: Float32Array,
): void {
  const record = recordOf(state, version, by, index);
  if (!record || record.data.digest !== digest) return;
  changing(state, () =>
    state.db.run("UPDATE cluster_sets SET places = ?, layout = 'umap' WHERE id = ?", bytes(places), record.id),
  );
}

/** Removes all clusters of a version, within the transaction that removes the version. */
export function dropClusters(state: State, version: VersionId): void {
  for (const record of state.clusters) if (record.version === version) removeRecord(state, record);
  state.clusters = state.clusters.filter((record) => record.version !== version);
}

/**
 * Notes, within the transaction that drops a row, that clusters with it are outdated. Other changes of rows show in their
 * numbers; what is dropped for other boxes does not.
 *
 * @param predicted the class of the dropped row
 */
export function rowDropped(state: State, version: VersionId, predicted: number): void {
  const isHit = (record: ClusterRecord) =>
    !record.dropped && record.version === version && (record.by === 'true' || record.class === predicted);
  if (!state.clusters.some(isHit)) return;
  state.clusters = state.clusters.map((record) => {
    if (!isHit(record)) return record;
    state.db.run('UPDATE cluster_sets SET dropped = 1 WHERE id = ?', record.id);
    return { ...record, dropped: true };
  });
}

/** Clusters by the dataset's classes keep their class by name, and go with it. */
export function categoriesChanged(state: State, before: readonly string[], now: readonly string[]): void {
  state.clusters = state.clusters.flatMap((record) => {
    if (record.by !== 'true') return [record];
    const index = now.indexOf(before[record.class] ?? '');
    if (index < 0) {
      removeRecord(state, record);
      return [];
    }
    state.db.run('UPDATE cluster_sets SET class = ? WHERE id = ?', index, record.id);
    return [{ ...record, class: index }];
  });
}
