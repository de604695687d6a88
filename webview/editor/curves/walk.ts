/** A point along the curves of a measurement, and the image there as the network saw it. Without the DOM. */

import type { ImageTransform, Size } from '../../../src/core/geometry';
import type { Curve } from '../../../src/core/metrics/measurement';
import { bySaliency, mixedPixels } from '../../../src/core/metrics/order';
import type { Frame } from '../../../src/core/saliency';
import { saliencyOf } from '../../../src/core/saliency';
import type { ShownMeasurement } from '../../../src/protocol/webview';
import { percentOf } from '../../numbers';
import type { Heat } from '../heat/heat';

/** Metrics that follow a curve. */
export const WALKED = ['insertion', 'deletion'] as const;
export type Walked = (typeof WALKED)[number];

/** How pixels of the picture at the end of a walk got there. */
const VERBS: Readonly<Record<Walked, string>> = { insertion: 'inserted', deletion: 'deleted' };

export interface Walk {
  readonly metric: Walked;
  /** Share of the pixels replaced, 0 to 1. */
  readonly fraction: number;
  /** The image there is seen in the place of the heat. */
  readonly shown: boolean;
}

export const START: Walk = { metric: 'deletion', fraction: 0, shown: false };

/** The pictures between which a curve lies: RGBA of the network's size. */
export interface Ends {
  readonly from: Uint8ClampedArray;
  readonly to: Uint8ClampedArray;
}

/** The curve of the map itself. */
export function curveOf({ maps }: ShownMeasurement, metric: Walked): Curve | undefined {
  return maps.explanation?.curves[metric];
}

/** The point of a curve that is nearest to a share of the pixels. */
export function pointAt({ fractions }: Curve, fraction: number): number {
  let best = 0;
  for (let i = 1; i < fractions.length; i++) {
    if (Math.abs(fractions[i]! - fraction) < Math.abs(fractions[best]! - fraction)) best = i;
  }
  return best;
}

/** How much is replaced at a point of a curve, and the probability there. */
export function pointText(
  metric: Walked,
  { fractions, probabilities }: Curve,
  point: number,
  activation: string,
): string {
  const share = 100 * fractions[point]!;
  const replaced = `${Number(share.toFixed(1))} % ${VERBS[metric]}`;
  return `${replaced}: ${percentOf(probabilities[point]!, activation)}`;
}

const orders = new WeakMap<Frame, Uint32Array>();

function orderOf(frame: Frame): Uint32Array {
  const known = orders.get(frame) ?? bySaliency(saliencyOf(frame).map);
  orders.set(frame, known);
  return known;
}

/** In the place of a map's heat: the image with the most salient share of its pixels replaced. Values stay those of the map. */
export function stepHeat(heat: Heat, frame: Frame, { from, to }: Ends, fraction: number): Heat {
  const order = orderOf(frame);
  const mixed = mixedPixels(from, to, order, Math.round(fraction * order.length));
  return {
    ...heat,
    opaque: true,
    draw: (size) => drawStep(mixed, frame.inputSize, frame.imageTransform, size),
    contour: () => '',
  };
}

/** What the network does not see is dimmed. */
const UNSEEN = 0x99;

/**
 * A picture of the network's size on one of the whole image: each pixel as it is, since it was replaced as a whole.
 *
 * @param mixed RGBA
 * @returns RGBA of `size`
 */
export function drawStep(
  mixed: Uint8ClampedArray,
  { width, height }: Size,
  { scaleX, scaleY, offsetX, offsetY, image }: ImageTransform,
  size: Size,
): Uint8ClampedArray<ArrayBuffer> {
  const drawn = new Uint8ClampedArray(4 * size.width * size.height);
  const pixels = new Uint32Array(drawn.buffer);
  const from = new Uint32Array(mixed.slice().buffer);
  const across = (x: number) => Math.floor((((x + 0.5) * image.width) / size.width - offsetX) / scaleX);
  const columns = Array.from({ length: size.width }, (_, x) => across(x));
  for (let y = 0; y < size.height; y++) {
    const row = Math.floor((((y + 0.5) * image.height) / size.height - offsetY) / scaleY);
    for (let x = 0; x < size.width; x++) {
      const column = columns[x]!;
      const at = y * size.width + x;
      if (row < 0 || row >= height || column < 0 || column >= width) drawn[4 * at + 3] = UNSEEN;
      else pixels[at] = from[row * width + column]!;
    }
  }
  return drawn;
}
