/** CAM (arXiv 1512.04150): the last feature maps, weighted by the linear layer after their global average pooling. */
import { errors } from '../errors';
import { evidenceFrame, NO_EVIDENCE, weightedSum } from './maps';
import type { MethodNetwork, MethodRun, Target } from './network';
import { seedOf } from './target';

/** @throws method-unsuitable if anything but pooling and one linear layer lies downstream of the features */
export async function* cam(network: MethodNetwork, target: Target): MethodRun {
  const { features, logits, head } = network;
  if (!head)
    throw errors.methodUnsuitable(
      'cam',
      'global average pooling and one linear layer downstream of the layer',
      'grad-cam',
    );
  const seed = seedOf(target, logits.length);
  const { channels } = features;
  const weights = Float64Array.from({ length: channels }, (_, k) =>
    seed.reduce((sum, s, c) => sum + s * head[c * channels + k]!, 0),
  );
  // Equation 2, M_c = sum over k of w_k^c f_k.
  yield evidenceFrame(features, weightedSum(features, weights));
  return NO_EVIDENCE;
}
