/** XRAI (arXiv 1906.02825): regions of the image in the order of their mean integrated gradients. */

import type { Target } from '../target/target';
import { integrate, midpoints } from './integrated-gradients';
import { addScaled, NO_DIFFERENCE, relativeFrame } from './maps';
import type { OptionsOfMethod } from './method-options';
import type { MethodNetwork, MethodRun } from './network';
import { leastGainFor, rankRegions, regionsOf } from './regions';

export async function* xrai(
  network: MethodNetwork,
  target: Target,
  { steps, order }: OptionsOfMethod<'xrai'>,
): MethodRun {
  const { height, width, data, channels } = network.input;
  const regions = regionsOf(network.input);
  // Section 3.1 integrates from black and from white. The authors' code uses the input's bounds for them.
  const baselines = [data.reduce((a, b) => Math.min(a, b)), data.reduce((a, b) => Math.max(a, b))];
  const finished = new Float64Array(data.length);
  for (const [i, baseline] of baselines.entries()) {
    let latest: Float32Array = new Float32Array();
    for await (const { done, attributions } of integrate(network, target, baseline, midpoints(steps))) {
      latest = attributions;
      const mean = attributions.map((value, at) => (finished[at]! + value) / (i + 1));
      const map = rankRegions(regions, strongest(mean, channels), order, leastGainFor(height, width));
      yield relativeFrame(height, width, map, { done: i * steps + done, total: baselines.length * steps });
    }
    addScaled(finished, latest, 1);
  }
  return NO_DIFFERENCE;
}

/** The largest attribution among a pixel's channels, as in the authors' code. */
function strongest(values: Float32Array, channels: number): Float32Array {
  const pixels = values.length / channels;
  return values.subarray(0, pixels).map((value, i) => {
    let most = value;
    for (let at = i; at < values.length; at += pixels) most = Math.max(most, values[at]!);
    return most;
  });
}
