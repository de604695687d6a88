/** Sets of clusters as they lie in the file, and those that are held in memory without their images. */
import * as v from 'valibot';
import { RULE } from '../../../core/clusters/suspicion';
import { datasetErrors } from '../../../core/dataset-errors';
import { fields, finite } from '../../../core/schema';
import { CLUSTERED_BY, type ClusteredBy } from '../../../protocol/clusters';
import type { VersionId } from '../../../protocol/dataset';
import type { Db } from '../file/sqlite';
import { bytesOf, jsonOf, numberOf, textOf } from '../file/values';

/** Of `Members.cluster`: in no cluster. */
export const NONE = 255;

const whole = v.pipe(v.number(), v.integer(), v.minValue(0));
const pair = v.tuple([finite, finite]);

/** What `cluster_sets.data` has. */
export const CLUSTERS = fields({
  /** Of the rows that the clusters were made of; see `classDigests`. */
  digest: v.string(),
  /** The rule by which they were judged; files were made without it. */
  rule: v.exactOptional(whole),
  clusters: v.pipe(
    v.array(
      fields({
        suspicion: v.optional(
          fields({ suspicious: v.boolean(), score: finite, reasons: v.array(v.string()), hidden: v.string() }),
        ),
        map: fields({ height: whole, width: whole, lo: finite, hi: finite }),
        image: v.optional(fields({ side: whole, pictures: whole })),
        examples: v.array(whole),
      }),
    ),
    v.maxLength(NONE),
  ),
  /** What was asked of the network, and its answers; `from` is missing where the region was hidden. */
  transplants: v.array(
    fields({
      cluster: whole,
      from: v.optional(whole),
      images: whole,
      before: whole,
      after: whole,
      p: pair,
      margin: pair,
    }),
  ),
});
export type StoredClusters = v.InferOutput<typeof CLUSTERS>;

/** Whether what they are called, suspicious or not, is what they would be called now. */
export const isByThisRule = ({ rule }: StoredClusters): boolean => rule === RULE;

const BY = v.picklist(CLUSTERED_BY);
const LAYOUT = v.picklist(['pca', 'umap']);
export type Layout = v.InferOutput<typeof LAYOUT>;

export interface ClusterRecord {
  readonly id: number;
  readonly version: VersionId;
  readonly by: ClusteredBy;
  readonly class: number;
  readonly name: string;
  readonly layout: Layout;
  /** A row of it was dropped since. */
  readonly dropped: boolean;
  readonly data: StoredClusters;
}

/** @throws run-file-invalid */
export function readClusterRecords(db: Db): ClusterRecord[] {
  const { file } = db;
  return db
    .all('SELECT id, version, by, class, name, layout, dropped, data FROM cluster_sets ORDER BY id')
    .map(({ id, version, by, class: index, name, layout, dropped, data }) => ({
      id: numberOf(file, id),
      version: numberOf(file, version),
      by: oneOf(file, BY, by),
      class: numberOf(file, index),
      name: textOf(file, name),
      layout: oneOf(file, LAYOUT, layout),
      dropped: dropped === 1,
      data: jsonOf(file, CLUSTERS, data),
    }));
}

function oneOf<T>(file: string, schema: v.GenericSchema<unknown, T>, value: unknown): T {
  const found = v.safeParse(schema, value);
  if (!found.success) throw fault(file);
  return found.output;
}

/** The images of a set, in the order in which they were clustered. */
export interface Members {
  readonly items: Uint32Array;
  /** Index of the cluster, or `NONE`. */
  readonly cluster: Uint8Array;
  /** [count, 2], in 0 to 1. */
  readonly places: Float32Array;
}

/** @throws run-file-invalid */
export function membersOf(db: Db, { id, data }: ClusterRecord, last: number): Members {
  const found = db.get('SELECT items, cluster, places FROM cluster_sets WHERE id = ?', id);
  const bytes = (name: string) => bytesOf(db.file, found?.[name]);
  const members = {
    // Copied, since the database's bytes need not begin at a multiple of four.
    items: new Uint32Array(bytes('items').slice().buffer),
    cluster: bytes('cluster'),
    places: new Float32Array(bytes('places').slice().buffer),
  };
  const count = members.items.length;
  const isWhole =
    members.cluster.length === count &&
    members.places.length === 2 * count &&
    members.items.every((item) => item >= 1 && item <= last) &&
    members.cluster.every((cluster) => cluster === NONE || cluster < data.clusters.length) &&
    members.places.every((place) => place >= 0 && place <= 1);
  if (!isWhole) throw fault(db.file);
  return members;
}

export interface ClusterPictures {
  readonly map: Uint8Array;
  readonly image?: Uint8Array;
}

/** By cluster: the bytes of its mean map and of its mean image. */
export function picturesOf(db: Db, { id, data }: ClusterRecord): readonly ClusterPictures[] {
  const found = db.all('SELECT number, map, image FROM cluster_pictures WHERE cluster_set = ? ORDER BY number', id);
  return data.clusters.map(({ map: { height, width }, image: mean }, k) => {
    const map = bytesOf(db.file, found[k]?.['map']);
    const image = mean && bytesOf(db.file, found[k]?.['image']);
    if (map.length !== height * width || (image && image.length !== 3 * mean.side ** 2)) throw fault(db.file);
    return { map, ...(image && { image }) };
  });
}

const fault = (file: string) => datasetErrors.runFileInvalid(file, 'a set of clusters is not as it must be');
