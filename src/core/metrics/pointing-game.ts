/** The pointing game (Zhang et al., arXiv 1608.00507; Group-CAM, arXiv 2103.13859, section 4.4). */
import { type OptionsOf, real } from '../options';
import type { Located, MetricResult } from './metric';
import { centreOf, isOn, shownRegions } from './regions';

export const pointingOptions = {
  tolerance: real('Pixels of the image by which objects are grown', 15, 0, 10_000),
};

/**
 * The score is 1, a hit, if the map's first maximum in row-major order lies on an object of the class. A blank map has
 * no maximum, so it is a miss with score 0. There is no score if the network's input shows none of the objects.
 */
export function pointingGame(
  { network, saliency, imageTransform, regions = [] }: Located,
  { tolerance }: OptionsOf<typeof pointingOptions>,
): MetricResult {
  const shown = shownRegions(regions, network.input, imageTransform);
  if (shown.length === 0) return { scores: {} };
  const maximum = centreOf(firstMaximum(saliency.map), network.input.width, imageTransform);
  const hit = !saliency.zero && shown.some((region) => isOn(region, imageTransform.image)(maximum, tolerance));
  return { scores: { pointing: hit ? 1 : 0 } };
}

export function firstMaximum(map: Float32Array): number {
  let best = 0;
  for (let i = 1; i < map.length; i++) if (map[i]! > map[best]!) best = i;
  return best;
}

/** One result of the pointing game. */
export interface Pointed {
  readonly category: string;
  readonly hit: boolean;
}

export interface CategoryAccuracy {
  readonly category: string;
  readonly hits: number;
  readonly total: number;
  readonly accuracy: number;
}

/** The hits of each category, sorted by name, and the unweighted mean of the categories' accuracies. */
export function pointingAccuracy(answers: readonly Pointed[]): {
  readonly categories: readonly CategoryAccuracy[];
  readonly mean: number;
} {
  const names = [...new Set(answers.map(({ category }) => category))].sort();
  const categories = names.map((category) => {
    const own = answers.filter((answer) => answer.category === category);
    const hits = own.filter(({ hit }) => hit).length;
    return { category, hits, total: own.length, accuracy: hits / own.length };
  });
  return { categories, mean: categories.reduce((sum, { accuracy }) => sum + accuracy, 0) / categories.length };
}
