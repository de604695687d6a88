/** Gradients with respect to the input's pixels, and frames of them. */

import { percentile } from '../cam/split';
import type { MethodFrame } from '../saliency';
import type { Target } from '../target/target';
import { poolChannels } from './channels';
import { addScaled, milestones, type Progress, pixelFrame, scaled } from './maps';
import type { ChannelPooling } from './method-options';
import type { BackwardRule, MethodNetwork, WithImage } from './network';

/** The gradient at the image itself, [channels, height, width]. */
export async function inputGradient(network: MethodNetwork, target: Target, rule: BackwardRule): Promise<Float32Array> {
  let gradient: Float32Array = new Float32Array();
  for await (const { mean } of meanGradient(network, target, [{ image: network.input.data }], 1, rule)) gradient = mean;
  return gradient;
}

/** Passes between two estimates. */
const EVERY = 8;

/**
 * Yields estimates at intervals: the number of images so far, and the mean of their gradients, [channels, height,
 * width].
 */
export async function* meanGradient(
  network: MethodNetwork,
  target: Target,
  images: Iterable<WithImage>,
  total: number,
  rule: BackwardRule = 'plain',
): AsyncGenerator<{ readonly done: number; readonly mean: Float32Array }> {
  const sum = new Float64Array(network.input.data.length);
  const isShown = milestones(total, EVERY, network.isDue);
  let done = 0;
  for await (const chunk of network.inputGradients(images, target, rule)) {
    for (const { gradient } of chunk) addScaled(sum, gradient, 1);
    done += chunk.length;
    if (isShown(done)) yield { done, mean: scaled(sum, 1 / done) };
  }
}

/**
 * The percentile of magnitudes that is drawn at full strength. A few pixels are so much stronger than all others that
 * the others would be nearly invisible. PAIR's library uses the same percentile.
 */
const SATURATION = 99;

/** @param values [channels, height, width] */
export function pooledFrame(
  { input }: MethodNetwork,
  values: Float32Array,
  pooling: ChannelPooling,
  progress?: Progress,
): MethodFrame {
  const map = poolChannels(values, input.channels, pooling);
  return {
    ...pixelFrame(input, map, pooling === 'sum', progress),
    saturation: percentile(map.map(Math.abs), SATURATION),
  };
}
