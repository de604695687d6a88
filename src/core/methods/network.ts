/**
 * The interface through which methods use a network on one image, and the results of methods. The engine implements it
 * with the runtime.
 *
 * Requests about many images are lazy: an item is drawn from its iterable only when there is room for it in a chunk,
 * and the answers of a chunk come, in order, before the next chunk is drawn. So the chunk bounds the memory, whatever
 * the number of items. After a cancellation, the next chunk throws `cancelled`.
 */
import type { FeatureMaps } from '../cam/features';
import type { MethodFrame } from '../saliency';
import type { Outputs, Target } from '../target/target';
import type { Precision } from './precision';

/** The network's preprocessed input I as planes, [channels, height, width]. */
export interface InputImage {
  readonly data: Float32Array;
  readonly channels: number;
  readonly height: number;
  readonly width: number;
}

/** An item with the outputs that targets read for it. */
export interface Scored<T> {
  readonly item: T;
  readonly outputs: Outputs;
}

export interface WithImage {
  /** An image instead of I, [channels, height, width]. */
  readonly image: Float32Array;
  /** Writes the image to its destination, which saves a copy. */
  drawTo?(place: Float32Array): void;
}

export interface WithMask {
  /** M within [0, 1], [height, width]. */
  readonly mask: Float32Array;
  /**
   * By default the mask has the layer's size and is upsampled bilinearly. All masks of a request have the same size.
   */
  readonly resampling?: Resampling;
  /** The number l of Group-CAM's mask. */
  readonly l?: number | undefined;
}

/** Matrices that resample a mask to the input's size: rows M columns. */
export interface Resampling {
  /** [height, mask height] */
  readonly rows: Float32Array;
  /** [mask width, width] */
  readonly columns: Float32Array;
}

export interface WithFeatures {
  /** Features instead of A, [K, height, width]. */
  readonly features: Float32Array;
}

/** With `guided`, every ReLU passes back only positive values, where it is active. */
export type BackwardRule = 'plain' | 'guided';

export interface Scoring {
  readonly precision: Precision;
  /** Whose scores are compared where precisions are. */
  readonly target: Target;
}

/** B: the blurred image, or zeros after preprocessing, which are usually the mean colour. */
export type Background = 'blurred' | 'zero';

export interface MethodNetwork {
  readonly input: InputImage;
  /** What targets read for I. */
  readonly outputs: Outputs;
  /** A, the target layer's output for I. */
  readonly features: FeatureMaps;
  /**
   * Weights of the last linear layer, [classes, K]; undefined unless only global average pooling lies between A and
   * that layer.
   */
  readonly head: Float32Array | undefined;
  /** The gradient of the target's value with respect to A, [K, height, width]. */
  featureGradient(target: Target): Promise<Float32Array>;
  /** The gradient of the target's value with respect to I, at each image, [channels, height, width]. */
  inputGradients<T extends WithImage>(
    items: Iterable<T>,
    target: Target,
    rule: BackwardRule,
  ): AsyncIterable<readonly { readonly item: T; readonly gradient: Float32Array }[]>;
  /** The outputs for each image. */
  scoreImages<T extends WithImage>(items: Iterable<T>): AsyncIterable<readonly Scored<T>[]>;
  /**
   * The outputs for I M + B (1 - M), for each mask M; in float32 unless `scoring` says otherwise. An item may be answered a second
   * time, more precisely.
   */
  scoreMasks<T extends WithMask>(
    items: Iterable<T>,
    background: Background,
    scoring?: Scoring,
  ): AsyncIterable<readonly Scored<T>[]>;
  /** Whether the last estimate is so old that another one is worth what it costs; never, if it is left out. */
  readonly isDue?: () => boolean;
  /** The outputs with other features instead of A. */
  scoreFeatures<T extends WithFeatures>(items: Iterable<T>): AsyncIterable<readonly Scored<T>[]>;
}

export interface MethodResult {
  /** The reason to show if the map is blank, in words for the user. */
  readonly whyBlank: string;
  /** What a reader of the map has to know, in words for the user. */
  readonly note?: string;
  /** True if the map shows changes of the logit, where the method usually reads scores. */
  readonly byLogit?: true;
  /** For methods that score a few masks: the weight of each. */
  readonly scores?: Float32Array;
  /** For attributions that should sum to a difference of logits: their sum, and that difference. */
  readonly completeness?: { readonly sum: number; readonly difference: number };
}

export type MethodRun = AsyncGenerator<MethodFrame, MethodResult>;
export type Method<Options> = (network: MethodNetwork, target: Target, options: Options) => MethodRun;
