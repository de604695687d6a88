/** Clusters as they are written to a run file, and what the work on them asks of it. */

import type { Quantised } from '../../../core/measures/quantise';
import type { ClusteredBy, ClusterInfo, ClusterSet, Scatter } from '../../../protocol/clusters';
import type { ItemId, StoredMap, VersionId } from '../../../protocol/dataset';
import type { Layout, StoredClusters } from './records';

/** A class with its images that are computed, and what is known of its clusters. */
export interface ClassState {
  readonly class: number;
  readonly images: number;
  /** Name of its set of clusters, and what it lacks; undefined if there is none. */
  readonly set?: {
    readonly name: string;
    readonly outdated: boolean;
    /** Whether its clusters have a suspicion, by the rule of now. */
    readonly judged: boolean;
    readonly layout: Layout;
  };
}

/** What clusters are made of. */
export interface ClassMembers {
  /** In the order of paths. */
  readonly items: Uint32Array;
  readonly digest: string;
}

/** What is stored of one image. */
export interface Stored {
  /** The sweep's map; undefined where it is blank. */
  readonly map?: StoredMap;
  /** Share of its heat in the object's box. */
  readonly energy?: number;
  readonly embedding?: Quantised;
}

export interface NewCluster extends Pick<ClusterInfo, 'suspicion' | 'map' | 'image' | 'examples'> {}

export interface NewClusterSet extends ClassMembers {
  readonly by: ClusteredBy;
  readonly class: number;
  /** By item: index of the cluster, or `NONE`. */
  readonly cluster: Uint8Array;
  /** [count, 2], in 0 to 1. */
  readonly places: Float32Array;
  readonly clusters: readonly NewCluster[];
  readonly transplants: StoredClusters['transplants'];
}

export interface ClusterStore {
  classes(version: VersionId, by: ClusteredBy): readonly ClassState[];
  /** With the class that is predicted for each. */
  members(version: VersionId, by: ClusteredBy, index: number): ClassMembers & { readonly predicted: Int32Array };
  stored(version: VersionId, item: ItemId): Stored;
  /** Calls with the sweep's map of each computed row, and its class, in steps between which others are answered. */
  eachMap(
    version: VersionId,
    signal: { readonly aborted: boolean },
    use: (map: StoredMap, predicted: number) => void,
  ): Promise<void>;
  /** At most `count` images that are predicted as another class, evenly spread. */
  others(version: VersionId, index: number, count: number): readonly ItemId[];
  /** Writes a set in one transaction, in place of the one that was there. */
  commit(version: VersionId, set: NewClusterSet): void;
  /** Puts the images of a set elsewhere, unless the set has been made of others since. */
  place(version: VersionId, by: ClusteredBy, index: number, digest: string, places: Float32Array): void;
  remove(version: VersionId, by: ClusteredBy, index: number): void;
  /** The set with the most suspicious cluster first. */
  sets(version: VersionId, by: ClusteredBy): readonly ClusterSet[];
  /** @throws query-invalid */
  scatter(version: VersionId, set: string): Scatter;
}
