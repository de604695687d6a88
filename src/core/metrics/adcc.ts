/**
 * ADCC (Poppi et al., arXiv 2104.10252): the harmonic mean of three scores of a map, so that a low one can't be
 * compensated by the others.
 */
import { dropOf, scoreShown } from './average-drop';
import { maskedImage } from './masked';
import type { MetricResult, Subject } from './metric';

/**
 * - coherency: the Pearson correlation between the map and the map of the image masked by it, scaled from [-1, 1] to
 *   [0, 1]
 * - complexity: the mean of the map; lower is better
 * - average drop
 */
export async function adcc(subject: Subject): Promise<MetricResult> {
  const { network, saliency, target } = subject;
  const complexity = saliency.map.reduce((sum, value) => sum + Math.abs(value), 0) / saliency.map.length;
  const drop = dropOf(target.score(network.outputs), await scoreShown(subject));
  const again = await subject.explain(maskedImage(network.input, saliency));
  const correlation = pearson(saliency.map, again.map);
  // The correlation with a constant map is not defined.
  if (correlation === undefined) return { scores: { complexity } };
  const coherency = (1 + correlation) / 2;
  if (drop === undefined) return { scores: { coherency, complexity } };
  // Equation 5.
  return { scores: { adcc: 3 / (1 / coherency + 1 / (1 - complexity) + 1 / (1 - drop)), coherency, complexity } };
}

/** Pearson's correlation; undefined if a map is constant. */
export function pearson(a: Float32Array, b: Float32Array): number | undefined {
  const [meanA, meanB] = [a, b].map((values) => values.reduce((sum, value) => sum + value, 0) / values.length);
  let [product, squareA, squareB] = [0, 0, 0];
  for (let i = 0; i < a.length; i++) {
    const [x, y] = [a[i]! - meanA!, b[i]! - meanB!];
    product += x * y;
    squareA += x * x;
    squareB += y * y;
  }
  return squareA > 0 && squareB > 0 ? product / Math.sqrt(squareA * squareB) : undefined;
}
