/** Grad-CAM++ (arXiv 1710.11063): Grad-CAM with the positive gradients weighted pixel by pixel. */

import type { FeatureMaps } from '../cam/features';
import type { Target } from '../target/target';
import { evidenceFrame, NO_EVIDENCE, weightedSum } from './maps';
import type { MethodNetwork, MethodRun } from './network';

export async function* gradCamPlusPlus(network: MethodNetwork, target: Target): MethodRun {
  const { features } = network;
  const gradient = await network.featureGradient(target);
  yield evidenceFrame(features, weightedSum(features, plusPlusWeights(features, gradient)));
  return NO_EVIDENCE;
}

/** As in the authors' code. */
const EPSILON = 1e-7;

/**
 * w_k = sum over pixels of a ReLU(g), with equation 19, a = g^2 / (2 g^2 + sum(A) g^3). The paper's score is exp(y),
 * whose gradient is exp(y) g: that factor is common to all weights and is left out.
 */
function plusPlusWeights({ data, channels, height, width }: FeatureMaps, gradient: Float32Array): Float64Array {
  const pixels = height * width;
  return Float64Array.from({ length: channels }, (_, k) => {
    const maps = data.subarray(k * pixels, (k + 1) * pixels);
    const total = maps.reduce((sum, a) => sum + a, 0);
    return gradient.subarray(k * pixels, (k + 1) * pixels).reduce((weight, g) => {
      const alpha = g ** 2 / (2 * g ** 2 + total * g ** 3 + EPSILON || 1);
      return weight + alpha * Math.max(g, 0);
    }, 0);
  });
}
