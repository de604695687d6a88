/**
 * The probability of a class while pixels are replaced in the order of their saliency (RISE, arXiv 1806.07421, section 4.2;
 * Group-CAM, arXiv 2103.13859, section 4.3).
 */

import { choice, type OptionsOf, real } from '../options';
import type { Curve } from './measurement';
import type { Ends, Report, Subject } from './metric';
import { bySaliency, type Replaced, replaced } from './order';

export const stepOptions = {
  step: real('Pixels replaced at a time', 1, 0.01, 1e9),
  unit: choice('What they are counted in', 'percent', ['percent', 'pixels']),
};

/** The number of replaced pixels at each point of a curve: 0, then one step more each time, up to all pixels. */
export function stepCounts(pixels: number, { step, unit }: OptionsOf<typeof stepOptions>): number[] {
  const each = unit === 'percent' ? (step / 100) * pixels : step;
  const steps = Math.max(1, Math.ceil(pixels / each - 1e-9));
  return Array.from({ length: steps + 1 }, (_, k) => Math.min(Math.round(k * each), pixels));
}

/** The area under a curve, by the trapezoid rule. */
export function areaUnder({ fractions, probabilities }: Curve): number {
  let area = 0;
  for (let i = 1; i < fractions.length; i++) {
    area += ((fractions[i]! - fractions[i - 1]!) * (probabilities[i]! + probabilities[i - 1]!)) / 2;
  }
  return area;
}

/**
 * Computes the curve from one image to another. One of the two is the image itself, whose probability is known already.
 */
export async function curveBetween(
  { network, saliency, target }: Subject,
  { from, to }: Ends,
  options: OptionsOf<typeof stepOptions>,
  report: Report,
): Promise<Curve> {
  const pixels = network.input.height * network.input.width;
  const counts = stepCounts(pixels, options);
  const own = from === network.input.data ? 0 : counts.length - 1;
  const probabilities = [...(own === 0 ? [target.score(network.outputs)] : [])];
  const asked = counts.filter((_, k) => k !== own);
  const curve = (): Curve => ({
    fractions: counts.slice(0, probabilities.length).map((count) => count / pixels),
    probabilities: [...probabilities],
  });
  const images: Iterable<Replaced> = replaced(from, to, bySaliency(saliency.map), asked);
  for await (const chunk of network.scoreImages(images)) {
    for (const { outputs } of chunk) probabilities.push(target.score(outputs));
    report({ done: probabilities.length, total: counts.length, curve: curve() });
  }
  if (own > 0) probabilities.push(target.score(network.outputs));
  return curve();
}
