/** Score-CAM (arXiv 1910.01279): a channel's weight is the score of the image that its mask leaves visible. */

import type { FeatureMaps } from '../cam/features';
import { isConstant, type Mask, makeMask, normalised } from '../cam/masks';
import type { Target } from '../target/target';
import { addScaled, evidenceFrame, NO_EVIDENCE } from './maps';
import type { OptionsOfMethod } from './method-options';
import type { MethodNetwork, MethodRun } from './network';

export async function* scoreCam(
  network: MethodNetwork,
  target: Target,
  { channels }: OptionsOfMethod<'score-cam'>,
): MethodRun {
  const { features, input } = network;
  const { height, width } = features;
  // Masks are scaled to [0, 1] by min-max after upsampling, as in the authors' code. Constant channels are left out.
  const masks = mostVarying(features, channels)
    .map((channel) => makeMask(channel, features, input.height, input.width))
    .filter((mask) => !isConstant(mask));
  const total = 1 + masks.length;

  const sum = new Float64Array(height * width);
  let [done, hidden] = [0, 0];
  for await (const chunk of network.scoreMasks(nothingFirst(masks, height * width), 'zero')) {
    for (const { item, outputs } of chunk) {
      // The score itself is the weight, as in the authors' code. The paper subtracts the score of the hidden image,
      // which cancels in its softmax over the channels. A difference of logits needs the subtraction, since it has no
      // natural zero.
      if (item.channel) addScaled(sum, item.channel, target.score(outputs) - hidden);
      else if (!target.startsAtZero) hidden = target.score(outputs);
    }
    done += chunk.length;
    yield evidenceFrame(features, sum, { done, total });
  }
  return NO_EVIDENCE;
}

/**
 * The channels with the largest variance, in their original order, as in Faster Score-CAM (github.com/tabayashi0117).
 */
function mostVarying({ data, channels, height, width }: FeatureMaps, count: number): Float32Array[] {
  const maps = Array.from({ length: channels }, (_, k) => data.subarray(k * height * width, (k + 1) * height * width));
  const variances = maps.map(variance);
  const chosen = new Set([...maps.keys()].sort((a, b) => variances[b]! - variances[a]!).slice(0, count));
  return maps.filter((_, k) => chosen.has(k));
}

function variance(map: Float32Array): number {
  const mean = map.reduce((sum, a) => sum + a, 0) / map.length;
  return map.reduce((sum, a) => sum + (a - mean) ** 2, 0) / map.length;
}

/** Yields a mask that hides the whole image, then the given ones. */
function* nothingFirst(masks: readonly Mask[], pixels: number) {
  yield { channel: undefined, mask: new Float32Array(pixels) };
  for (const mask of masks) yield { channel: mask.map, mask: normalised(mask) };
}
