/** Insertion (RISE, arXiv 1806.07421): the area under the curve from the blurred image to the image; higher is better. */
import type { OptionsOf } from '../options';
import { areaUnder, curveBetween, stepOptions } from './curve';
import type { MetricResult, Report, Subject } from './metric';

export const insertionOptions = stepOptions;

export async function insertion(
  subject: Subject,
  options: OptionsOf<typeof insertionOptions>,
  report: Report,
): Promise<MetricResult> {
  const ends = { from: subject.blurred, to: subject.network.input.data };
  const curve = await curveBetween(subject, ends, options, report);
  return { scores: { insertion: areaUnder(curve) }, curve, ends };
}
