/** What a pane can show and read values from: the map of one frame, or the difference of two. Without the DOM. */

import type { Size } from '../../../src/core/geometry';
import { type ColorTable, colorTables, differenceTable } from '../../../src/core/heat/colormaps';
import { sampler } from '../../../src/core/heat/overlay';
import { type Frame, saliencyOf } from '../../../src/core/saliency';
import type { HeatStyle } from '../../../src/core/style';
import { type Drawing, differenceMap } from '../../heat/painting';

export interface Heat {
  /** How it is drawn. */
  readonly drawing: Drawing;
  /** True if it replaces the image, whatever the style's opacity is. */
  readonly opaque?: boolean;
  /** True if values lie within [-1, 1], false if within [0, 1]. */
  readonly signed: boolean;
  /** The value at a pixel of the image; NaN where the network did not see the image. */
  valueAt(x: number, y: number): number;
  /** The pixel of the image with the largest magnitude. */
  peak(): { readonly x: number; readonly y: number };
}

/**
 * The longer side of the canvas in pixels, for images of any size. It is finer than the input of nearly all networks,
 * and is drawn in a few milliseconds.
 */
const LONGER = 640;
/** The same for a frame that the next one replaces, since the page has little time while the engine computes. */
const LONGER_OF_FRAME = 320;

/** @param isDone true if the map is the final one */
export function canvasSize(image: Size, isDone: boolean): Size {
  const scale = (isDone ? LONGER : LONGER_OF_FRAME) / Math.max(image.width, image.height);
  const side = (length: number) => Math.max(Math.round(length * scale), 1);
  return { width: side(image.width), height: side(image.height) };
}

const known = new WeakMap<Frame, Heat>();

export function heatOf(frame: Frame): Heat {
  const cached = known.get(frame);
  if (cached) return cached;
  const heat: Heat = {
    drawing: { kind: 'map', frame },
    signed: frame.signed,
    ...measured(() => saliencyOf(frame).map, frame),
  };
  known.set(frame, heat);
  return heat;
}

/**
 * First minus second, or half of that for signed maps; undefined unless both are maps of the same part of the same
 * image.
 */
export function differenceOf(first: Frame, second: Frame): Heat | undefined {
  const { inputSize, imageTransform } = first;
  if (JSON.stringify([inputSize, imageTransform]) !== JSON.stringify([second.inputSize, second.imageTransform])) {
    return undefined;
  }
  return {
    drawing: { kind: 'difference', first, second },
    signed: true,
    ...measured(() => differenceMap(first, second), first),
  };
}

/**
 * @param mapOf returns the map, [height, width] of the input; called with the first value, since the user never points
 *   at most frames of a stream
 */
function measured(
  mapOf: () => Float32Array,
  { inputSize, imageTransform }: Pick<Frame, 'inputSize' | 'imageTransform'>,
): Pick<Heat, 'valueAt' | 'peak'> {
  const { scaleX, scaleY, offsetX, offsetY, image } = imageTransform;
  const map = once(mapOf);
  const sample = once(() => sampler(map(), inputSize, imageTransform, image));
  return {
    valueAt: (x, y) => sample()(x, y),
    peak() {
      const values = map();
      let best = 0;
      for (let i = 1; i < values.length; i++) if (Math.abs(values[i]!) > Math.abs(values[best]!)) best = i;
      const pixel = (index: number, scale: number, offset: number, length: number) =>
        Math.min(Math.max(Math.floor((index + 0.5) * scale + offset), 0), length - 1);
      return {
        x: pixel(best % inputSize.width, scaleX, offsetX, image.width),
        y: pixel(Math.floor(best / inputSize.width), scaleY, offsetY, image.height),
      };
    },
  };
}

function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}

/** The colours of a legend. Values below the threshold are clear, as on the image. */
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
