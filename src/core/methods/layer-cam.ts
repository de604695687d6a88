/** LayerCAM (Jiang et al., IEEE TIP 30, 2021): L = ReLU(sum over k of ReLU(g^k) A^k element by element). */
import type { Target } from '../target/target';
import { elementwiseSum, evidenceFrame, NO_EVIDENCE } from './maps';
import type { MethodNetwork, MethodRun } from './network';

export async function* layerCam(network: MethodNetwork, target: Target): MethodRun {
  const { features } = network;
  const gradient = await network.featureGradient(target);
  const weights = gradient.map((g) => Math.max(g, 0));
  yield evidenceFrame(features, elementwiseSum(features, weights));
  return NO_EVIDENCE;
}
