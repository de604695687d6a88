/** The verdict on a method from how similar its maps remain when weights are re-randomised (arXiv 1810.03292). */
import type { MethodName } from '../methods/names';
import { METHOD_NAMES } from '../methods/names';
import type { SanityMap, SanityStep, Similarity } from './types';

/** Combines the maps of all seeds: one step for each randomisation and depth, with the mean of its similarities. */
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
 * Maps with a rank correlation of at least `ALIKE` are called alike, those below `UNLIKE` unlike. The limits are conventions,
 * not the result of a test: the square of a correlation is the share of one ranking's variance that the other explains, which
 * is a half and a tenth here.
 */
const ALIKE = Math.SQRT1_2;
const UNLIKE = Math.sqrt(0.1);

/**
 * The result of the cascading randomisation, in words. The verdict depends on the maps while the upper half of the layers is
 * re-randomised. This destroys what the network has learned about classes but keeps its first features, which are enough for a
 * method that only finds edges.
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
  if (blankOriginal) return `${title}: its map for the trained network is blank, so there is nothing to compare with.`;
  const cascade = steps.filter(({ randomisation }) => randomisation === 'cascading');
  if (cascade.length === 0) return `${title}: there is no verdict without the cascading randomisation.`;
  const blank = cascade.reduce((sum, step) => sum + step.blank, 0);
  const total = cascade.reduce((sum, step) => sum + step.blank + step.compared, 0);
  const counted = blank > 0 ? ` ${blank} of the cascade's ${total} maps are blank and are not compared.` : '';
  const upper = meanOf(cascade.flatMap(({ mean, depth }) => (mean && 2 * depth <= layers + 1 ? [mean] : [])));
  if (!upper)
    return `${title}: there is no verdict, since all maps with the upper half of the layers re-randomised are blank.${counted}`;
  const all = cascade.at(-1)!;
  const end = all.mean && all.depth === layers ? `, ${all.mean.spearman.toFixed(2)} with all` : '';
  const numbers = `rank correlation ${upper.spearman.toFixed(2)} on average with the upper half of the layers re-randomised${end}`;
  return `${title} ${finding(upper.spearman)} (${numbers}).${counted}`;
}

function finding(spearman: number): string {
  if (spearman >= ALIKE) return 'fails: its maps hardly change, so they show the image rather than what was learned';
  if (spearman >= UNLIKE) return 'passes in part: its maps change, but still resemble the original';
  return 'passes: its maps change once the learned weights are gone';
}
