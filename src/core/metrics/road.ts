/**
 * ROAD (Rong et al., arXiv 2202.00449): pixels are removed by noisy linear imputation, which leaves no edges that would
 * show the network where they were. The score is half the difference in probability between the image without its least
 * salient pixels and the image without its most salient ones, averaged over several shares; higher is better.
 */
import { type OptionsOf, real, seedOption } from '../options';
import { createRandom } from '../random';
import { impute } from './impute';
import type { MetricResult, Report, Subject } from './metric';
import { bySaliency } from './order';

/** The shares of pixels to remove. */
const SHARES = [0.2, 0.4, 0.6, 0.8];

export const roadOptions = {
  noise: real('Deviation of the noise on imputed values, after preprocessing', 0.01, 0, 10),
  seed: seedOption,
};

export async function road(
  { network, saliency, target }: Subject,
  { noise, seed }: OptionsOf<typeof roadOptions>,
  report: Report,
): Promise<MetricResult> {
  const order = bySaliency(saliency.map);
  const random = createRandom(seed);
  function* images() {
    for (const share of SHARES) {
      const count = Math.round(share * order.length);
      yield { sign: -1, image: impute(network.input, order.subarray(0, count), noise, random) };
      yield { sign: 1, image: impute(network.input, order.subarray(order.length - count), noise, random) };
    }
  }
  let [sum, done] = [0, 0];
  for await (const chunk of network.scoreImages(images())) {
    for (const { item, outputs } of chunk) sum += item.sign * target.score(outputs);
    done += chunk.length;
    report({ done, total: 2 * SHARES.length });
  }
  return { scores: { road: sum / (2 * SHARES.length) } };
}
