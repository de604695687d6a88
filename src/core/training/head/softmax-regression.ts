/**
 * Softmax regression, or one logistic regression for each class: the last layer of a network on features that stay fixed.
 * Fitted to images that are balanced over groups, it forgets a shortcut that the features still show (Kirichenko et al., "Last layer
 * re-training is sufficient for robustness to spurious correlations", arXiv 2204.02937).
 */
import { addHeat, type HeatPenalty } from './heat';
import type { Linear } from './linear';
import { minimise } from './minimise';

export interface RegressionData {
  /** [n, K] */
  readonly features: Float32Array;
  readonly size: number;
  /** Number of logits. */
  readonly rows: number;
  /** [n, rows]: the share of each class with softmax, 1 or 0 with sigmoid. */
  readonly labels: Float32Array;
  /** How much each image counts; mean 1. */
  readonly weights: Float64Array;
  readonly activation: 'softmax' | 'sigmoid';
  /**
   * Half of it times the sum of squares of the weights' differences from the start is added to the loss (L2-SP; Li et al.,
   * arXiv 1802.01483): what the images say nothing of stays as it was. The weights are those of features that were brought
   * to mean 0 and standard deviation 1, so that the penalty does not depend on a feature's unit.
   */
  readonly l2: number;
  readonly heat?: HeatPenalty | undefined;
}

/** The largest element of the gradient at which the fit ends. */
const TOLERANCE = 1e-6;

/**
 * Yields the layer at the start and after each step of L-BFGS, until it has converged.
 *
 * @param start where the search begins, and what the penalty draws the weights to
 * @param withBias false if b stays as it is
 */
export function* fitted(
  data: RegressionData,
  start: Linear,
  withBias: boolean,
): Generator<Linear & { readonly loss: number }, void> {
  const { size, rows } = data;
  const { mean, deviation } = moments(data);
  const scaled = new Float32Array(data.features.length);
  for (let i = 0; i < scaled.length; i++)
    scaled[i] = (data.features[i]! - (withBias ? mean[i % size]! : 0)) / deviation[i % size]!;
  const first = new Float64Array(rows * (size + 1));
  for (let r = 0; r < rows; r++) {
    let offset = start.bias[r]!;
    for (let k = 0; k < size; k++) {
      const w = start.weight[r * size + k]!;
      first[r * (size + 1) + k] = w * deviation[k]!;
      if (withBias) offset += w * mean[k]!;
    }
    first[r * (size + 1) + size] = offset;
  }
  const value = (theta: Float64Array) => {
    const found = objective(data, scaled, theta, first, withBias);
    const heat = data.heat ? addHeat(data.heat, deviation, theta, found.gradient) : 0;
    return { ...found, value: found.value + heat };
  };
  for (const { at, value: loss } of minimise(value, first, TOLERANCE)) {
    const weight = new Float64Array(rows * size);
    const bias = new Float64Array(rows);
    for (let r = 0; r < rows; r++) {
      bias[r] = at[r * (size + 1) + size]!;
      for (let k = 0; k < size; k++) {
        weight[r * size + k] = at[r * (size + 1) + k]! / deviation[k]!;
        if (withBias) bias[r]! -= weight[r * size + k]! * mean[k]!;
      }
    }
    yield { weight, bias, loss };
  }
}

/** The logits of all images, [n, rows]. */
export function logitsOf({ weight, bias }: Linear, features: Float32Array, size: number): Float64Array {
  const rows = bias.length;
  const logits = new Float64Array((features.length / size) * rows);
  for (let i = 0, at = 0; i < features.length; i += size) {
    for (let r = 0; r < rows; r++, at++) {
      let sum = bias[r]!;
      for (let k = 0; k < size; k++) sum += weight[r * size + k]! * features[i + k]!;
      logits[at] = sum;
    }
  }
  return logits;
}

function moments({ features, size }: RegressionData): {
  readonly mean: Float64Array;
  readonly deviation: Float64Array;
} {
  const mean = new Float64Array(size);
  const deviation = new Float64Array(size);
  const count = features.length / size;
  for (let i = 0; i < features.length; i++) mean[i % size]! += features[i]! / count;
  for (let i = 0; i < features.length; i++) deviation[i % size]! += (features[i]! - mean[i % size]!) ** 2 / count;
  // A feature that never changes has no weight of its own.
  return { mean, deviation: deviation.map((variance) => Math.sqrt(variance) || 1) };
}

/** @param theta @param start [rows, K + 1], the last column is b */
function objective(
  { labels, weights, size, rows, activation, l2 }: RegressionData,
  features: Float32Array,
  theta: Float64Array,
  start: Float64Array,
  withBias: boolean,
): { value: number; gradient: Float64Array } {
  const count = weights.length;
  const gradient = new Float64Array(theta.length);
  const z = new Float64Array(rows);
  let value = 0;
  for (let i = 0; i < count; i++) {
    const x = i * size;
    for (let r = 0; r < rows; r++) {
      const row = r * (size + 1);
      let sum = theta[row + size]!;
      for (let k = 0; k < size; k++) sum += theta[row + k]! * features[x + k]!;
      z[r] = sum;
    }
    const share = weights[i]! / count;
    value += share * LOSSES[activation](z, labels, i * rows);
    for (let r = 0; r < rows; r++) {
      const slope = share * z[r]!;
      const row = r * (size + 1);
      for (let k = 0; k < size; k++) gradient[row + k]! += slope * features[x + k]!;
      if (withBias) gradient[row + size]! += slope;
    }
  }
  for (let r = 0; r < rows; r++) {
    for (let k = r * (size + 1); k < r * (size + 1) + size; k++) {
      const moved = theta[k]! - start[k]!;
      value += (l2 / 2) * moved ** 2;
      gradient[k]! += l2 * moved;
    }
  }
  return { value, gradient };
}

/** Each returns the loss of one image and puts its derivative in place of the logits z. */
const LOSSES = {
  softmax(z: Float64Array, labels: Float32Array, from: number): number {
    const most = z.reduce((a, b) => Math.max(a, b));
    let sum = 0;
    for (const value of z) sum += Math.exp(value - most);
    const log = most + Math.log(sum);
    let loss = 0;
    for (let r = 0; r < z.length; r++) {
      const label = labels[from + r]!;
      if (label > 0) loss += label * (log - z[r]!);
      z[r] = Math.exp(z[r]! - log) - label;
    }
    return loss;
  },
  sigmoid(z: Float64Array, labels: Float32Array, from: number): number {
    let loss = 0;
    for (let r = 0; r < z.length; r++) {
      const [value, label] = [z[r]!, labels[from + r]!];
      loss += (Math.max(value, 0) - label * value + Math.log1p(Math.exp(-Math.abs(value)))) / z.length;
      z[r] = (1 / (1 + Math.exp(-value)) - label) / z.length;
    }
    return loss;
  },
} as const;
