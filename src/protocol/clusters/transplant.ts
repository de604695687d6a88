/** What the engine is asked about clusters: regions of images that are put into others, and places on a plane. */
import type { Cells } from '../../core/clusters/cells';
import type { Blur } from '../../core/methods/choice';

/** The same cells of several images are replaced. */
export interface Replacement {
  readonly cells: Cells;
  /** Paths of the images that are changed. */
  readonly images: readonly string[];
  /**
   * Paths of the images whose cells are pasted, in turn: the n-th image gets those of the n-th source. Without sources each
   * image gets its own cells blurred.
   */
  readonly sources?: readonly string[];
}

export interface Transplants {
  /** Index of the class that is looked for. */
  readonly class: number;
  readonly replacements: readonly Replacement[];
  readonly blur: Blur;
}

/** What a replacement does, over the images that could be read and run. */
export interface Replaced {
  readonly images: number;
  /** Images of which the class is the most probable one. */
  readonly before: number;
  readonly after: number;
  /** Mean probability of the class; 0 without images. */
  readonly p: readonly [before: number, after: number];
  /** Mean of the class's logit minus the highest other logit; 0 without images. */
  readonly margin: readonly [before: number, after: number];
}

export interface TransplantAnswer {
  /** One for each replacement. */
  readonly replaced: readonly Replaced[];
  readonly failed: readonly { readonly path: string; readonly message: string }[];
}

export interface LayoutParams {
  /** [count, dimensions] */
  readonly points: Float32Array;
  readonly dimensions: number;
  /** The same seed gives the same places. */
  readonly seed: number;
}
