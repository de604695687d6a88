/** Measurements of maps, as they are sent from the engine to the editor. */
import type { OptionValues } from '../options';

/** Title and publication of every metric. core/metrics/metric-table.ts has the metrics themselves. */
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

/** How the probability of a class changes on the way from one image to another. */
export interface Curve {
  /** Share of the pixels replaced, from 0 to 1. */
  readonly fractions: readonly number[];
  /** p of the class at each of the fractions. */
  readonly probabilities: readonly number[];
}

/** The title of a score and how to read it. */
export interface ScoreInfo {
  readonly title: string;
  /** The score's meaning in one line. */
  readonly meaning: string;
  /** `neither` for a score that describes a map without rating it. */
  readonly better: 'higher' | 'lower' | 'neither';
}

/** A metric and its options; missing options have their defaults. */
export interface MetricChoice {
  readonly metric: Metric;
  readonly options?: OptionValues;
}

/** The results of metrics for one map. */
export interface Measured {
  /**
   * Scores by the names of core/metrics/metric-table.ts. A score that is not defined, such as the sparseness of a blank
   * map, is missing.
   */
  readonly scores: Readonly<Record<string, number>>;
  /** Curves by metric. Only metrics that follow the probability from one image to another have one. */
  readonly curves: Readonly<Record<string, Curve>>;
}

/** The maps that are measured: that of the explanation and two baselines (core/metrics/baselines.ts). */
export const MEASURED_MAPS = ['explanation', 'random', 'centre'] as const;
export type MeasuredMap = (typeof MEASURED_MAPS)[number];

/** The scores of an explanation and of the baselines. */
export interface Measurement {
  readonly maps: { readonly [M in MeasuredMap]?: Measured };
  /** Descriptions of the scores by name, in the order in which to show them. */
  readonly scores: Readonly<Record<string, ScoreInfo>>;
  /**
   * By metric: the pictures at both ends of its curve, as PNG of the network's input size, if the request asks for
   * them. At a point of the curve the first round(fraction * pixels) pixels, in the order of `bySaliency`
   * (core/metrics/order.ts), come from `to` and the others from `from`, as in `mixedPixels`.
   */
  readonly pictures: Readonly<Record<string, { readonly from: Uint8Array; readonly to: Uint8Array }>>;
  /** Number of forward passes. */
  readonly passes: number;
  readonly milliseconds: number;
}
