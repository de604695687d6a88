/** What the similarities of maps say about a method. */
import type { MethodName } from '../methods/names';
import { METHOD_NAMES } from '../methods/names';
import type { SanityMap, SanityStep, Similarity } from './types';

/** The maps of all seeds together, depth by depth. */
export function stepsOf(maps: readonly SanityMap[]): SanityStep[] {
  const groups = new Map<string, SanityMap[]>();
  for (const map of maps) {
    const key = `${map.randomisation} ${map.depth}`;
    groups.set(key, [...(groups.get(key) ?? []), map]);
  }
  return [...groups.values()].map((group) => {
    const { randomisation, layer, depth } = group[0]!;
    const similarities = group.flatMap(({ similarity }) => (similarity ? [similarity] : []));
    const mean = meanOf(similarities);
    const compared = similarities.length;
    return { randomisation, layer, depth, ...(mean && { mean }), compared, blank: group.length - compared };
  });
}

function meanOf(similarities: readonly Similarity[]): Similarity | undefined {
  const mean = (key: keyof Similarity) =>
    similarities.reduce((sum, similarity) => sum + similarity[key], 0) / similarities.length;
  return similarities.length > 0 ? { spearman: mean('spearman'), ssim: mean('ssim') } : undefined;
}

/**
 * Rank correlations from which maps are called alike, and below which they are called unlike. There is no test behind them:
 * a correlation's square is the share of one ranking that the other tells, here a half and a tenth.
 */
const ALIKE = Math.SQRT1_2;
const UNLIKE = Math.sqrt(0.1);

/**
 * What the cascade says, in words. It counts what becomes of a map while the upper half of the layers is re-randomised: that
 * destroys what the network knows of classes and leaves the first features, which any method finds edges with.
 *
 * @param steps of one method
 * @param layers of the network
 */
export function verdictOf(
  method: MethodName,
  steps: readonly SanityStep[],
  layers: number,
  blankOriginal: boolean,
): string {
  const { title } = METHOD_NAMES[method];
  if (blankOriginal) return `${title}: its map of the network itself is blank, so there is nothing to compare with.`;
  const cascade = steps.filter(({ randomisation }) => randomisation === 'cascading');
  if (cascade.length === 0) return `${title}: without a cascade there is no verdict.`;
  const blank = cascade.reduce((sum, step) => sum + step.blank, 0);
  const total = cascade.reduce((sum, step) => sum + step.blank + step.compared, 0);
  const counted = blank > 0 ? ` ${blank} of the cascade's ${total} maps are blank, which is no likeness.` : '';
  const upper = meanOf(cascade.flatMap(({ mean, depth }) => (mean && 2 * depth <= layers + 1 ? [mean] : [])));
  if (!upper) return `${title}: no map of a half-drawn network can be compared, so there is no verdict.${counted}`;
  const all = cascade.at(-1)!;
  const end = all.mean && all.depth === layers ? `, ${all.mean.spearman.toFixed(2)} with all` : '';
  const numbers = `rank correlation ${upper.spearman.toFixed(2)} on average with the upper half of the layers re-randomised${end}`;
  return `${title} ${finding(upper.spearman)} (${numbers}).${counted}`;
}

function finding(spearman: number): string {
  if (spearman >= ALIKE) return 'fails: its maps hardly change, so they show the image rather than what was learned';
  if (spearman >= UNLIKE) return 'passes in part: its maps change, but still resemble the original';
  return 'passes: its maps fall apart with what was learned';
}
