/** An explanation, as it is sent from the engine. */

import type { MethodChoice } from '../core/methods/choice';
import type { UsedPrecision } from '../core/methods/precision';
import type { ClassScore, ShownActivation } from '../core/output';
import type { Frame } from '../core/saliency';
import type { Device } from './devices';

/** How a network is asked: all of a method in one run of one graph, or in runs of single passes. */
export const WAYS = ['passes', 'one graph'] as const;

export interface UsedWay {
  readonly used: (typeof WAYS)[number];
  /** In words for the user. */
  readonly reason: string;
}

/** An explanation: the method with all of its options, and the result. */
export interface Explanation extends MethodChoice {
  readonly image: string;
  readonly model: string;
  /** The target layer. If the maps of several layers were averaged, their names are joined by " + ". */
  readonly layer: string;
  /** For the map that the model makes itself; method, options and layer are then those that the model names. */
  readonly own?: OwnComparison;
  /** For a contrast: the other classes. */
  readonly contrast?: readonly ClassScore[];
  /** For a contrast: the factor of the other classes' mean score, which is subtracted. */
  readonly contrastWeight?: number;
  readonly class: number;
  readonly label: string;
  readonly probability: number;
  readonly activation: ShownActivation;
  readonly top: readonly ClassScore[];
  /** p of every class on the image. */
  readonly probabilities: Float32Array;
  /** The final map. */
  readonly frame: Frame;
  /**
   * Facts about the map before normalisation, at the input's size. `reason` says why a map is blank. `note` says what a
   * reader has to know about any other map, for example that it shows evidence against the class because there is none
   * for it.
   */
  readonly saliency: {
    readonly min: number;
    readonly max: number;
    readonly zero: boolean;
    readonly reason?: string;
    readonly note?: string;
  };
  /** For Group-CAM with another precision than float32: what the masks were scored in, and why. */
  readonly precision?: UsedPrecision;
  /** On another device than a CPU: how the network was asked, and why. */
  readonly way?: UsedWay;
  /** alpha_l, one for each mask; 0 for a constant mask. */
  readonly scores: Float32Array;
  /** For Integrated Gradients: the sum of the attributions, and the difference of logits that it should equal. */
  readonly completeness?: { readonly sum: number; readonly difference: number };
  readonly milliseconds: {
    readonly load: number;
    readonly decode: number;
    /** From the start of the request to the first frame. */
    readonly first: number;
    readonly total: number;
  };
  /** The device that was actually used. */
  readonly device: Device;
  /** Number of forward passes for this explanation. */
  readonly passes: number;
}

/** How far the map that a model makes itself is from the one of the same method that is computed here. */
export interface OwnComparison {
  /** The largest difference of two values from 0 to 1. */
  readonly difference: number;
  /** Pearson's; absent if a map is constant. */
  readonly correlation?: number;
}

/** A model that makes its own maps, as it is asked for. */
export interface ExportChoice extends MethodChoice {
  readonly output: string;
  /** Which class the maps explain: the most probable one, or the one that an input of the model names. */
  readonly class: 'top' | 'input';
  /** The size of the maps. */
  readonly size: 'layer' | 'input';
  /** Whether weights that lie in files beside the model stay there, or go into the exported file. */
  readonly external: 'keep' | 'pack';
}

/** What was written. */
export interface Exported extends Pick<MethodChoice, 'method' | 'options'> {
  readonly path: string;
  readonly bytes: number;
  readonly layer: string;
  /** How many images it takes at once. */
  readonly images: 'any' | 'one';
  /** How the blends of an image go through the model in it. */
  readonly blends: 'together' | 'one by one';
  /** The largest difference from the maps that the engine computes. */
  readonly difference: number;
  /** What differs from what was asked for, in words. */
  readonly notes: readonly string[];
}
