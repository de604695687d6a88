/** Every metric: what it measures, its options, and the scores it gives. */

import { type OptionsOf, type OptionTable, resolveOptions } from '../options';
import { adcc } from './adcc';
import { averageDrop } from './average-drop';
import { deletion, deletionOptions } from './deletion';
import { energy, energyOptions } from './energy';
import { insertion, insertionOptions } from './insertion';
import { maxSensitivity, maxSensitivityOptions } from './max-sensitivity';
import {
  type Curve,
  METRIC_NAMES,
  type Measured,
  type MetricChoice,
  type Metric as MetricName,
  type ScoreInfo,
} from './measurement';
import type { Ends, MetricFunction, MetricNeed, MetricProgress, MetricResult, Report, Subject } from './metric';
import { pointingGame, pointingOptions } from './pointing-game';
import { road, roadOptions } from './road';
import { sparseness } from './sparseness';

interface RangedScore extends ScoreInfo {
  /** The lowest and the highest that it can be where the network's answers are probabilities. */
  readonly range: readonly [lowest: number, highest: number];
}

interface Description<Table extends OptionTable> {
  readonly needs?: readonly MetricNeed[];
  /** The scores by name; names are unique among all metrics. */
  readonly scores: Readonly<Record<string, RangedScore>>;
  readonly options: Table;
}

export interface MetricInfo extends Description<OptionTable> {
  readonly title: string;
  readonly paper: string;
  /**
   * @param given options by name; the others have their defaults
   * @throws bad-option, and what the network throws
   */
  run(subject: Subject, given: Readonly<Record<string, unknown>>, report: Report): Promise<MetricResult>;
}

function metric<const Table extends OptionTable>(
  name: MetricName,
  description: Description<Table>,
  run: MetricFunction<OptionsOf<Table>>,
): MetricInfo {
  return {
    ...METRIC_NAMES[name],
    ...description,
    run: async (subject, given, report) => run(subject, resolveOptions(description.options, given), report),
  };
}

const NO_OPTIONS = {};

export const metrics = {
  insertion: metric(
    'insertion',
    {
      scores: {
        insertion: {
          title: 'Insertion',
          meaning: 'Mean probability while pixels come back into the blurred image, the most salient first',
          better: 'higher',
          range: [0, 1],
        },
      },
      options: insertionOptions,
    },
    insertion,
  ),
  deletion: metric(
    'deletion',
    {
      scores: {
        deletion: {
          title: 'Deletion',
          meaning: 'Mean probability while pixels are replaced, the most salient first',
          better: 'lower',
          range: [0, 1],
        },
      },
      options: deletionOptions,
    },
    deletion,
  ),
  road: metric(
    'road',
    {
      scores: {
        road: {
          title: 'ROAD',
          meaning: 'What removing the most salient pixels costs more than removing the least salient ones, half of it',
          better: 'higher',
          range: [-1, 1],
        },
      },
      options: roadOptions,
    },
    road,
  ),
  'average-drop': metric(
    'average-drop',
    {
      scores: {
        drop: {
          title: 'Drop in confidence',
          meaning: 'Share of the probability that is lost when only the salient part is shown',
          better: 'lower',
          range: [0, 1],
        },
        increase: {
          title: 'Increase in confidence',
          meaning: '1 if the salient part alone has a higher probability than the whole image, else 0',
          better: 'higher',
          range: [0, 1],
        },
      },
      options: NO_OPTIONS,
    },
    averageDrop,
  ),
  adcc: metric(
    'adcc',
    {
      needs: ['other-maps'],
      scores: {
        adcc: {
          title: 'ADCC',
          meaning: 'Harmonic mean of coherency, the opposite of complexity, and the probability that is kept',
          better: 'higher',
          range: [0, 1],
        },
        coherency: {
          title: 'Coherency',
          meaning: 'How alike the map of the salient part is to the map',
          better: 'higher',
          range: [0, 1],
        },
        complexity: {
          title: 'Complexity',
          meaning: 'Mean of the map: how much of the image it marks',
          better: 'lower',
          range: [0, 1],
        },
      },
      options: NO_OPTIONS,
    },
    adcc,
  ),
  sparseness: metric(
    'sparseness',
    {
      scores: {
        sparseness: {
          title: 'Sparseness',
          meaning: 'How few pixels hold the map, from 0 (all alike) to 1 (one pixel)',
          better: 'neither',
          range: [0, 1],
        },
      },
      options: NO_OPTIONS,
    },
    sparseness,
  ),
  'max-sensitivity': metric(
    'max-sensitivity',
    {
      needs: ['other-maps'],
      scores: {
        sensitivity: {
          title: 'Max-sensitivity',
          meaning: 'How far the map moves at most when noise too small to see is added to the image',
          better: 'lower',
          range: [0, Number.MAX_VALUE],
        },
      },
      options: maxSensitivityOptions,
    },
    maxSensitivity,
  ),
  pointing: metric(
    'pointing',
    {
      needs: ['regions'],
      scores: {
        pointing: {
          title: 'Pointing game',
          meaning: '1 if the maximum of the map lies on an object of the class, else 0',
          better: 'higher',
          range: [0, 1],
        },
      },
      options: pointingOptions,
    },
    pointingGame,
  ),
  energy: metric(
    'energy',
    {
      needs: ['regions'],
      scores: {
        energy: {
          title: 'Energy on objects',
          meaning: 'Share of the map that lies on objects of the class',
          better: 'higher',
          range: [0, 1],
        },
      },
      options: energyOptions,
    },
    energy,
  ),
} as const satisfies Record<MetricName, MetricInfo>;

