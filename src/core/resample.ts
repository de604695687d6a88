/**
 * Bilinear resampling of pictures with antialiasing: a triangle filter that widens when it shrinks, 8 bits after each
 * of its two passes, as in Pillow and hence in the preprocessing most classifiers were trained with. (sharp's kernel
 * `linear` agrees when it shrinks, but shifts by half a pixel when it enlarges.)
 */
import type { Box } from './geometry';
import type { Size } from './types';

/** 8-bit RGB, [height, width, 3]. */
export interface RgbImage extends Size {
  readonly data: Uint8Array;
}

/** For one output sample: the first input sample and the weight of each from there on. */
interface Taps {
  readonly start: number;
  readonly weights: Float64Array;
}

/** Taps of the outputs [first, first + count) of a side that is scaled from `from` to `to` samples. */
function tapsOf(from: number, to: number, first: number, count: number): Taps[] {
  const scale = from / to;
  const support = Math.max(scale, 1);
  return Array.from({ length: count }, (_, i) => {
    const centre = (first + i + 0.5) * scale;
    const start = Math.max(0, Math.floor(centre - support + 0.5));
    const end = Math.min(from, Math.floor(centre + support + 0.5));
    const weights = Float64Array.from({ length: end - start }, (_, k) =>
      Math.max(0, 1 - Math.abs(start + k + 0.5 - centre) / support),
    );
    const sum = weights.reduce((a, b) => a + b, 0);
    return { start, weights: weights.map((weight) => weight / sum) };
  });
}

/** The part `window` of the image scaled to `resized`; `window` lies within `resized`. */
export function resample(image: RgbImage, resized: Size, window: Box): RgbImage {
  const columns = tapsOf(image.width, resized.width, window.left, window.width);
  const rows = tapsOf(image.height, resized.height, window.top, window.height);
  const firstRow = rows[0]?.start ?? 0;
  const endRow = rows.reduce((end, { start, weights }) => Math.max(end, start + weights.length), firstRow);

  const across = new Uint8Array((endRow - firstRow) * window.width * 3);
  for (let y = firstRow, to = 0; y < endRow; y++) {
    for (const { start, weights } of columns) {
      weigh(image.data, (y * image.width + start) * 3, 3, weights, across, to);
      to += 3;
    }
  }

  const data = new Uint8Array(window.width * window.height * 3);
  const stride = window.width * 3;
  let to = 0;
  for (const { start, weights } of rows) {
    for (let from = (start - firstRow) * stride, end = from + stride; from < end; from += 3, to += 3) {
      weigh(across, from, stride, weights, data, to);
    }
  }
  return { width: window.width, height: window.height, data };
}

/** One RGB pixel: the weighted sum of pixels that lie `stride` bytes apart. */
function weigh(
  source: Uint8Array,
  from: number,
  stride: number,
  weights: Float64Array,
  target: Uint8Array,
  to: number,
) {
  let red = 0.5;
  let green = 0.5;
  let blue = 0.5;
  for (let k = 0, at = from; k < weights.length; k++, at += stride) {
    const weight = weights[k]!;
    red += weight * source[at]!;
    green += weight * source[at + 1]!;
    blue += weight * source[at + 2]!;
  }
  target[to] = red;
  target[to + 1] = green;
  target[to + 2] = blue;
}
