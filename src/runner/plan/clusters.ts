/** Which classes are clustered, and whether what was asked about them is answered. Pure. */
import { few } from '../../core/few';
import { FEWEST_IMAGES } from '../../protocol/clusters';
import type { ClassState } from '../store/clusters/form';

export interface ClusterPlan {
  /** Classes whose clusters are to be found, or are found but lack what can be computed now. */
  readonly find: readonly number[];
  /** Classes that have clusters, but have too few images now. */
  readonly remove: readonly number[];
  /** Classes that were asked for and have too few images. */
  readonly small: readonly ClassState[];
}

/**
 * @param wanted classes that were asked for; undefined for all that have enough images
 * @param canJudge whether the model can be run
 */
export function clusterPlan(
  classes: readonly ClassState[],
  wanted: readonly number[] | undefined,
  canJudge: boolean,
): ClusterPlan {
  const known = new Map(classes.map((one) => [one.class, one]));
  const asked = wanted
    ? [...new Set(wanted)].map((index) => known.get(index) ?? { class: index, images: 0 })
    : [...classes];
  const isLarge = ({ images }: ClassState) => images >= FEWEST_IMAGES;
  const lacks = ({ set }: ClassState) => !set || set.outdated || (!set.judged && canJudge);
  return {
    find: asked.filter((one) => isLarge(one) && lacks(one)).map((one) => one.class),
    remove: asked.filter((one) => one.set && !isLarge(one)).map((one) => one.class),
    small: wanted ? asked.filter((one) => !isLarge(one)) : [],
  };
}

/** Classes whose images have no places by UMAP yet. */
export function toBePlaced(classes: readonly ClassState[], wanted: readonly number[] | undefined): readonly number[] {
  return classes
    .filter(
      ({ class: index, set }) => set && set.layout !== 'umap' && !set.outdated && (wanted?.includes(index) ?? true),
    )
    .map((one) => one.class);
}

/** @param nameOf names a class */
export function smallText(small: readonly ClassState[], nameOf: (index: number) => string): string {
  const names = small.map(({ class: index, images }) => `${nameOf(index)} (${images})`);
  return `too few images for clusters, which need ${FEWEST_IMAGES}: ${few(names)}`;
}

/** The class of the model that the regions of a category's images are to make others. */
export function targetOf(meant: readonly number[], predicted: Iterable<number>): number | undefined {
  const counts = new Map(meant.map((index) => [index, 0]));
  for (const index of predicted) if (counts.has(index)) counts.set(index, counts.get(index)! + 1);
  return [...counts].sort(([a, x], [b, y]) => y - x || a - b)[0]?.[0];
}
