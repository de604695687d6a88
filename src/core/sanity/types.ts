/** What sanity checks of maps find out (Adebayo et al., arXiv 1810.03292). */

import type { MethodName } from '../methods/names';
import type { ClassScore } from '../output';
import type { Frame } from '../saliency';

/** `cascading`: all layers from the logits down to one are re-randomised. `independent`: one layer alone is. */
export const RANDOMISATIONS = ['cascading', 'independent'] as const;
export type Randomisation = (typeof RANDOMISATIONS)[number];

/** How alike the map of a network with drawn weights is to that of the network itself; 1 is the same. */
export interface Similarity {
  /** Spearman's rank correlation. */
  readonly spearman: number;
  /** The structural similarity. */
  readonly ssim: number;
}

/** The map of one network with drawn weights. */
export interface SanityMap {
  readonly method: MethodName;
  readonly randomisation: Randomisation;
  /** The layer drawn, and which one it is: 1 is that of the logits. */
  readonly layer: string;
  readonly depth: number;
  readonly seed: number;
  /** Undefined if the network gave no numbers. */
  readonly frame?: Frame;
  /** Undefined if there is no map to compare. */
  readonly similarity?: Similarity;
  /** Why not, in words. */
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
  /** Of the network itself. */
  readonly original: Frame;
  readonly maps: readonly SanityMap[];
  readonly steps: readonly SanityStep[];
  /** What all that says, in a sentence. */
  readonly verdict: string;
}

export interface SanityResult {
  readonly image: string;
  readonly model: string;
  readonly class: ClassScore;
  /** Layers with weights. */
  readonly layers: number;
  readonly methods: readonly SanityOfMethod[];
}

export interface SanityProgress {
  readonly done: number;
  readonly total: number;
  readonly map: SanityMap;
}
