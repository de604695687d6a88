/** The images of a sweep, and the engine's answers about them. */
import type { AnnotatedImage } from '../../core/annotations/annotations';
import type { ErrorCode } from '../../core/error-codes';
import type { ImageTransform, Size } from '../../core/geometry';
import type { Measures } from '../../core/measures/measures';
import type { Frame } from '../../core/saliency';

/** An image of a sweep. */
export interface SweepImage {
  /** Comes back with the answer. */
  readonly id: number;
  readonly path: string;
  /** Classes of the model that are right for it; none if they are not known. */
  readonly truth: readonly number[];
  /** Its objects, for measures of the map. */
  readonly annotated?: AnnotatedImage;
  /** The class of its map; by default the most probable one. */
  readonly class?: number;
}

export interface SweptImage {
  readonly id: number;
  /** Upright, in pixels. */
  readonly size: Size;
  readonly transform: ImageTransform;
  readonly top: readonly (readonly [index: number, p: number])[];
  /** See `Row` in `protocol/dataset`. */
  readonly loss?: number;
  readonly margin: number;
  /** Absent, as the loss is, if the model's scores are no probabilities. */
  readonly entropy?: number;
  /** Mean over the layer's rows and columns, [K]; without a layer the logits, [classes]. */
  readonly embedding: Float32Array;
  /** Grad-CAM of the most probable class, or of the one that was asked for, of the layer's size, before the ReLU of `saliencyOf`. */
  readonly map?: Pick<Frame, 'height' | 'width' | 'map' | 'offset' | 'signed'>;
  readonly measures?: Measures;
  /** Why the map is blank, or why there is none, in words. */
  readonly blank?: string;
  /** A picture that browsers can show, upright. An image that is not larger than a thumbnail is its own. */
  readonly thumbnail?: Uint8Array;
}

/** An image that can't be read or run; the others go on. */
export interface FailedImage {
  readonly id: number;
  readonly code: ErrorCode;
  readonly message: string;
}
