/** Group-CAM (arXiv 2103.13859): split, transform, merge. */
import type { MethodOptions } from '../types';
import { type CamFrame, type CamResult, gradCamFrame } from './grad-cam';
import { isConstant, makeMask, normalised } from './masks';
import { merge, scoreOf, whyBlank } from './merge';
import type { Network } from './network';
import { channelWeights, denoise, groupMaps, unitWeights } from './split';

/**
 * Yields Grad-CAM (or, without gradients, the summed activations) as soon as the split is known, then the merged map
 * after each chunk of scored masks. The last frame is the result.
 *
 * @param target the class c
 */
export async function* groupCam(
  network: Network,
  target: number,
  { variant, groups, theta }: MethodOptions,
): AsyncGenerator<CamFrame, CamResult> {
  const { features, height, width } = network;

  const weights =
    variant === 'gradient-free'
      ? unitWeights(features.channels)
      : channelWeights(await network.gradient(target), features.channels);
  const initial = groupMaps(features, weights, groups);
  yield gradCamFrame(features, weights, initial.length);

  const masks = initial
    .map((map) => (variant === 'paper' ? denoise(map, theta) : map))
    .map((map) => makeMask(map, features, height, width));
  const scored = masks.flatMap((mask, l) => (isConstant(mask) ? [] : [{ mask, l }]));

  const scores = new Float32Array(masks.length);
  const frame = (done: number): CamFrame => ({
    stage: 'group-cam',
    done,
    total: masks.length,
    u: features.u,
    v: features.v,
    ...merge(masks, scores, variant),
  });
  for await (const { first, probabilities } of network.score(scored.map(({ mask }) => normalised(mask)))) {
    const blurred = network.blurred()[target]!;
    probabilities.forEach((p, i) => {
      scores[scored[first + i]!.l] = scoreOf(p[target]!, blurred, variant);
    });
    yield frame(masks.length - scored.length + first + probabilities.length);
  }
  if (scored.length === 0) yield frame(masks.length);
  return { scores, whyBlank: whyBlank(masks, scores) };
}
