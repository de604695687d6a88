/** What the page of clusters keeps while another page is shown. */
import { signal } from '@preact/signals';
import type { ClusteredBy, ClusterSet } from '../../../src/protocol/clusters';
import type { RunInfo, VersionId } from '../../../src/protocol/dataset';

/** Sets of which the names are shown at first. */
export const FIRST_SETS = 50;

export interface Known {
  readonly version: VersionId;
  readonly by: ClusteredBy;
  readonly sets: readonly ClusterSet[];
}

export type ClusterState = ReturnType<typeof createClusterState>;

export const createClusterState = () => ({
  by: signal<ClusteredBy>('predicted'),
  known: signal<Known | undefined>(undefined),
  /** Names of the sets that are open. */
  open: signal<ReadonlySet<string>>(new Set()),
  /** The set whose plane is shown, if the user has chosen one. */
  plane: signal<string | undefined>(undefined),
  /** How many sets are shown. */
  most: signal(FIRST_SETS),
  /** How far the page was scrolled. */
  scrolled: { top: 0 },
});

/** Names of clusters of a version that are known here, the suspicious ones first. */
export function clusterNames(
  info: RunInfo | undefined,
  version: VersionId | undefined,
  known: Known | undefined,
): readonly string[] {
  const suspicious = info?.clusters.find((each) => each.version === version)?.suspicious ?? [];
  const sets = known?.version === version ? (known?.sets ?? []) : [];
  return [...new Set([...suspicious, ...sets.flatMap(({ clusters }) => clusters.map(({ name }) => name))])];
}
