/** What is measured of maps, as it crosses from the engine to the editor. */
import type { OptionValues } from '../options';

/** What every metric is called, and where it was published; core/metrics/metric-table.ts has what it does. */
export const METRIC_NAMES = {
  insertion: { title: 'Insertion', paper: 'arXiv 1806.07421' },
  deletion: { title: 'Deletion', paper: 'arXiv 1806.07421' },
  road: { title: 'ROAD', paper: 'arXiv 2202.00449' },
  'average-drop': { title: 'Average drop', paper: 'arXiv 1710.11063' },
  adcc: { title: 'ADCC', paper: 'arXiv 2104.10252' },
  sparseness: { title: 'Sparseness', paper: 'arXiv 1810.06583' },
  'max-sensitivity': { title: 'Max-sensitivity', paper: 'arXiv 1901.09392' },
  pointing: { title: 'Pointing game', paper: 'arXiv 1608.00507' },
  energy: { title: 'Energy on objects', paper: 'arXiv 1910.01279' },
} as const satisfies Record<string, { readonly title: string; readonly paper: string }>;

export type Metric = keyof typeof METRIC_NAMES;
export const METRICS = Object.keys(METRIC_NAMES) as readonly Metric[];

/** How the probability of a class changes along the way from one image to another. */
export interface Curve {
  /** Share of the pixels replaced, from 0 to 1. */
  readonly fractions: readonly number[];
  /** p of the class there, as many. */
  readonly probabilities: readonly number[];
}

/** What a number that a metric gives is called, and how to read it. */
export interface ScoreInfo {
  readonly title: string;
  /** In one line. */
  readonly meaning: string;
  /** `neither` for what describes a map without rating it. */
  readonly better: 'higher' | 'lower' | 'neither';
}

/** A metric and its own options, those not given having their defaults. */
export interface MetricChoice {
  readonly metric: Metric;
  readonly options?: OptionValues;
}

/** What metrics found about a map. */
export interface Measured {
  /** By the names of core/metrics/metric-table.ts. A score that can't be told, such as the sparseness of a blank map, is missing. */
  readonly scores: Readonly<Record<string, number>>;
  /** By metric; those that ask along a way have one. */
  readonly curves: Readonly<Record<string, Curve>>;
}

/** Maps that are measured: the explanation's, and two that know nothing of the network (core/metrics/baselines.ts). */
export const MEASURED_MAPS = ['explanation', 'random', 'centre'] as const;
export type MeasuredMap = (typeof MEASURED_MAPS)[number];

/** How good an explanation is, beside maps that know nothing. */
export interface Measurement {
  readonly maps: { readonly [M in MeasuredMap]?: Measured };
  /** What each score is, by its name, in the order in which to show them. */
  readonly scores: Readonly<Record<string, ScoreInfo>>;
  /**
   * By metric: the pictures at both ends of its curve, as PNG of the network's input size, if they were asked for. At a
   * point of the curve the first round(fraction * pixels) pixels, in the order of `bySaliency` (core/metrics/order.ts), come
   * from `to` and the others from `from`; `mixedPixels` does that.
   */
  readonly pictures: Readonly<Record<string, { readonly from: Uint8Array; readonly to: Uint8Array }>>;
  /** Forward passes run for it. */
  readonly passes: number;
  readonly milliseconds: number;
}
