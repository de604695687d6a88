/** Recipro-CAM (arXiv 2209.14074): the score with only one position of the feature map kept, for each position. */

import type { FeatureMaps } from '../cam/features';
import type { Target } from '../target/target';
import { NO_DIFFERENCE, relativeFrame } from './maps';
import type { OptionsOfMethod } from './method-options';
import type { MethodNetwork, MethodRun } from './network';

export async function* reciproCam(
  network: MethodNetwork,
  target: Target,
  { mask }: OptionsOfMethod<'recipro-cam'>,
): MethodRun {
  const { features } = network;
  const { height, width } = features;
  const map = new Float32Array(height * width);
  let done = 0;
  for await (const chunk of network.scoreFeatures(spatialMasks(features, KERNELS[mask]))) {
    for (const { item, outputs } of chunk) {
      map[item.position] = target.score(outputs);
      done = item.position + 1;
    }
    // Positions that are not scored yet get the lowest value so far.
    const least = map.subarray(0, done).reduce((a, b) => Math.min(a, b));
    yield relativeFrame(
      height,
      width,
      map.map((value, i) => (i < done ? value : least)),
      { done, total: map.length },
    );
  }
  return NO_DIFFERENCE;
}

/** Weights of the mask along one axis, at the distances 0 and 1. The 3 x 3 Gaussian is that of the authors. */
const KERNELS = { gaussian: [1 / 2, 1 / 4], point: [1, 0] } as const;

/** Yields A times a mask around each position. The mask is cut off at the borders. */
function* spatialMasks({ data, height, width }: FeatureMaps, kernel: readonly [number, number]) {
  for (let position = 0; position < height * width; position++) {
    const [row, column] = [Math.floor(position / width), position % width];
    const features = new Float32Array(data.length);
    for (let i = Math.max(row - 1, 0); i < Math.min(row + 2, height); i++) {
      for (let j = Math.max(column - 1, 0); j < Math.min(column + 2, width); j++) {
        const weight = kernel[Math.abs(i - row)]! * kernel[Math.abs(j - column)]!;
        for (let at = i * width + j; at < data.length; at += height * width) features[at] = weight * data[at]!;
      }
    }
    yield { position, features };
  }
}
