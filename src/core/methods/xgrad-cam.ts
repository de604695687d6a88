/**
 * XGrad-CAM (arXiv 2008.02312): Grad-CAM with gradients averaged with the activations as weights, so that the map sums
 * to the contribution of A.
 */

import type { FeatureMaps } from '../cam/features';
import type { Target } from '../target/target';
import { evidenceFrame, NO_EVIDENCE, weightedSum } from './maps';
import type { MethodNetwork, MethodRun } from './network';

export async function* xGradCam(network: MethodNetwork, target: Target): MethodRun {
  const { features } = network;
  const gradient = await network.featureGradient(target);
  yield evidenceFrame(features, weightedSum(features, xGradWeights(features, gradient)));
  return NO_EVIDENCE;
}

/**
 * w_k = sum over pixels of g A / sum over pixels of A. Then w_k A^k sums to g^k . A^k over the pixels, for every
 * channel, as the paper's axioms demand. A channel that sums to 0 has weight 0.
 */
export function xGradWeights({ data, channels, height, width }: FeatureMaps, gradient: Float32Array): Float64Array {
  const pixels = height * width;
  return Float64Array.from({ length: channels }, (_, k) => {
    let [product, total] = [0, 0];
    for (let i = k * pixels; i < (k + 1) * pixels; i++) {
      product += gradient[i]! * data[i]!;
      total += data[i]!;
    }
    return total === 0 ? 0 : product / total;
  });
}
