/** Grad-CAM (arXiv 1610.02391): L = ReLU(sum over k of w_k A^k), that is, one group, no de-noising and no scoring. */
import type { Frame } from '../types';
import type { FeatureMaps, Network } from './network';
import { channelWeights, groupMaps } from './split';

/** A frame but for what the method does not know: where the network's input lies on the image. */
export type CamFrame = Omit<Frame, 'inputSize' | 'imageTransform'>;

export interface CamResult {
  /** alpha_l, one a mask. */
  readonly scores: Float32Array;
  /** Why the map would be blank, should it be. */
  readonly whyBlank: string;
}

export async function* gradCam(network: Network, target: number): AsyncGenerator<CamFrame, CamResult> {
  const { features } = network;
  const weights = channelWeights(await network.gradient(target), features.channels);
  yield gradCamFrame(features, weights, 0);
  return {
    scores: new Float32Array(),
    whyBlank: 'no positive evidence: the weighted activations of this class are nowhere positive',
  };
}

/** @param total masks that are still to be scored */
export function gradCamFrame(features: FeatureMaps, weights: Float64Array, total: number): CamFrame {
  const [map] = groupMaps(features, weights, 1);
  return { stage: 'grad-cam', done: 0, total, u: features.u, v: features.v, map: map!, offset: 0 };
}