/** Scores that are computed from others, if those are known. */
const DERIVED: Readonly<Record<string, RangedScore & { of(scores: Measured['scores']): number }>> = {
  /** Group-CAM, section 4.3. */
  overall: {
    title: 'Over-all (insertion - deletion)',
    meaning: 'Insertion minus deletion',
    better: 'higher',
    range: [-1, 1],
    of: ({ insertion = Number.NaN, deletion = Number.NaN }) => insertion - deletion,
  },
};

const RANGED: Readonly<Record<string, RangedScore>> = Object.assign(
  {},
  metrics.insertion.scores,
  metrics.deletion.scores,
  DERIVED,
  ...Object.values<MetricInfo>(metrics).map(({ scores }) => scores),
);

/** Every score by its name, in the order of tables: a derived score comes after those that it is computed from. */
export const SCORES: Readonly<Record<string, ScoreInfo>> = Object.fromEntries(
  Object.entries(RANGED).map(([name, { title, meaning, better }]) => [name, { title, meaning, better }]),
);

/** The lowest and the highest that each score can be where the network's answers are probabilities. */
export const SCORE_RANGES: Readonly<Record<string, RangedScore['range']>> = Object.fromEntries(
  Object.entries(RANGED).map(([name, { range }]) => [name, range]),
);

/** The needs of the chosen metrics, without duplicates. */
export function metricNeeds(chosen: readonly MetricChoice[]): ReadonlySet<MetricNeed> {
  return new Set(chosen.flatMap(({ metric: name }) => (metrics[name] as MetricInfo).needs ?? []));
}

/**
 * Measures one map by each metric in turn, then adds the derived scores.
 *
 * @param report called with the metric's name and its progress
 * @returns the results, with the images at both ends of each curve by metric
 * @throws bad-option, and what the network throws
 */
export async function measureMap(
  subject: Subject,
  chosen: readonly MetricChoice[],
  report: (metric: MetricName, progress: MetricProgress) => void = () => {},
): Promise<Measured & { readonly ends: Readonly<Record<string, Ends>> }> {
  const scores: Record<string, number> = {};
  const curves: Record<string, Curve> = {};
  const ends: Record<string, Ends> = {};
  for (const { metric: name, options = {} } of chosen) {
    const result = await metrics[name].run(subject, options, (progress) => report(name, progress));
    Object.assign(scores, result.scores);
    if (result.curve) curves[name] = result.curve;
    if (result.ends) ends[name] = result.ends;
  }
  for (const [name, { of }] of Object.entries(DERIVED)) {
    const value = of(scores);
    if (!Number.isNaN(value)) scores[name] = value;
  }
  return { scores, curves, ends };
}
