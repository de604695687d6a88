/** HiResCAM (arXiv 2011.08891): L = ReLU(sum over k of g^k A^k element by element), the gradient not averaged. */
import type { Target } from '../target/target';
import { elementwiseSum, evidenceFrame, NO_EVIDENCE } from './maps';
import type { MethodNetwork, MethodRun } from './network';

export async function* hiResCam(network: MethodNetwork, target: Target): MethodRun {
  const { features } = network;
  const gradient = await network.featureGradient(target);
  // The paper keeps negative values. Here only positive evidence is shown, as in Grad-CAM.
  yield evidenceFrame(features, elementwiseSum(features, gradient));
  return NO_EVIDENCE;
}
