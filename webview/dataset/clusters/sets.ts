/** What is said of sets of clusters, and in which order they are shown. Pure. */
import type { ClusterInfo, ClusterSet } from '../../../src/protocol/clusters';
import { plural, whole } from '../texts';

/** A cluster with the set that it is in. */
export interface Suspect {
  readonly set: ClusterSet;
  readonly cluster: ClusterInfo;
}

export const isSuspicious = ({ suspicion }: ClusterInfo): boolean => suspicion?.suspicious ?? false;
const scoreOf = ({ suspicion }: ClusterInfo) => suspicion?.score ?? Number.NEGATIVE_INFINITY;

/** Clusters that are called suspicious come first, then those of the highest scores; others stay in their order. */
const bySuspicion = (a: ClusterInfo, b: ClusterInfo) =>
  Number(isSuspicious(b)) - Number(isSuspicious(a)) || order(scoreOf(b), scoreOf(a));

/** Infinite numbers can't be subtracted from each other. */
const order = (a: number, b: number) => (a === b ? 0 : a < b ? -1 : 1);

/** The suspicious clusters of all sets, the most suspicious first. */
export const suspectsOf = (sets: readonly ClusterSet[]): readonly Suspect[] =>
  sets
    .flatMap((set) => set.clusters.filter(isSuspicious).map((cluster) => ({ set, cluster })))
    .toSorted((a, b) => bySuspicion(a.cluster, b.cluster));

/** The clusters of a set, the most suspicious first. */
export const clustersOf = ({ clusters }: ClusterSet): readonly ClusterInfo[] => clusters.toSorted(bySuspicion);

/** How many clusters there are and how many are suspicious, in a sentence. */
export function summaryOf(sets: readonly ClusterSet[]): string {
  const clusters = sets.flatMap((set) => set.clusters);
  const suspects = suspectsOf(sets);
  const found = `${plural(clusters.length, 'cluster')} in ${plural(sets.length, 'class', 'classes')}`;
  if (suspects.length > 0) {
    const classes = [...new Set(suspects.map(({ set }) => set.name))];
    const rest = classes.length - 3;
    const names = `${classes.slice(0, 3).join(', ')}${rest > 0 ? ` and ${whole(rest)} more` : ''}`;
    return `${found}; ${whole(suspects.length)} ${suspects.length === 1 ? 'is' : 'are'} suspicious, in ${names}.`;
  }
  const unknown = clusters.filter(({ suspicion }) => suspicion === undefined).length;
  if (unknown === 0) return `${found}; none is suspicious.`;
  return `${found}. Whether ${unknown === clusters.length ? 'they are' : `${whole(unknown)} of them are`} suspicious is not known: that needs the model, which could not be run.`;
}

/** Size and accuracy. */
export const factsOf = ({ size, accuracy }: ClusterInfo): string =>
  [plural(size, 'image'), accuracy !== undefined && `${(100 * accuracy).toFixed(1)} % right`]
    .filter(Boolean)
    .join(', ');

/** Whether some clusters were judged by a rule that is no longer used. */
export const hasOlderRule = (sets: readonly ClusterSet[]): boolean =>
  sets.some(({ clusters }) => clusters.some(({ suspicion }) => suspicion?.byOlderRule));

/** What a folded set says beside its name. */
export const setFacts = ({ images, clusters, blank, outdated }: ClusterSet): string =>
  [
    plural(images, 'image'),
    plural(clusters.length, 'cluster'),
    blank > 0 && `${whole(blank)} with a blank map`,
    outdated && 'outdated',
  ]
    .filter(Boolean)
    .join(', ');

/**
 * What another search would find, in a sentence; empty if nothing.
 *
 * @param enough how many classes have enough images, if that is known
 * @param isRunnable whether the model can be run, which tells what is suspicious
 */
export function lackingText(sets: readonly ClusterSet[], enough: number | undefined, isRunnable: boolean): string {
  const names = sets.filter(({ outdated }) => outdated).map(({ name }) => name);
  if (names.length > 1 && names.length === sets.length) return 'Images have changed since these clusters were found.';
  if (names.length > 0) {
    const rest = names.length - 3;
    return `Images of ${names.slice(0, 3).join(', ')}${rest > 0 ? ` and ${whole(rest)} more` : ''} have changed since their clusters were found.`;
  }
  const missing = (enough ?? 0) - sets.length;
  if (missing > 0) return `${plural(missing, 'class has', 'classes have')} enough images, but no clusters yet.`;
  if (hasOlderRule(sets))
    return `Of some clusters it was judged by an older rule whether they are suspicious.${isRunnable ? ' Finding them again judges by the rule of now.' : ''}`;
  const isUntested = sets.some(({ clusters }) => clusters.some(({ suspicion }) => suspicion === undefined));
  return isUntested && isRunnable ? 'Of some clusters it is not known yet whether they are suspicious.' : '';
}
