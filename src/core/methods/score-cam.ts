/** Score-CAM (arXiv 1910.01279): a channel weighs what the image scores where only that channel's mask shows it. */
import { isConstant, type Mask, makeMask, normalised } from '../cam/masks';
import { addScaled, evidenceFrame, NO_EVIDENCE } from './maps';
import type { MethodNetwork, MethodRun, Target } from './network';
import { scoreOf } from './target';

export async function* scoreCam(network: MethodNetwork, target: Target): MethodRun {
  const { features, input } = network;
  const { data, channels, u, v } = features;
  // Scaled to [0, 1] by min-max after upsampling, as in the authors' code. Constant channels are left out.
  const masks = Array.from({ length: channels }, (_, k) => data.subarray(k * u * v, (k + 1) * u * v))
    .map((channel) => makeMask(channel, features, input.height, input.width))
    .filter((mask) => !isConstant(mask));
  const total = 1 + masks.length;

  const sum = new Float64Array(u * v);
  let [done, baseline] = [0, 0];
  for await (const chunk of network.scoreMasks(nothingFirst(masks, u * v), 'zero')) {
    for (const { item, ...scores } of chunk) {
      const score = scoreOf(target, scores);
      // The channel-wise increase of confidence, f(X M_k) - f(X_b), with X_b what a mask of zeros leaves.
      if (item.channel) addScaled(sum, item.channel, score - baseline);
      else baseline = score;
    }
    done += chunk.length;
    yield evidenceFrame(features, sum, { done, total });
  }
  return NO_EVIDENCE;
}

function* nothingFirst(masks: readonly Mask[], pixels: number) {
  yield { channel: undefined, mask: new Float32Array(pixels) };
  for (const mask of masks) yield { channel: mask.map, mask: normalised(mask) };
}
