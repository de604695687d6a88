/** One explanation, as it crosses from the engine. */

import type { MethodChoice } from '../core/methods/choice';
import type { ClassScore, ShownActivation } from '../core/output';
import type { Frame } from '../core/saliency';
import type { Device } from './devices';

/** One explanation: how it was made, with all of the method's options, and what came out. */
export interface Explanation extends MethodChoice {
  readonly image: string;
  readonly model: string;
  /** The target layer; of several, whose maps were averaged, their names with " + " between. */
  readonly layer: string;
  /** Classes that the evidence is against, if it is for the class rather than for these. */
  readonly contrast?: readonly ClassScore[];
  /** How much of their mean score is subtracted. */
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
   * Before normalisation, at the input's size. In words, of a blank map `reason` says why it is, of another `note` what has to be
   * known to read it, such as that it shows evidence against the class for want of any for it.
   */
  readonly saliency: {
    readonly min: number;
    readonly max: number;
    readonly zero: boolean;
    readonly reason?: string;
    readonly note?: string;
  };
  /** alpha_l, one a mask; a constant mask has 0. */
  readonly scores: Float32Array;
  /** Of Integrated Gradients: what the attributions sum to, and the difference of logits that they should sum to. */
  readonly completeness?: { readonly sum: number; readonly difference: number };
  readonly milliseconds: {
    readonly load: number;
    readonly decode: number;
    /** From the start of the request to the first frame. */
    readonly first: number;
    readonly total: number;
  };
  /** The provider that really ran. */
  readonly device: Device;
  /** Forward passes run for this explanation. */
  readonly passes: number;
}
