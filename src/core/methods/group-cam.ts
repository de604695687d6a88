/** Group-CAM (arXiv 2103.13859): channels are grouped, and a group's mask weighs what showing only it scores. */
import { isConstant, type Mask, makeMask, normalised } from '../cam/masks';
import { scoreOf as gain, merge, whyBlank } from '../cam/merge';
import { channelWeights, denoise, groupMaps, unitWeights } from '../cam/split';
import { VARIANTS } from '../types';
import { kMeans } from './k-means';
import type { FeatureMaps, MethodFrame, MethodNetwork, MethodRun, Target } from './network';
import { choice, integer, type OptionsOf, real, seedOption } from './options';
import { createRandom } from './random';
import { scoreOf, seedOf } from './target';

export const groupCamOptions = {
  variant: choice('Variant', 'paper', VARIANTS),
  groups: integer('Groups of channels', 32, 1, 1024),
  grouping: choice('Grouping', 'consecutive', ['consecutive', 'k-means']),
  theta: real('Percentile below which a mask is emptied', 70, 0, 100),
  seed: seedOption,
};

type Options = OptionsOf<typeof groupCamOptions>;

/** The first frame is Grad-CAM, or for the gradient-free variant the summed activations. */
export async function* groupCam(network: MethodNetwork, target: Target, options: Options): MethodRun {
  const { features, input, logits } = network;
  const { variant, theta } = options;
  const weights =
    variant === 'gradient-free'
      ? unitWeights(features.channels)
      : channelWeights(await network.featureGradient(seedOf(target, logits.length)), features.channels);
  const frame = (map: Float32Array, offset: number, done: number, total: number): MethodFrame => {
    return { done, total, u: features.u, v: features.v, map, offset, signed: false };
  };

  const initial = split(features, weights, options);
  yield frame(groupMaps(features, weights, 1)[0]!, 0, 0, initial.length);

  const masks = initial
    .map((map) => (variant === 'paper' ? denoise(map, theta) : map))
    .map((map) => makeMask(map, features, input.height, input.width));
  const scores = new Float32Array(masks.length);
  let blurred: number | undefined;
  for await (const chunk of network.scoreMasks(shown(masks), 'blurred')) {
    for (const { item, ...answer } of chunk) {
      const score = scoreOf(target, answer);
      blurred ??= score;
      if (item.l !== undefined) scores[item.l] = gain(score, blurred, variant);
    }
    const { map, offset } = merge(masks, scores, variant);
    yield frame(map, offset, (chunk.at(-1)!.item.l ?? -1) + 1, masks.length);
  }
  return { scores, whyBlank: whyBlank(masks, scores) };
}

/** A mask that leaves only the blurred image, then those that are not constant. */
function* shown(masks: readonly Mask[]): Generator<{ readonly l?: number; readonly mask: Float32Array }> {
  yield { mask: new Float32Array(masks[0]!.map.length) };
  for (const [l, mask] of masks.entries()) if (!isConstant(mask)) yield { l, mask: normalised(mask) };
}

/** Equation 2, with groups of consecutive channels, or as in the authors' code of channels whose w_k A^k are alike. */
function split(features: FeatureMaps, weights: Float64Array, { groups, grouping, seed }: Options): Float32Array[] {
  if (grouping === 'consecutive') return groupMaps(features, weights, groups);
  const { channels, u, v } = features;
  const weighted = features.data.map((a, i) => a * weights[Math.floor(i / (u * v))]!);
  const labels = kMeans(weighted, channels, groups, createRandom(seed));
  const maps = new Map<number, Float32Array>();
  labels.forEach((label, k) => {
    const sum = maps.get(label) ?? new Float32Array(u * v);
    maps.set(
      label,
      sum.map((value, i) => value + weighted[k * u * v + i]!),
    );
  });
  return [...maps.values()].map((map) => map.map((value) => Math.max(value, 0)));
}
