/**
 * Max-sensitivity (Yeh et al., arXiv 1901.09392, definition 2): the largest change of the map when imperceptible noise
 * is added to the image, relative to the map's norm; lower is better. The maximum is over random draws.
 */
import { integer, type OptionsOf, real, seedOption } from '../options';
import { createRandom } from '../random';
import type { MetricResult, Report, Subject } from './metric';

export const maxSensitivityOptions = {
  samples: integer('Noisy images', 10, 1, 1000),
  radius: real('Largest change of a value after preprocessing', 0.1, 1e-6, 10),
  seed: seedOption,
};

export async function maxSensitivity(
  { network, saliency, explain }: Subject,
  { samples, radius, seed }: OptionsOf<typeof maxSensitivityOptions>,
  report: Report,
): Promise<MetricResult> {
  const random = createRandom(seed);
  const length = distance(saliency.map, new Float32Array(saliency.map.length));
  // The norm of a blank map is 0, so there is nothing to compare with.
  if (length === 0) return { scores: {} };
  let farthest = 0;
  for (let done = 1; done <= samples; done++) {
    const image = network.input.data.map((value) => value + radius * (2 * random.uniform() - 1));
    farthest = Math.max(farthest, distance((await explain(image)).map, saliency.map));
    report({ done, total: samples });
  }
  return { scores: { sensitivity: farthest / length } };
}

function distance(a: Float32Array, b: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i]! - b[i]!) ** 2;
  return Math.sqrt(sum);
}
