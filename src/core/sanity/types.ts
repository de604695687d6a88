/** Results of sanity checks of maps (Adebayo et al., arXiv 1810.03292). */

import type { MethodName } from '../methods/names';
import type { ClassScore } from '../output';
import type { Frame } from '../saliency';

/** `cascading`: all layers from the logits down to a given one are re-randomised. `independent`: only one layer is. */
export const RANDOMISATIONS = ['cascading', 'independent'] as const;
export type Randomisation = (typeof RANDOMISATIONS)[number];

/** The similarity of the map for a re-randomised network to the map for the trained network; 1 means equal. */
export interface Similarity {
  /** Spearman's rank correlation. */
  readonly spearman: number;
  /** The structural similarity. */
  readonly ssim: number;
}

/** The map for one re-randomised network. */
export interface SanityMap {
  readonly method: MethodName;
  readonly randomisation: Randomisation;
  /** The (deepest) re-randomised layer, and its depth: 1 is the layer of the logits. */
  readonly layer: string;
  readonly depth: number;
  readonly seed: number;
  /** Undefined if the network's results were NaN or infinite. */
  readonly frame?: Frame;
  /** Undefined if there is no map to compare. */
  readonly similarity?: Similarity;
  /** Why there is no map to compare, in words. */
  readonly blank?: string;
}

/** The maps of all seeds at one depth. */
export interface SanityStep {
  readonly randomisation: Randomisation;
  readonly layer: string;
  readonly depth: number;
  /** The mean over the maps that can be compared; undefined if none can. */
  readonly mean?: Similarity;
  readonly compared: number;
  readonly blank: number;
}

export interface SanityOfMethod {
  readonly method: MethodName;
  /** The map for the trained network. */
  readonly original: Frame;
  readonly maps: readonly SanityMap[];
  readonly steps: readonly SanityStep[];
  /** The verdict in one sentence. */
  readonly verdict: string;
}

export interface SanityResult {
  readonly image: string;
  readonly model: string;
  readonly class: ClassScore;
  /** Number of layers with weights. */
  readonly layers: number;
  readonly methods: readonly SanityOfMethod[];
}

export interface SanityProgress {
  readonly done: number;
  readonly total: number;
  readonly map: SanityMap;
}
