/**
 * Input x Gradient (Shrikumar et al., arXiv 1605.01713): I d y / dI, the contribution of each pixel to the score in
 * first order.
 */

import type { Target } from '../target/target';
import { NO_DIFFERENCE } from './maps';
import type { OptionsOfMethod } from './method-options';
import type { MethodNetwork, MethodRun } from './network';
import { inputGradient, pooledFrame } from './pixel-gradient';

export async function* inputXGradient(
  network: MethodNetwork,
  target: Target,
  { channels }: OptionsOfMethod<'input-x-gradient'>,
): MethodRun {
  const gradient = await inputGradient(network, target, 'plain');
  const product = gradient.map((g, i) => g * network.input.data[i]!);
  yield pooledFrame(network, product, channels);
  return NO_DIFFERENCE;
}
