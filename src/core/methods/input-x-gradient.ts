/** Input x Gradient (Shrikumar et al., arXiv 1605.01713): I d y / dI, the score's first-order share of each pixel. */

import type { OptionsOf } from '../options';
import { poolingOption } from './channels';
import { NO_DIFFERENCE } from './maps';
import type { MethodNetwork, MethodRun, Target } from './network';
import { inputGradient, pooledFrame } from './pixel-gradient';
import { seedOf } from './target';

export const inputXGradientOptions = { channels: poolingOption('sum') };

export async function* inputXGradient(
  network: MethodNetwork,
  target: Target,
  { channels }: OptionsOf<typeof inputXGradientOptions>,
): MethodRun {
  const gradient = await inputGradient(network, seedOf(target, network.logits.length), 'plain');
  const product = gradient.map((g, i) => g * network.input.data[i]!);
  yield pooledFrame(network, product, channels);
  return NO_DIFFERENCE;
}
