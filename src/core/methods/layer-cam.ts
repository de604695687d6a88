/** LayerCAM (Jiang et al., IEEE TIP 30, 2021): L = ReLU(sum over k of ReLU(g^k) A^k element by element). */
import { elementwiseSum, evidenceFrame, NO_EVIDENCE } from './maps';
import type { MethodNetwork, MethodRun, Target } from './network';
import { seedOf } from './target';

export async function* layerCam(network: MethodNetwork, target: Target): MethodRun {
  const { features, logits } = network;
  const gradient = await network.featureGradient(seedOf(target, logits.length));
  const weights = gradient.map((g) => Math.max(g, 0));
  yield evidenceFrame(features, elementwiseSum(features, weights));
  return NO_EVIDENCE;
}
