/** What a pane can draw and measure: the map of one frame, or the difference of two. Without the DOM. */
import { type ColorTable, colorTables, differenceTable } from '../../../src/core/colormaps';
import type { ImageTransform, Size } from '../../../src/core/geometry';
import { contourLevel, contourPath, drawDifference, drawHeat, sampler } from '../../../src/core/overlay';
import type { Frame } from '../../../src/core/saliency';
import { saliencyOf } from '../../../src/core/saliency';
import { DEFAULT_STYLE, type HeatStyle } from '../../../src/core/style';

export interface Heat {
  /** RGBA of a picture of the whole image. */
  draw(size: Size, style: HeatStyle): Uint8ClampedArray<ArrayBuffer>;
  /** SVG path data in pixels of such a picture; empty without a contour. */
  contour(size: Size, style: HeatStyle): string;
  /** True if it takes the place of the image whatever the style's opacity. */
  readonly opaque?: boolean;
  /** True if values lie within [-1, 1], false if within [0, 1]. */
  readonly signed: boolean;
  /** At a pixel of the image; NaN where the network did not see it. */
  valueAt(x: number, y: number): number;
  /** The pixel of the image with the largest magnitude. */
  peak(): { readonly x: number; readonly y: number };
}

/** The longer side of the canvas in pixels, whatever the image's size: finer than the input of nearly any network, and drawn in a few milliseconds. */
const LONGER = 640;
/** Of a frame that the next one replaces: the page has little time while the engine computes. */
const LONGER_OF_FRAME = 320;

/** @param isDone the map is the last one */
export function canvasSize(image: Size, isDone: boolean): Size {
  const scale = (isDone ? LONGER : LONGER_OF_FRAME) / Math.max(image.width, image.height);
  const side = (length: number) => Math.max(Math.round(length * scale), 1);
  return { width: side(image.width), height: side(image.height) };
}

const known = new WeakMap<Frame, Heat>();

export function heatOf(frame: Frame): Heat {
  const cached = known.get(frame);
  if (cached) return cached;
  const saliency = saliencyOf(frame);
  const { inputSize, imageTransform } = frame;
  const heat: Heat = {
    signed: saliency.signed,
    draw: (size, style) => drawHeat(saliency, inputSize, imageTransform, size, style),
    contour: (size, style) =>
      style.contour ? contourPath(saliency, inputSize, imageTransform, size, contourLevel(style)) : '',
    ...measured(saliency.map, inputSize, imageTransform),
  };
  known.set(frame, heat);
  return heat;
}

/** How often a small map is drawn that nobody sees, and its side in pixels. */
const ROUNDS = 24;
const SIDE = 96;

/**
 * Draws in the browser's idle time while the engine is at work: once the loops have run that often the browser compiles them.
 * The first frames of an explanation would else take four times as long as the others.
 */
export function warmUp(rounds = ROUNDS): void {
  if (rounds === 0) return;
  requestIdleCallback(() => {
    const size = { width: SIDE, height: SIDE };
    const map = Float32Array.from({ length: 49 }, (_, i) => i);
    const imageTransform = { scaleX: 1, scaleY: 1, offsetX: 0, offsetY: 0, image: size };
    const frame = { done: 0, total: 1, u: 7, v: 7, map, offset: 1, signed: false, inputSize: size, imageTransform };
    heatOf(frame).draw(size, DEFAULT_STYLE);
    warmUp(rounds - 1);
  });
}

/** First minus second, of signed maps half of that; undefined when they are not maps of the same part of the same image. */
export function differenceOf(first: Frame, second: Frame): Heat | undefined {
  const { inputSize, imageTransform } = first;
  if (JSON.stringify([inputSize, imageTransform]) !== JSON.stringify([second.inputSize, second.imageTransform])) {
    return undefined;
  }
  const [a, b] = [saliencyOf(first), saliencyOf(second)];
  // Signed maps can be 2 apart.
  const scale = a.signed || b.signed ? 0.5 : 1;
  const map = a.map.map((value, i) => scale * (value - b.map[i]!));
  return {
    signed: true,
    draw: (size, style) => drawDifference(map, inputSize, imageTransform, size, style.threshold),
    contour: () => '',
    ...measured(map, inputSize, imageTransform),
  };
}

function measured(map: Float32Array, inputSize: Size, transform: ImageTransform): Pick<Heat, 'valueAt' | 'peak'> {
  return {
    valueAt: sampler(map, inputSize, transform, transform.image),
    peak() {
      let best = 0;
      for (let i = 1; i < map.length; i++) if (Math.abs(map[i]!) > Math.abs(map[best]!)) best = i;
      const { scaleX, scaleY, offsetX, offsetY, image } = transform;
      const pixel = (index: number, scale: number, offset: number, length: number) =>
        Math.min(Math.max(Math.floor((index + 0.5) * scale + offset), 0), length - 1);
      return {
        x: pixel(best % inputSize.width, scaleX, offsetX, image.width),
        y: pixel(Math.floor(best / inputSize.width), scaleY, offsetY, image.height),
      };
    },
  };
}

/** The colours of a legend: what lies below the threshold is clear, as on the image. */
export function legend(style: HeatStyle): ColorTable {
  const table = colorTables[style.colormap].slice();
  for (let i = 0; i < 256; i++) if (i / 255 < style.threshold) table[4 * i + 3] = 0;
  return table;
}

export function differenceLegend(style: HeatStyle): ColorTable {
  const table = differenceTable.slice();
  for (let i = 0; i < 256; i++) if (Math.abs((2 * i) / 255 - 1) < style.threshold) table[4 * i + 3] = 0;
  return table;
}
