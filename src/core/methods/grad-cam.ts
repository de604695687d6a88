/** Grad-CAM (arXiv 1610.02391): L = ReLU(sum over k of w_k A^k), w_k the mean of the gradient over the pixels. */

import { channelWeights } from '../cam/split';
import type { Target } from '../target/target';
import { evidenceFrame, NO_EVIDENCE, weightedSum } from './maps';
import type { MethodNetwork, MethodRun } from './network';

export async function* gradCam(network: MethodNetwork, target: Target): MethodRun {
  const { features } = network;
  const gradient = await network.featureGradient(target);
  // Equations 1 and 2.
  yield evidenceFrame(features, weightedSum(features, channelWeights(gradient, features.channels)));
  return NO_EVIDENCE;
}
