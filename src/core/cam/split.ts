/** Split: activations and gradients become group masks (Group-CAM, arXiv 2103.13859, section 3.1). */
import type { FeatureMaps } from './features';

/** Equation 1: w_k = mean over the pixels of d y_c / dA^k. `gradient` is [channels, height, width]. */
export function channelWeights(gradient: Float32Array, channels: number): Float64Array {
  const pixels = gradient.length / channels;
  return Float64Array.from({ length: channels }, (_, k) => {
    let sum = 0;
    for (let i = k * pixels; i < (k + 1) * pixels; i++) sum += gradient[i]!;
    return sum / pixels;
  });
}

/** Weights of the gradient-free variant (section 5): all channels have weight 1. */
export function unitWeights(channels: number): Float64Array {
  return new Float64Array(channels).fill(1);
}

/**
 * Equation 2: M_l = ReLU(sum over the group's channels of w_k A^k), each [height, width]. Groups are runs of ceil(K / G)
 * consecutive channels, the last one shorter, so there may be fewer than `groups`.
 */
export function groupMaps(features: FeatureMaps, weights: Float64Array, groups: number): Float32Array[] {
  const size = Math.ceil(features.channels / groups);
  return Array.from({ length: Math.ceil(features.channels / size) }, (_, l) =>
    weightedSum(features, weights, l * size, Math.min((l + 1) * size, features.channels)),
  );
}

function weightedSum(features: FeatureMaps, weights: Float64Array, from: number, to: number): Float32Array {
  const pixels = features.height * features.width;
  const sum = new Float64Array(pixels);
  for (let k = from; k < to; k++) {
    const weight = weights[k]!;
    for (let i = 0; i < pixels; i++) sum[i]! += weight * features.data[k * pixels + i]!;
  }
  return Float32Array.from(sum, (value) => Math.max(value, 0));
}

/**
 * Equation 3, de-noising: values not greater than the map's own theta-th percentile become 0. The paper's text removes
 * only smaller values. With "not greater", many equal values at the percentile (mostly 0) are removed together.
 */
export function denoise(map: Float32Array, theta: number): Float32Array {
  const limit = percentile(map, theta);
  return map.map((value) => (value > limit ? value : 0));
}

/** The q-th percentile (0 to 100), by linear interpolation between order statistics. */
export function percentile(values: Float32Array, q: number): number {
  const sorted = values.toSorted();
  const position = (q / 100) * (sorted.length - 1);
  const below = sorted[Math.floor(position)]!;
  const above = sorted[Math.ceil(position)]!;
  const t = position - Math.floor(position);
  // Interpolates from the nearer end, so that t = 1 gives exactly `above`.
  return t < 0.5 ? below + (above - below) * t : above - (above - below) * (1 - t);
}
