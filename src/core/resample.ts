/**
 * Resampling of pictures as Pillow does it, and hence the preprocessing that most classifiers were trained with: a filter
 * that widens when it shrinks, weights of 22 bits, and 8 bits after each of its two passes. (sharp's kernels differ.)
 */
import type { Box, Size } from './geometry';

/** Filters of Pillow. */
export const INTERPOLATIONS = ['bilinear', 'bicubic', 'nearest', 'lanczos', 'box', 'hamming'] as const;

export type Interpolation = (typeof INTERPOLATIONS)[number];

/** 8-bit RGB, [height, width, 3]. */
export interface RgbImage extends Size {
  readonly data: Uint8Array;
}

/** For one output sample: the first input sample and the weight of each from there on, as integers that sum to ONE. */
interface Taps {
  readonly start: number;
  readonly weights: Float64Array;
}

/** Pillow's, of which no sum leaves 32 bits. */
const BITS = 22;
const ONE = 2 ** BITS;

/** Pillow's filters by the distance from the centre, in samples of the smaller image; 0 from `support` on. */
interface Filter {
  readonly support: number;
  readonly weight: (distance: number) => number;
}

const sinc = (x: number) => (x === 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x));
/** Pillow has these as floats of 32 bits. */
const [HAMMING_MEAN, HAMMING_SWING] = [Math.fround(0.54), Math.fround(0.46)];

/** Keys' cubic, with a slope of -0.5 at 1. */
function cubic(x: number): number {
  return x < 1 ? (1.5 * x - 2.5) * x * x + 1 : -0.5 * (((x - 5) * x + 8) * x - 4);
}

const FILTERS: { readonly [I in Exclude<Interpolation, 'nearest'>]: Filter } = {
  box: { support: 0.5, weight: () => 1 },
  bilinear: { support: 1, weight: (x) => 1 - Math.abs(x) },
  hamming: { support: 1, weight: (x) => sinc(x) * (HAMMING_MEAN + HAMMING_SWING * Math.cos(Math.PI * x)) },
  bicubic: { support: 2, weight: (x) => cubic(Math.abs(x)) },
  lanczos: { support: 3, weight: (x) => sinc(x) * sinc(x / 3) },
};

/** Taps of the outputs [first, first + count) of a side that is scaled from `from` to `to` samples. */
function tapsOf(from: number, to: number, first: number, count: number, interpolation: Interpolation): Taps[] {
  if (interpolation === 'nearest' || from === to) return nearestOf(from, to, first, count);
  const scale = from / to;
  const centres = Array.from({ length: count }, (_, i) => (first + i + 0.5) * scale);
  const filter = FILTERS[interpolation];
  const stretch = Math.max(scale, 1);
  const support = filter.support * stretch;
  return centres.map((centre) => {
    const start = Math.max(0, Math.floor(centre - support + 0.5));
    const end = Math.min(from, Math.floor(centre + support + 0.5));
    const weights = Float64Array.from({ length: end - start }, (_, k) => {
      const distance = (start + k + 0.5 - centre) / stretch;
      // A sample on the border of a box belongs to the box on its left.
      return distance > -filter.support && distance <= filter.support ? filter.weight(distance) : 0;
    });
    const sum = weights.reduce((a, b) => a + b, 0);
    return { start, weights: weights.map((weight) => Math.round((weight / sum) * ONE)) };
  });
}

/** One sample for each. Pillow adds the step up from the first output on, and so what it rounds. */
function nearestOf(from: number, to: number, first: number, count: number): Taps[] {
  const weights = Float64Array.of(ONE);
  const taps: Taps[] = [];
  const step = from / to;
  for (let i = 0, at = step / 2; i < first + count; i++, at += step)
    if (i >= first) taps.push({ start: Math.min(Math.floor(at), from - 1), weights });
  return taps;
}

/**
 * Pixels between the two passes. Pillow goes across first, which of an image of a few columns and a million rows would make
 * more than any picture has; such an image goes down first, where the rounding between the passes differs.
 */
const MOST_BETWEEN = 2 ** 26;

/** The part `window` of the image scaled to `resized`; `window` lies within `resized`. */
export function resample(image: RgbImage, resized: Size, window: Box, interpolation: Interpolation): RgbImage {
  const columns = tapsOf(image.width, resized.width, window.left, window.width, interpolation);
  const rows = tapsOf(image.height, resized.height, window.top, window.height, interpolation);
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

/** One RGB pixel: the weighted sum of pixels that lie `stride` bytes apart, halves rounded up. */
function weigh(
  source: Uint8Array,
  from: number,
  stride: number,
  weights: Float64Array,
  target: Uint8Array,
  to: number,
) {
  let red = ONE / 2;
  let green = ONE / 2;
  let blue = ONE / 2;
  for (let k = 0, at = from; k < weights.length; k++, at += stride) {
    const weight = weights[k]!;
    red += weight * source[at]!;
    green += weight * source[at + 1]!;
    blue += weight * source[at + 2]!;
  }
  target[to] = clipped(red);
  target[to + 1] = clipped(green);
  target[to + 2] = clipped(blue);
}

/** Filters with negative weights leave the range of a pixel. */
function clipped(sum: number): number {
  const pixel = sum >> BITS;
  return pixel < 0 ? 0 : pixel > 255 ? 255 : pixel;
}
