/** Vanilla gradient (Simonyan et al., arXiv 1312.6034, section 3.1): the largest |d y / dI| over a pixel's colours. */

import type { OptionsOf } from '../options';
import { poolingOption } from './channels';
import { NO_DIFFERENCE } from './maps';
import type { MethodNetwork, MethodRun, Target } from './network';
import { inputGradient, pooledFrame } from './pixel-gradient';
import { seedOf } from './target';

export const vanillaGradientOptions = { channels: poolingOption('largest') };

export async function* vanillaGradient(
  network: MethodNetwork,
  target: Target,
  { channels }: OptionsOf<typeof vanillaGradientOptions>,
): MethodRun {
  const gradient = await inputGradient(network, seedOf(target, network.logits.length), 'plain');
  yield pooledFrame(network, gradient, channels);
  return NO_DIFFERENCE;
}
