/** SmoothGrad (arXiv 1706.03825): the mean gradient over copies of the image with Gaussian noise. */

import { createRandom, type Random } from '../random';
import type { Target } from '../target/target';
import { NO_DIFFERENCE } from './maps';
import type { OptionsOfMethod } from './method-options';
import type { InputImage, MethodNetwork, MethodRun } from './network';
import { meanGradient, pooledFrame } from './pixel-gradient';

export async function* smoothGrad(
  network: MethodNetwork,
  target: Target,
  { samples, noise, channels, seed }: OptionsOfMethod<'smooth-grad'>,
): MethodRun {
  const { input } = network;
  const images = noisy(input, samples, (noise / 100) * rangeOf(input.data), createRandom(seed));
  for await (const { done, mean } of meanGradient(network, target, images, samples)) {
    yield pooledFrame(network, mean, channels, { done, total: samples });
  }
  return NO_DIFFERENCE;
}

function* noisy({ data }: InputImage, count: number, sigma: number, random: Random) {
  for (let i = 0; i < count; i++) yield { image: data.map((value) => value + sigma * random.normal()) };
}

/** x_max - x_min (section 3). */
function rangeOf(values: Float32Array): number {
  return values.reduce((a, b) => Math.max(a, b)) - values.reduce((a, b) => Math.min(a, b));
}
