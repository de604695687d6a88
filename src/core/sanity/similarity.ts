/** How alike two maps are: Spearman's rank correlation and the structural similarity, as in arXiv 1810.03292. */

import type { Size } from '../geometry';
import { bySaliency } from '../metrics/order';
import type { Frame } from '../saliency';
import { saliencyOf } from '../saliency';
import type { Similarity } from './types';

/** The similarity of two maps as they are shown. Neither may be constant. */
export function similarityOf(a: Frame, b: Frame): Similarity {
  const [first, second] = [saliencyOf(a), saliencyOf(b)];
  return {
    spearman: spearman(first.map, second.map),
    ssim: ssim(first.map, second.map, a.inputSize, first.signed || second.signed ? 2 : 1),
  };
}

/** Ranks from 0 on; equal values share the mean of their ranks. */
export function ranks(values: Float32Array): Float64Array {
  const order = bySaliency(values);
  const result = new Float64Array(values.length);
  for (let from = 0; from < order.length; ) {
    let to = from + 1;
    while (to < order.length && values[order[to]!] === values[order[from]!]) to += 1;
    for (let i = from; i < to; i++) result[order[i]!] = (from + to - 1) / 2;
    from = to;
  }
  return result;
}

/** Spearman's rank correlation: Pearson's of the ranks. NaN if one of the maps is constant. */
export function spearman(a: Float32Array, b: Float32Array): number {
  const [ranksA, ranksB] = [ranks(a), ranks(b)];
  // The mean of ranks is the same with and without ties.
  const mean = (a.length - 1) / 2;
  let [ab, aa, bb] = [0, 0, 0];
  for (let i = 0; i < a.length; i++) {
    const [x, y] = [ranksA[i]! - mean, ranksB[i]! - mean];
    ab += x * y;
    aa += x * x;
    bb += y * y;
  }
  return ab / Math.sqrt(aa * bb);
}

/** The Gaussian window: its standard deviation, and the number of pixels on each side of its centre. */
const SIGMA = 1.5;
const RADIUS = 5;
/** K1 and K2 of the paper. */
const STABILISERS = [0.01, 0.03] as const;

/**
 * The structural similarity of two maps [height, width] (Wang et al., IEEE TIP 13, 2004): the mean over all windows of
 * 11 x 11 pixels, weighted by a Gaussian, that lie within the map. If a side is shorter, the window is as long as fits.
 *
 * @param range the difference between the greatest and the least possible value
 */
export function ssim(a: Float32Array, b: Float32Array, { width, height }: Size, range: number): number {
  const [c1, c2] = STABILISERS.map((k) => (k * range) ** 2) as [number, number];
  const product = (x: Float32Array, y: Float32Array) => Float64Array.from(x, (value, i) => value * y[i]!);
  const windowed = (values: ArrayLike<number>) => windowMeans(values, { width, height });
  const [meanA, meanB] = [windowed(a), windowed(b)];
  const [aa, bb, ab] = [windowed(product(a, a)), windowed(product(b, b)), windowed(product(a, b))];
  let sum = 0;
  for (let i = 0; i < meanA.length; i++) {
    const [x, y] = [meanA[i]!, meanB[i]!];
    const covariance = ab[i]! - x * y;
    const variances = aa[i]! - x * x + bb[i]! - y * y;
    sum += ((2 * x * y + c1) * (2 * covariance + c2)) / ((x * x + y * y + c1) * (variances + c2));
  }
  return sum / meanA.length;
}

/** Weighted means over the windows, for each pixel whose window lies within the map. */
function windowMeans(values: ArrayLike<number>, { width, height }: Size): Float64Array {
  const [across, down] = [gaussian(width), gaussian(height)];
  const columns = width - across.length + 1;
  const rows = height - down.length + 1;
  const narrow = new Float64Array(columns * height);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < columns; x++) {
      let sum = 0;
      for (let k = 0; k < across.length; k++) sum += across[k]! * values[y * width + x + k]!;
      narrow[y * columns + x] = sum;
    }
  }
  const means = new Float64Array(columns * rows);
  for (let y = 0; y < rows; y++) {
    for (let x = 0; x < columns; x++) {
      let sum = 0;
      for (let k = 0; k < down.length; k++) sum += down[k]! * narrow[(y + k) * columns + x]!;
      means[y * columns + x] = sum;
    }
  }
  return means;
}

/** Weights that sum to 1, an odd number of them. */
function gaussian(side: number): readonly number[] {
  const radius = Math.min(RADIUS, Math.floor((side - 1) / 2));
  const weights = Array.from({ length: 2 * radius + 1 }, (_, i) => Math.exp(-((i - radius) ** 2) / (2 * SIGMA ** 2)));
  const sum = weights.reduce((total, weight) => total + weight, 0);
  return weights.map((weight) => weight / sum);
}
