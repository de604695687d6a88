/** Clusters of the maps of a class, and what makes one suspicious; see docs/clusters.md. */
import type { ClassesInfo, ItemId, StoredMap } from './dataset';

/** By the class that is predicted, or by the dataset's class. */
export const CLUSTERED_BY = ['predicted', 'true'] as const;
export type ClusteredBy = (typeof CLUSTERED_BY)[number];

/** The fewest images of a class that is looked at. */
export const FEWEST_IMAGES = 20;

/** Classes that have enough images that are computed: categories, or classes that are predicted, as `by` says. */
export function largeClasses(
  { categories, confusion: { columns, counts } }: Pick<ClassesInfo, 'categories' | 'confusion'>,
  by: ClusteredBy,
): readonly number[] {
  const width = columns.length;
  const indices = by === 'true' ? categories.map(({ category }) => category) : columns;
  const sums = new Array<number>(indices.length).fill(0);
  counts.forEach((count, at) => {
    const place = by === 'true' ? Math.floor(at / width) : at % width;
    // The last row is that of images without a class.
    if (place < sums.length) sums[place]! += count;
  });
  return indices.filter((_, place) => sums[place]! >= FEWEST_IMAGES);
}

/** The clusters of one class under one version, as they were found at one moment. */
export interface ClusterSet {
  /** Unique in the version: the class's label, made unique; "true <label>" for those by the dataset's class. */
  readonly name: string;
  readonly by: ClusteredBy;
  /** A class of the model, or a category, as `by` says. */
  readonly class: number;
  readonly images: number;
  /** Images whose maps are blank, which are in no cluster. */
  readonly blank: number;
  /** Rows of the class have changed since. */
  readonly outdated: boolean;
  /** Largest first. */
  readonly clusters: readonly ClusterInfo[];
}

export interface ClusterInfo {
  /** `<name of the set> <number from 1>`; `cluster = "<name>"` is the query that finds its rows. */
  readonly name: string;
  readonly size: number;
  /** Of its rows that have a class. */
  readonly accuracy?: number;
  /** Absent where transplants were not computed, such as where the model is gone. */
  readonly suspicion?: {
    readonly suspicious: boolean;
    readonly score: number;
    /** The score's parts in sentences, the weightiest first. */
    readonly reasons: readonly string[];
    /** What hiding the hot region does; it is not part of the score. */
    readonly hidden: string;
    /** It was found by a version of the product with another rule of what is suspicious. */
    readonly byOlderRule?: boolean;
  };
  /** Mean map, of the layer's size. */
  readonly map: StoredMap;
  /** RGB, side x side, the mean of `pictures` images. */
  readonly image?: { readonly side: number; readonly rgb: Uint8Array; readonly pictures: number };
  /** Those nearest to its centre, the nearest first. */
  readonly examples: readonly ItemId[];
}

/** The images of a set on a plane. */
export interface Scatter {
  /** `pca` until UMAP is computed. */
  readonly layout: 'pca' | 'umap';
  /** [count, 2] in 0 to 1, at which lassos aim too. */
  readonly places: Float32Array;
  readonly items: Uint32Array;
  /** By image: the index of its cluster, or 255 for none. */
  readonly cluster: Uint8Array;
  /** By image: 1 if it is right, 0 if it is wrong, 2 where this is not known. */
  readonly correct: Uint8Array;
}
