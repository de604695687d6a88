/**
 * Eigen-CAM (arXiv 2008.00299): the projection of the features on their first principal direction, which does not
 * depend on the class.
 */

import type { FeatureMaps } from '../cam/features';
import { createRandom } from '../random';
import { addScaled, evidenceFrame, weightedSum } from './maps';
import type { MethodNetwork, MethodRun } from './network';

export async function* eigenCam({ features }: MethodNetwork): MethodRun {
  yield evidenceFrame(features, firstProjection(features));
  return { whyBlank: 'the activations of this layer are all zero' };
}

const TOLERANCE = 1e-7;
const ITERATIONS = 1000;

/**
 * With the features as a matrix O, [pixels, K], not centred: O V_1, V_1 the first right singular
 * vector, found by power iteration. Its sign, which is free, is chosen so that the projection sums to no less than 0.
 */
function firstProjection(features: FeatureMaps): Float64Array {
  const random = createRandom(0);
  // Power iteration must not start orthogonal to the first direction. Positive values are not, if all features are
  // positive; random ones are almost never, for other features.
  let direction = unit(Float64Array.from({ length: features.channels }, () => 0.5 + random.uniform()));
  let projection = weightedSum(features, direction);
  for (let i = 0, change = 1; i < ITERATIONS && change > TOLERANCE; i++) {
    const next = unit(transposed(features, projection));
    change = Math.sqrt(next.reduce((sum, value, k) => sum + (value - direction[k]!) ** 2, 0));
    direction = next;
    projection = weightedSum(features, direction);
  }
  const sign = projection.reduce((sum, value) => sum + value, 0) < 0 ? -1 : 1;
  return projection.map((value) => sign * value);
}

/** O' p, [K]. */
function transposed({ data, channels, height, width }: FeatureMaps, p: Float64Array): Float64Array {
  const pixels = height * width;
  return Float64Array.from({ length: channels }, (_, k) =>
    p.reduce((sum, value, i) => sum + value * data[k * pixels + i]!, 0),
  );
}

function unit(vector: Float64Array): Float64Array {
  const length = Math.sqrt(vector.reduce((sum, value) => sum + value ** 2, 0));
  const scaled = new Float64Array(vector.length);
  if (length > 0) addScaled(scaled, vector, 1 / length);
  return scaled;
}
