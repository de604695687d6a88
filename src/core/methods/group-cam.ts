/**
 * Group-CAM (arXiv 2103.13859): channels are grouped to masks, and a mask's weight is the score of the image with only
 * its part visible.
 */

import type { FeatureMaps } from '../cam/features';
import { isConstant, type Mask, makeMask, normalised } from '../cam/masks';
import { maskScore as gain, merge, whyBlank } from '../cam/merge';
import { channelWeights, denoise, groupMaps, unitWeights } from '../cam/split';
import type { Size } from '../geometry';
import { createRandom } from '../random';
import type { MethodFrame } from '../saliency';
import { saliencyOf } from '../saliency';
import type { Target } from '../target/target';
import { kMeans } from './k-means';
import type { OptionsOfMethod } from './method-options';
import type { MethodNetwork, MethodRun } from './network';

type Options = OptionsOfMethod<'group-cam'>;

/**
 * The first frame is Grad-CAM, or for the gradient-free variant the summed activations. Signed evidence leaves out the
 * ReLU of equation 7, so that masks which lower the score are shown too; `auto` does so if the ReLU would leave
 * nothing.
 */
export async function* groupCam(network: MethodNetwork, target: Target, options: Options): MethodRun {
  const { features, input } = network;
  const { variant, theta, evidence, precision } = options;
  const weights =
    variant === 'gradient-free'
      ? unitWeights(features.channels)
      : channelWeights(await network.featureGradient(target), features.channels);
  const { height, width } = features;
  const frame = (done: number, of: number, { map, offset }: Pick<MethodFrame, 'map' | 'offset'>): MethodFrame => {
    return { done, total: 1 + of, height, width, map, offset, signed: evidence === 'signed' };
  };
  // This frame comes before the masks, whose computation takes as long as a pass of a small network. The number of
  // constant masks is not known yet.
  yield frame(0, options.groups, { map: groupMaps(features, weights, 1)[0]!, offset: 0 });

  const masks = split(features, weights, options)
    .map((map) => (variant === 'paper' ? denoise(map, theta) : map))
    .map((map) => makeMask(map, features, input.height, input.width));
  const shown = masks.flatMap((mask, l) => (isConstant(mask) ? [] : [{ l, ...mask }]));

  const scores = new Float32Array(masks.length);
  // A mask may be answered a second time, more precisely.
  const answered = new Set<number | undefined>();
  let [blurred, isAgainst] = [0, false];
  for await (const chunk of network.scoreMasks(blurredFirst(shown, height * width), 'blurred', {
    precision,
    target,
  })) {
    for (const { item, outputs } of chunk) {
      const score = target.score(outputs);
      if (item.l === undefined) blurred = score;
      else scores[item.l] = gain(score, blurred, variant);
      answered.add(item.l);
    }
    const done = answered.size;
    const estimate = frame(done, shown.length, merge(masks, scores, variant));
    isAgainst = evidence === 'auto' && done === estimate.total && isCut(scores, estimate, input);
    yield isAgainst ? { ...estimate, signed: true } : estimate;
  }
  const reason = whyBlank(masks, scores);
  const note = isAgainst && `${reason}; the map shows what speaks against it`;
  return { scores, whyBlank: reason, ...(note && { note }) };
}

/** True if masks have scores but the ReLU of equation 7 leaves nothing. */
function isCut(scores: Float32Array, frame: MethodFrame, inputSize: Size): boolean {
  return scores.some((score) => score !== 0) && saliencyOf({ ...frame, inputSize }).zero;
}

/** Yields a mask that leaves only the blurred image, then the given ones. */
function* blurredFirst(shown: readonly (Mask & { readonly l: number })[], pixels: number) {
  yield { l: undefined, mask: new Float32Array(pixels) };
  for (const mask of shown) yield { l: mask.l, mask: normalised(mask) };
}

/**
 * Equation 2, with groups of consecutive channels, or, as in the authors' code, of channels whose w_k A^k are alike.
 */
function split(features: FeatureMaps, weights: Float64Array, { groups, grouping, seed }: Options): Float32Array[] {
  if (grouping === 'consecutive') return groupMaps(features, weights, groups);
  const { channels, height, width } = features;
  const weighted = features.data.map((a, i) => a * weights[Math.floor(i / (height * width))]!);
  const labels = kMeans(weighted, channels, groups, createRandom(seed));
  const maps = new Map<number, Float32Array>();
  labels.forEach((label, k) => {
    const sum = maps.get(label) ?? new Float32Array(height * width);
    maps.set(
      label,
      sum.map((value, i) => value + weighted[k * height * width + i]!),
    );
  });
  return [...maps.values()].map((map) => map.map((value) => Math.max(value, 0)));
}
