/**
 * What the methods ask of a network that looks at one image, and what they answer. The engine implements it with the
 * runtime.
 *
 * Questions about many images are asked lazily: an item is drawn from its iterable only when there is room for it in a
 * chunk, and a chunk's answers come before the next chunk is drawn, in order. So memory is bounded by the chunk,
 * whatever the number of items. Cancelling makes the next chunk throw `cancelled`.
 */
import type { FeatureMaps } from '../cam/features';
import type { MethodFrame } from '../saliency';

/** The network's preprocessed input I as planes, [channels, height, width]. */
export interface InputImage {
  readonly data: Float32Array;
  readonly channels: number;
  readonly height: number;
  readonly width: number;
}

export interface Scores {
  /** y of every class, before softmax or sigmoid. */
  readonly logits: Float32Array;
  /** p of every class. */
  readonly probabilities: Float32Array;
}

/** An item with its scores. */
export interface Scored<T> extends Scores {
  readonly item: T;
}

export interface WithImage {
  /** In the place of I, [channels, height, width]. */
  readonly image: Float32Array;
  /** Writes the image to where it is needed, for those who would make a copy of it. */
  drawTo?(place: Float32Array): void;
}

export interface WithMask {
  /** M within [0, 1], [u, v]. */
  readonly mask: Float32Array;
  /** Without it the mask is of the layer's size and upsampled bilinearly. All masks of a question are of one size. */
  readonly resampling?: Resampling;
}

/** How a mask becomes one of the input's size: rows M columns. */
export interface Resampling {
  /** [height, u] */
  readonly rows: Float32Array;
  /** [v, width] */
  readonly columns: Float32Array;
}

export interface WithFeatures {
  /** In the place of A, [K, u, v]. */
  readonly features: Float32Array;
}

/** `guided`: every ReLU passes back only what is positive, where it is active. */
export type BackwardRule = 'plain' | 'guided';

/** B: the blurred image, or zeros (after preprocessing, so mostly the mean colour). */
export type Background = 'blurred' | 'zero';

export interface MethodNetwork extends Scores {
  readonly input: InputImage;
  /** A, the target layer's output for I. */
  readonly features: FeatureMaps;
  /** Weights of the last linear layer, [classes, K], where only global average pooling lies between A and it. */
  readonly head: Float32Array | undefined;
  /** d(seed . y) / dA, [K, u, v]. The seed has a number for every class. */
  featureGradient(seed: Float32Array): Promise<Float32Array>;
  /** d(seed . y) / dI at each image, [channels, height, width]. */
  inputGradients<T extends WithImage>(
    items: Iterable<T>,
    seed: Float32Array,
    rule: BackwardRule,
  ): AsyncIterable<readonly { readonly item: T; readonly gradient: Float32Array }[]>;
  /** Scores of each image. */
  scoreImages<T extends WithImage>(items: Iterable<T>): AsyncIterable<readonly Scored<T>[]>;
  /** Scores of I M + B (1 - M) for each mask M. */
  scoreMasks<T extends WithMask>(items: Iterable<T>, background: Background): AsyncIterable<readonly Scored<T>[]>;
  /** Scores with other features in the place of A. */
  scoreFeatures<T extends WithFeatures>(items: Iterable<T>): AsyncIterable<readonly Scored<T>[]>;
}

/** What is explained: a class, or what speaks for it rather than for others. */
export interface Target {
  readonly class: number;
  readonly contrast?: {
    readonly classes: readonly number[];
    /** How much of the others' score is subtracted; 1 is the plain difference. */
    readonly weight: number;
  };
}

export interface MethodResult {
  /** Why the map would be blank, should it be; in words for the user. */
  readonly whyBlank: string;
  /** What has to be known to read the map, in words for the user. */
  readonly note?: string;
  /** Of methods with a few named masks: what each was found worth. */
  readonly scores?: Float32Array;
  /** Of attributions that should sum to a difference of logits: their sum, and that difference. */
  readonly completeness?: { readonly sum: number; readonly difference: number };
}

export type MethodRun = AsyncGenerator<MethodFrame, MethodResult>;
export type Method<Options> = (network: MethodNetwork, target: Target, options: Options) => MethodRun;
