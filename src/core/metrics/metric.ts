/** The input of a metric, which is one map with its image and network, and its result. */
import type { Region } from '../annotations/annotations';
import type { ImageTransform, Size } from '../geometry';
import type { MethodNetwork } from '../methods/network';
import type { Saliency } from '../saliency';
import type { Target } from '../target/target';
import type { Curve, Measured } from './measurement';

/** What metrics need that ask only where a map lies. */
export interface Located extends Pick<Subject, 'saliency' | 'imageTransform' | 'regions'> {
  readonly network: { readonly input: Size };
}

/** One map of one image for one class. */
export interface Subject {
  readonly network: MethodNetwork;
  /** What the map is measured by, such as the probability of the class that it explains. */
  readonly target: Target;
  readonly saliency: Saliency;
  /** B: the blurred image as planes, [channels, height, width]. */
  readonly blurred: Float32Array;
  /** The value of a black pixel after preprocessing, for each channel. */
  readonly black: readonly number[];
  /** Where the network's input lies on the original image. */
  readonly imageTransform: ImageTransform;
  /** The objects of the class, in pixels of the original, upright image; undefined if there are no annotations. */
  readonly regions?: readonly Region[];
  /** The map that the same method makes of another image, [channels, height, width], for the same class. */
  explain(image: Float32Array): Promise<Saliency>;
}

/**
 * What a metric needs besides the map and the network's scores.
 *
 * - `regions`: where the objects of the class are
 * - `other-maps`: maps of other images
 */
export type MetricNeed = 'regions' | 'other-maps';

export interface MetricProgress {
  readonly done: number;
  readonly total: number;
  /** The curve as far as it has been computed. */
  readonly curve?: Curve;
}

export type Report = (progress: MetricProgress) => void;

/** The part of `Measured` that one metric computes, with scores by the names of its row in the table. */
export interface MetricResult {
  readonly scores: Measured['scores'];
  readonly curve?: Curve;
  /** The images at both ends of the curve, [channels, height, width]. */
  readonly ends?: Ends;
}

export interface Ends {
  readonly from: Float32Array;
  readonly to: Float32Array;
}

/** @param report called with the progress between chunks */
export type MetricFunction<Options> = (
  subject: Subject,
  options: Options,
  report: Report,
) => MetricResult | Promise<MetricResult>;
