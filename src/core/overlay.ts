/**
 * A saliency map as a picture of the whole image. Values are interpolated first and coloured afterwards, so no colour
 * appears that is not in the colormap. The webview and the exports draw with the same functions.
 */
import { contours } from 'd3-contour';
import { type ColorTable, colorTables, differenceTable } from './colormaps';
import type { ImageTransform, Size } from './geometry';
import type { Saliency } from './saliency';
import type { HeatStyle } from './style';

/** Widths of a contour in pixels: a light line on a wider dark one can be seen on any image. */
export const CONTOUR = { line: '#ffffff', width: 1.5, halo: '#000000', haloWidth: 3.5 } as const;

/** Where the contour runs: along the threshold, or at half of the maximum where nothing is hidden. */
export const contourLevel = (style: HeatStyle): number => style.threshold || 0.5;

/**
 * The heat alone, RGBA of size.width * size.height pixels that cover the whole image. Clear (alpha 0) are: what lies
 * outside the part of the image that the network saw, values below the threshold, and a constant map, which has
 * nothing to show. All else is opaque: `style.opacity` is left to whoever composes, so that it changes without a
 * redraw (CSS in the webview, alpha in an export). The contour is apart too, see `contourPath`.
 *
 * A signed map has the colours of a difference in place of the style's, clear around 0; its threshold is one of magnitude.
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

/** What is drawn: values beyond the saturation are as strong as any. */
function saturated({ map, saturation }: Saliency): Float32Array {
  return saturation ? map.map((value) => Math.min(Math.max(value / saturation, -1), 1)) : map;
}

/**
 * A difference of two maps at the same input size, or another map in [-1, 1], in the colours of `differenceTable`; where it is
 * smaller than the threshold it is clear.
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
 * The value at a pixel (x, y) of a picture of `size` that covers the whole image, interpolated bilinearly between the
 * centres of the map's pixels; NaN where the network did not see the image.
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
  /** The value of the table's first colour; that of its last is 1. */
  readonly lowest: number;
}

/**
 * A frame has 16 ms for everything, so the loops below do without a call or an object a pixel: each row of the picture is
 * first interpolated between two rows of the map, then along that line, and colours are written whole.
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
      // NaN, where the network did not see the image, is never large enough. `| 0` rounds down, and faster than Math.round.
      if (Math.abs(value) >= threshold) pixels[start + x] = colors[((value - lowest) * steps + 0.5) | 0]!;
    }
  }
  return new Uint8ClampedArray(pixels.buffer);
}

/**
 * The line where the map, or the magnitude of a signed one, crosses `level`, as SVG path data in pixels of a picture of `size` that covers the whole
 * image; empty where the map is constant. To be stroked twice, see `CONTOUR`.
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
