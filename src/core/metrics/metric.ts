/** What a metric is given of one map, and what it answers. */
import type { Region } from '../annotations/annotations';
import type { ImageTransform } from '../geometry';
import type { MethodNetwork } from '../methods/network';
import type { Saliency } from '../saliency';
import type { Curve, Measured } from './measurement';

/** One map of one image for one class. */
export interface Subject {
  readonly network: MethodNetwork;
  /** Index of the class that the map explains. */
  readonly class: number;
  readonly saliency: Saliency;
  /** B: the blurred image as planes, [channels, height, width]. */
  readonly blurred: Float32Array;
  /** What a black pixel becomes by preprocessing, a number for each channel. */
  readonly black: readonly number[];
  /** Where the network's input lies on the original image. */
  readonly imageTransform: ImageTransform;
  /** The objects of the class, in pixels of the original, upright image; undefined if nobody says where they are. */
  readonly regions?: readonly Region[];
  /** The map that the same method makes of another image, [channels, height, width], for the same class. */
  explain(image: Float32Array): Promise<Saliency>;
}

/**
 * What a metric asks of a subject besides its map and the network's answers.
 *
 * - `regions`: where the objects of the class are
 * - `other-maps`: maps of other images
 */
export type MetricNeed = 'regions' | 'other-maps';

export interface MetricProgress {
  readonly done: number;
  readonly total: number;
  /** As far as it is known. */
  readonly curve?: Curve;
}

export type Report = (progress: MetricProgress) => void;

/** The part of `Measured` that one metric finds out, its scores by the names that its row in the table has. */
export interface MetricResult {
  readonly scores: Measured['scores'];
  readonly curve?: Curve;
  /** The images that the curve lies between, [channels, height, width]. */
  readonly ends?: Ends;
}

export interface Ends {
  readonly from: Float32Array;
  readonly to: Float32Array;
}

/** @param report told of progress between chunks, if there is any */
export type MetricFunction<Options> = (
  subject: Subject,
  options: Options,
  report: Report,
) => MetricResult | Promise<MetricResult>;
