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

/**
 * Pixels between the two passes. Pillow goes across first, which of an image of a few columns and a million rows would make
 * more than any picture has; such an image goes down first, where the rounding between the passes differs.
 */
const MOST_BETWEEN = 2 ** 26;

/** The part `window` of the image scaled to `resized`; `window` lies within `resized`. */
export function resample(image: RgbImage, resized: Size, window: Box): RgbImage {
  const columns = tapsOf(image.width, resized.width, window.left, window.width);
  const rows = tapsOf(image.height, resized.height, window.top, window.height);
  const height = spanOf(rows).end - spanOf(rows).start;
  return height * window.width <= MOST_BETWEEN
    ? down(across(image, columns, spanOf(rows)), fromZero(rows), { start: 0, end: window.width })
    : across(down(image, rows, spanOf(columns)), fromZero(columns), { start: 0, end: window.height });
}

/** Samples [start, end) of a side. */
interface Span {
  readonly start: number;
  readonly end: number;
}

/** All samples that the taps weigh. */
function spanOf(taps: readonly Taps[]): Span {
  const first = taps[0]?.start ?? 0;
  return { start: first, end: taps.reduce((end, { start, weights }) => Math.max(end, start + weights.length), first) };
}

function fromZero(taps: readonly Taps[]): Taps[] {
  const first = taps[0]?.start ?? 0;
  return taps.map(({ start, weights }) => ({ start: start - first, weights }));
}

/** The pass over columns, of some rows. */
function across(image: RgbImage, columns: readonly Taps[], { start: firstRow, end: endRow }: Span): RgbImage {
  const data = new Uint8Array((endRow - firstRow) * columns.length * 3);
  for (let y = firstRow, to = 0; y < endRow; y++) {
    for (const { start, weights } of columns) {
      weigh(image.data, (y * image.width + start) * 3, 3, weights, data, to);
      to += 3;
    }
  }
  return { width: columns.length, height: endRow - firstRow, data };
}

/** The pass over rows, of some columns. */
function down(image: RgbImage, rows: readonly Taps[], { start: left, end: right }: Span): RgbImage {
  const data = new Uint8Array(rows.length * (right - left) * 3);
  const stride = image.width * 3;
  let to = 0;
  for (const { start, weights } of rows) {
    for (let from = start * stride + left * 3, end = start * stride + right * 3; from < end; from += 3, to += 3) {
      weigh(image.data, from, stride, weights, data, to);
    }
  }
  return { width: right - left, height: rows.length, data };
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
