/** CAM (arXiv 1512.04150): the last feature maps, weighted by the linear layer after their global average pooling. */

import { errors } from '../errors';
import { seedOf } from '../target/class-scores';
import type { Target } from '../target/target';
import { evidenceFrame, NO_EVIDENCE, weightedSum } from './maps';
import type { MethodNetwork, MethodRun } from './network';

/** @throws method-unsuitable if anything but pooling and one linear layer lies between the features and the class scores */
export async function* cam(network: MethodNetwork, target: Target): MethodRun {
  const { features, head } = network;
  const seed = seedOf(target);
  if (!head || !seed)
    throw errors.methodUnsuitable(
      'cam',
      'global average pooling and one linear layer downstream of the layer',
      'grad-cam',
    );
  const { channels } = features;
  const weights = Float64Array.from({ length: channels }, (_, k) =>
    seed.reduce((sum, s, c) => sum + s * head[c * channels + k]!, 0),
  );
  // Equation 2, M_c = sum over k of w_k^c f_k.
  yield evidenceFrame(features, weightedSum(features, weights));
  return NO_EVIDENCE;
}
