/**
 * Resampling of pictures as in Pillow, whose results most classifiers were trained with. The filter widens when a
 * picture is shrunk, weights have 22 bits, and each of the two passes rounds to 8 bits. (sharp's kernels differ.)
 */
import type { Box, Size } from './geometry';

/** Names of Pillow's filters. */
export const INTERPOLATIONS = ['bilinear', 'bicubic', 'nearest', 'lanczos', 'box', 'hamming'] as const;

export type Interpolation = (typeof INTERPOLATIONS)[number];

/** 8-bit RGB, [height, width, 3]. */
export interface RgbImage extends Size {
  readonly data: Uint8Array;
}

/**
 * The weights for one output sample: the first input sample, and the weights of the samples from there on, as integers
 * that sum to ONE.
 */
interface Taps {
  readonly start: number;
  readonly weights: Float64Array;
}

/** Bits of a weight, as in Pillow; sums then fit into 32 bits. */
const BITS = 22;
const ONE = 2 ** BITS;

/**
 * A filter of Pillow: the weight by the distance from the centre, in samples of the smaller image. The weight is 0 from
 * `support` on.
 */
interface Filter {
  readonly support: number;
  readonly weight: (distance: number) => number;
}

const sinc = (x: number) => (x === 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x));
/** Pillow stores these constants as 32-bit floats. */
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

/** The taps of the output samples [first, first + count) of a side that is scaled from `from` to `to` samples. */
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
      // A sample on the border between two boxes belongs to the left one.
      return distance > -filter.support && distance <= filter.support ? filter.weight(distance) : 0;
    });
    const sum = weights.reduce((a, b) => a + b, 0);
    return { start, weights: weights.map((weight) => Math.round((weight / sum) * ONE)) };
  });
}

/**
 * One input sample for each output. Like Pillow, this adds up the step from the first output on, so that rounding
 * errors are the same.
 */
function nearestOf(from: number, to: number, first: number, count: number): Taps[] {
  const weights = Float64Array.of(ONE);
  const taps: Taps[] = [];
  const step = from / to;
  for (let i = 0, at = step / 2; i < first + count; i++, at += step)
    if (i >= first) taps.push({ start: Math.min(Math.floor(at), from - 1), weights });
  return taps;
}

/**
 * The most pixels between the two passes. Pillow resamples rows first. For an image of a few columns and a million
 * rows, this could produce a huge intermediate picture, so such an image is resampled along its columns first; then the
 * rounding between the passes differs from Pillow's.
 */
const MOST_BETWEEN = 2 ** 26;

/** Scales the image to `resized` and returns the part `window`, which must lie within `resized`. */
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

/** The range of all samples that the taps use. */
function spanOf(taps: readonly Taps[]): Span {
  const first = taps[0]?.start ?? 0;
  return { start: first, end: taps.reduce((end, { start, weights }) => Math.max(end, start + weights.length), first) };
}

function fromZero(taps: readonly Taps[]): Taps[] {
  const first = taps[0]?.start ?? 0;
  return taps.map(({ start, weights }) => ({ start: start - first, weights }));
}

/** The horizontal pass, for some rows. */
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

/** The vertical pass, for some columns. */
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

/** Computes one RGB pixel: the weighted sum of pixels that lie `stride` bytes apart. Halves are rounded up. */
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

/** Clips to the range of a pixel, which filters with negative weights can leave. */
function clipped(sum: number): number {
  const pixel = sum >> BITS;
  return pixel < 0 ? 0 : pixel > 255 ? 255 : pixel;
}
