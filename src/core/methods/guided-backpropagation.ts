/** Guided backpropagation (arXiv 1412.6806): the input's gradient with only positive signals passed back by ReLUs. */

import type { Target } from '../target/target';
import { NO_DIFFERENCE } from './maps';
import type { OptionsOfMethod } from './method-options';
import type { MethodNetwork, MethodRun } from './network';
import { inputGradient, pooledFrame } from './pixel-gradient';

export async function* guidedBackpropagation(
  network: MethodNetwork,
  target: Target,
  { channels }: OptionsOfMethod<'guided-backpropagation'>,
): MethodRun {
  const gradient = await inputGradient(network, target, 'guided');
  yield pooledFrame(network, gradient, channels);
  return NO_DIFFERENCE;
}
