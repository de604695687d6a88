/** Vanilla gradient (Simonyan et al., arXiv 1312.6034, section 3.1): the largest |d y / dI| over a pixel's colours. */

import type { Target } from '../target/target';
import { NO_DIFFERENCE } from './maps';
import type { OptionsOfMethod } from './method-options';
import type { MethodNetwork, MethodRun } from './network';
import { inputGradient, pooledFrame } from './pixel-gradient';

export async function* vanillaGradient(
  network: MethodNetwork,
  target: Target,
  { channels }: OptionsOfMethod<'gradient'>,
): MethodRun {
  const gradient = await inputGradient(network, target, 'plain');
  yield pooledFrame(network, gradient, channels);
  return NO_DIFFERENCE;
}
