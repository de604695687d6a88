/** A dataset as its files say it is, before anything is computed. */
import type { AnnotatedImage } from '../../core/annotations/annotations';

export interface ListedItem {
  /** Relative to the root, with slashes; items are in the order of paths (by code units). */
  readonly path: string;
  /** Absolute. */
  readonly file: string;
  readonly bytes: number;
  /** Modification time in milliseconds. */
  readonly mtime: number;
  /** What the dataset says it shows: names of `ListedDataset.categories`; none if it says nothing. */
  readonly categories: readonly string[];
  readonly split?: string;
  readonly annotated?: AnnotatedImage;
}

export interface ListedDataset {
  readonly source: string;
  /** Absolute. */
  readonly root: string;
  readonly items: readonly ListedItem[];
  /** Names of all classes of the dataset, including those without an item. */
  readonly categories: readonly string[];
  readonly splits: readonly string[];
  /** What had to be assumed and what was left out, in sentences. */
  readonly notes: readonly string[];
}
