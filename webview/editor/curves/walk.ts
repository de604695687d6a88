/** A point along the curves of a measurement, and the network's input there. Without the DOM. */

import type { Curve } from '../../../src/core/metrics/measurement';
import { bySaliency, mixedPixels } from '../../../src/core/metrics/order';
import type { Frame } from '../../../src/core/saliency';
import { saliencyOf } from '../../../src/core/saliency';
import type { ShownMeasurement } from '../../../src/protocol/webview';
import { percentOf } from '../../numbers';
import type { Heat } from '../heat/heat';

/** Metrics that have a curve. */
export const WALKED = ['insertion', 'deletion'] as const;
export type Walked = (typeof WALKED)[number];

/** What happens to pixels along a walk, in words. */
const VERBS: Readonly<Record<Walked, string>> = { insertion: 'inserted', deletion: 'deleted' };

export interface Walk {
  readonly metric: Walked;
  /** Share of replaced pixels, 0 to 1. */
  readonly fraction: number;
  /** True if the image at this point is shown instead of the heat. */
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

/** Describes the share of replaced pixels at a point of a curve, and the probability there. */
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

/**
 * A heat that shows the image with the most salient share of its pixels replaced. Its values are still those of the
 * map.
 */
export function stepHeat(heat: Heat, frame: Frame, { from, to }: Ends, fraction: number): Heat {
  const order = orderOf(frame);
  const mixed = mixedPixels(from, to, order, Math.round(fraction * order.length));
  return {
    ...heat,
    opaque: true,
    drawing: { kind: 'input', pixels: mixed, inputSize: frame.inputSize, imageTransform: frame.imageTransform },
  };
}
