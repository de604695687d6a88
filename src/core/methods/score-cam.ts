/** Score-CAM (arXiv 1910.01279): a channel weighs what the image scores where only that channel's mask shows it. */
import { isConstant, makeMask, normalised } from '../cam/masks';
import { addScaled, evidenceFrame, NO_EVIDENCE } from './maps';
import type { FeatureMaps, InputImage, MethodNetwork, MethodRun, Target } from './network';
import { scoreOf } from './target';

export async function* scoreCam(network: MethodNetwork, target: Target): MethodRun {
  const { features, input } = network;
  const sum = new Float64Array(features.u * features.v);
  let baseline: number | undefined;
  for await (const chunk of network.scoreMasks(channelMasks(features, input), 'zero')) {
    for (const { item, ...scores } of chunk) {
      // The channel-wise increase of confidence, f(X M_k) - f(X_b); X_b is what the first mask leaves.
      const score = scoreOf(target, scores);
      baseline ??= score;
      addScaled(sum, item.channel, score - baseline);
    }
    yield evidenceFrame(features, sum, { done: chunk.at(-1)!.item.k + 1, total: features.channels });
  }
  return NO_EVIDENCE;
}

/**
 * A mask that hides all, then every channel scaled to [0, 1] by min-max after upsampling, as in the authors' code.
 * Constant channels are left out.
 */
function* channelMasks(features: FeatureMaps, { height, width }: InputImage) {
  const pixels = features.u * features.v;
  const nothing = new Float32Array(pixels);
  yield { k: -1, channel: nothing, mask: nothing };
  for (let k = 0; k < features.channels; k++) {
    const channel = features.data.subarray(k * pixels, (k + 1) * pixels);
    const mask = makeMask(channel, features, height, width);
    if (!isConstant(mask)) yield { k, channel, mask: normalised(mask) };
  }
}
