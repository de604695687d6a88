/** Sparseness (Chalasani et al., arXiv 1810.06583): the Gini index of a map, 0 if all pixels are equal, 1 if one has all. */
import type { MetricResult, Subject } from './metric';

export function sparseness({ saliency }: Subject): MetricResult {
  // Magnitudes are used, since evidence against the class is part of the map too.
  const values = saliency.map.map(Math.abs).sort();
  const n = values.length;
  let [sum, weighted] = [0, 0];
  for (let i = 0; i < n; i++) {
    sum += values[i]!;
    weighted += (2 * (i + 1) - n - 1) * values[i]!;
  }
  return { scores: sum > 0 ? { sparseness: weighted / (n * sum) } : {} };
}
