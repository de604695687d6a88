/**
 * A saliency map as a picture of the whole image. Values are interpolated first and coloured afterwards, so that no
 * colour appears which is not in the colormap. The webview and the exports use the same functions.
 */
import { contours } from 'd3-contour';
import type { ImageTransform, Size } from '../geometry';
import type { Saliency } from '../saliency';
import type { HeatStyle } from '../style';
import { type ColorTable, colorTables, differenceTable } from './colormaps';

/** Style of a contour, with widths in pixels. A light line on a wider dark one is visible on any image. */
export const CONTOUR = { line: '#ffffff', width: 1.5, halo: '#000000', haloWidth: 3.5 } as const;

/** The level of the contour: the threshold, or half of the maximum if the threshold is 0. */
export const contourLevel = (style: HeatStyle): number => style.threshold || 0.5;

/**
 * Draws the heatmap without the image: RGBA of size.width * size.height pixels that cover the whole image. These pixels
 * are clear (alpha 0): those outside the part of the image that the network saw, those with values below the threshold,
 * and all pixels of a constant map, which has nothing to show. All others are opaque. The caller applies
 * `style.opacity`, so that it can change without a redraw (by CSS in the webview, by alpha in an export), and draws the
 * contour, see `contourPath`.
 *
 * A signed map has the colours of a difference instead of the style's, clear around 0, and its threshold applies to the
 * magnitude.
 */
export function drawHeat(
  saliency: Saliency,
  inputSize: Size,
  transform: ImageTransform,
  size: Size,
  style: HeatStyle,
): Uint8ClampedArray<ArrayBuffer> {
  if (saliency.zero) return new Uint8ClampedArray(4 * size.width * size.height);
  const map = saturated(saliency);
  if (saliency.signed) return drawDifference(map, inputSize, transform, size, style.threshold);
  return draw(map, inputSize, transform, size, { table: colorTables[style.colormap], lowest: 0 }, style.threshold);
}

/** The map scaled for drawing: values beyond the saturation have the strongest colour. */
function saturated({ map, saturation }: Saliency): Float32Array {
  return saturation ? map.map((value) => Math.min(Math.max(value / saturation, -1), 1)) : map;
}

/**
 * Draws a difference of two maps of the same input size, or another map in [-1, 1], in the colours of
 * `differenceTable`. Pixels whose magnitude is below the threshold are clear.
 */
export function drawDifference(
  difference: Float32Array,
  inputSize: Size,
  transform: ImageTransform,
  size: Size,
  threshold: number,
): Uint8ClampedArray<ArrayBuffer> {
  return draw(difference, inputSize, transform, size, { table: differenceTable, lowest: -1 }, threshold);
}

/**
 * Returns a function for the value at a pixel (x, y) of a picture of `size` that covers the whole image. Values are
 * interpolated bilinearly between the centres of the map's pixels, and NaN where the network did not see the image.
 */
export function sampler(
  map: Float32Array,
  inputSize: Size,
  transform: ImageTransform,
  size: Size,
): (x: number, y: number) => number {
  const { scaleX, scaleY, offsetX, offsetY, image } = transform;
  const columns = taps(size.width, inputSize.width, image.width, scaleX, offsetX);
  const rows = taps(size.height, inputSize.height, image.height, scaleY, offsetY);
  return (x, y) => {
    const top = rows.low[y]! * inputSize.width;
    const bottom = rows.high[y]! * inputSize.width;
    const left = columns.low[x]!;
    const right = columns.high[x]!;
    const across = columns.weight[x]!;
    const down = rows.weight[y]!;
    const upper = map[top + left]! * (1 - across) + map[top + right]! * across;
    const lower = map[bottom + left]! * (1 - across) + map[bottom + right]! * across;
    return upper * (1 - down) + lower * down;
  };
}

/** For each of `count` pixels across an axis of the picture: its two neighbours in the map and the weight of the second. */
function taps(count: number, inputLength: number, imageLength: number, scale: number, offset: number) {
  const low = new Int32Array(count);
  const high = new Int32Array(count);
  const weight = new Float64Array(count);
  for (let i = 0; i < count; i++) {
    const position = (((i + 0.5) * imageLength) / count - offset) / scale;
    const centred = Math.min(Math.max(position - 0.5, 0), inputLength - 1);
    low[i] = Math.floor(centred);
    high[i] = Math.min(low[i]! + 1, inputLength - 1);
    weight[i] = position < 0 || position > inputLength ? Number.NaN : centred - low[i]!;
  }
  return { low, high, weight };
}

interface Scale {
  readonly table: ColorTable;
  /** The value of the table's first colour; the value of its last colour is 1. */
  readonly lowest: number;
}

/**
 * A frame of the screen takes 16 ms in all, so the loops below avoid calls and objects for each pixel. Each row of the
 * picture is first interpolated between two rows of the map, then along that line, and a colour is written as one
 * 32-bit value.
 */
function draw(
  map: Float32Array,
  inputSize: Size,
  { scaleX, scaleY, offsetX, offsetY, image }: ImageTransform,
  size: Size,
  { table, lowest }: Scale,
  threshold: number,
): Uint8ClampedArray<ArrayBuffer> {
  const columns = taps(size.width, inputSize.width, image.width, scaleX, offsetX);
  const rows = taps(size.height, inputSize.height, image.height, scaleY, offsetY);
  const colors = new Uint32Array(table.slice().buffer);
  const pixels = new Uint32Array(size.width * size.height);
  const line = new Float64Array(inputSize.width);
  const steps = 255 / (1 - lowest);
  for (let y = 0; y < size.height; y++) {
    const down = rows.weight[y]!;
    const top = rows.low[y]! * inputSize.width;
    const bottom = rows.high[y]! * inputSize.width;
    for (let i = 0; i < line.length; i++) line[i] = map[top + i]! * (1 - down) + map[bottom + i]! * down;
    const start = y * size.width;
    for (let x = 0; x < size.width; x++) {
      const across = columns.weight[x]!;
      const value = line[columns.low[x]!]! * (1 - across) + line[columns.high[x]!]! * across;
      // The comparison is false for NaN, where the network did not see the image. `| 0` rounds down and is faster than
      // Math.round.
      if (Math.abs(value) >= threshold) pixels[start + x] = colors[((value - lowest) * steps + 0.5) | 0]!;
    }
  }
  return new Uint8ClampedArray(pixels.buffer);
}

/**
 * The line along which the map, or the magnitude of a signed map, crosses `level`, as SVG path data. Units are pixels
 * of a picture of `size` that covers the whole image. The path is empty if the map is constant. Stroke it twice, see
 * `CONTOUR`.
 */
export function contourPath(
  saliency: Saliency,
  inputSize: Size,
  transform: ImageTransform,
  size: Size,
  level: number,
): string {
  if (saliency.zero) return '';
  const across = size.width / transform.image.width;
  const down = size.height / transform.image.height;
  const shape = contours()
    .size([inputSize.width, inputSize.height])
    .contour(Array.from(saturated(saliency), Math.abs), level);
  const point = ([x, y]: number[]) =>
    `${round((x! * transform.scaleX + transform.offsetX) * across)} ${round((y! * transform.scaleY + transform.offsetY) * down)}`;
  return shape.coordinates.flatMap((polygon) => polygon.map((ring) => `M${ring.map(point).join('L')}Z`)).join('');
}

const round = (value: number) => Math.round(100 * value) / 100;
