/** Ablation-CAM (Desai and Ramaswamy, WACV 2020): a channel's weight is how much the score drops without it. */

import type { FeatureMaps } from '../cam/features';
import type { Target } from '../target/target';
import { addScaled, evidenceFrame, NO_EVIDENCE } from './maps';
import type { MethodNetwork, MethodRun } from './network';

export async function* ablationCam(network: MethodNetwork, target: Target): MethodRun {
  const { features } = network;
  const pixels = features.height * features.width;
  const score = target.value(network.outputs);
  const sum = new Float64Array(pixels);
  let done = 0;
  for await (const chunk of network.scoreFeatures(ablated(features))) {
    for (const { item, outputs } of chunk) {
      // The paper also divides the drop by the score. That factor is common to all channels and would invert the map if
      // the score is negative, so it is left out.
      addScaled(sum, features.data, score - target.value(outputs), item.k * pixels);
      done = item.k + 1;
    }
    yield evidenceFrame(features, sum, { done, total: features.channels });
  }
  return NO_EVIDENCE;
}

/** Yields, for each channel, A with that channel set to 0. */
function* ablated({ data, channels, height, width }: FeatureMaps) {
  for (let k = 0; k < channels; k++)
    yield { k, features: data.slice().fill(0, k * height * width, (k + 1) * height * width) };
}
