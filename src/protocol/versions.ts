/** What changed between two versions of a model, and over several. */
import type { RunInfo, VersionId, VersionInfo } from './dataset';

/** Who is right of two versions: a and b, a alone, b alone, or neither. The names are those of `shift --json`. */
export const FLIPS = ['both', 'a', 'b', 'neither'] as const;
export type Flip = (typeof FLIPS)[number];

export const flipOf = (a: boolean, b: boolean): Flip => (a ? (b ? 'both' : 'a') : b ? 'b' : 'neither');

/** Whether no class of the dataset means a class of the version's model, so that no row is right or wrong. */
export const meansNothing = ({ classes }: Pick<VersionInfo, 'classes'>): boolean =>
  classes.length > 0 && classes.every((meant) => meant.length === 0);

/** Names of the dataset's classes that mean no class of the version's model. */
export const meaningless = (
  { categories }: Pick<RunInfo, 'categories'>,
  { classes }: Pick<VersionInfo, 'classes'>,
): readonly string[] => categories.filter((_, i) => (classes[i] ?? []).length === 0);

/** Why no image is known to be right or wrong by both versions, in words. */
export function noFlips(
  { categories }: Pick<RunInfo, 'categories'>,
  ...versions: readonly Pick<VersionInfo, 'name' | 'done' | 'classes'>[]
): string {
  if (categories.length === 0) return 'no class is known of the images';
  const idle = versions.find(({ done }) => done === 0);
  if (idle) return `${idle.name} has computed no image yet`;
  const foreign = versions.find(meansNothing);
  if (foreign)
    return `no class of the dataset means a class of ${foreign.name}; say which they mean by --mapping of group-cam dataset, or by Map Class Names in VS Code`;
  return 'no image with a class is computed by both';
}

/** Of the rows that both versions have computed. */
export interface Comparison {
  readonly a: VersionId;
  readonly b: VersionId;
  /** Rows that both have, and that have a class. */
  readonly rows: number;
  readonly flips: Readonly<Record<Flip, number>>;
  /** By category: the same counts. */
  readonly categories: readonly { readonly category: number; readonly flips: Readonly<Record<Flip, number>> }[];
  /**
   * 1 - Spearman's correlation of the two maps of the class that a predicts. `known` rows of `wanted` have it; the others
   * wait for maps of b for that class.
   */
  readonly shift: {
    readonly known: number;
    readonly wanted: number;
    readonly mean?: number;
    /** 20 equal bins from 0 to 2. */
    readonly counts: Uint32Array;
  };
}

/** One version in the lines over versions. What is not known is left out. */
export interface TrendPoint {
  readonly version: VersionId;
  readonly rows: number;
  readonly accuracy?: number;
  readonly loss?: number;
  readonly energy?: number;
  /**
   * Mean of 1 - Spearman's correlation of the sweep's maps of this version and the one before, over the rows of which both
   * predict the same class (the paper, section 5: training has converged when maps stop changing).
   */
  readonly change?: number;
}
