/** Grad-CAM (arXiv 1610.02391): L = ReLU(sum over k of w_k A^k), w_k the mean of the gradient over the pixels. */

import type { FeatureMaps } from '../cam/features';
import { channelWeights } from '../cam/split';
import type { MethodFrame } from '../saliency';
import type { Target } from '../target/target';
import { evidenceFrame, NO_EVIDENCE, weightedSum } from './maps';
import type { MethodNetwork, MethodRun } from './network';

export async function* gradCam(network: MethodNetwork, target: Target): MethodRun {
  const { features } = network;
  const gradient = await network.featureGradient(target);
  yield gradCamFrame(features, channelWeights(gradient, features.channels));
  return NO_EVIDENCE;
}

/** Equation 2, for weights that are known. */
export function gradCamFrame(features: FeatureMaps, weights: ArrayLike<number>): MethodFrame {
  return evidenceFrame(features, weightedSum(features, weights));
}
