/** Describes the values at a pixel of the image. Pure. */
import type { Slot } from '../../../src/protocol/webview';
import { saliencyValue, signedValue } from '../facts';
import { DIFFERENCE, type Heats } from '../heat/heats';
import type { Point } from './viewport';

/** The value of each map at a pixel of the image, by pane. */
export function readings(at: Point, heats: Heats): Map<string, string> {
  return new Map(
    [...heats].map(([id, heat]) => {
      const value = heat.valueAt(at.x, at.y);
      if (Number.isNaN(value)) return [id, 'not seen'];
      return [id, heat.signed ? signedValue(value) : saliencyValue(value)];
    }),
  );
}

/** @param pixel red, green, blue and alpha, if they are known */
export function pixelText(at: Point, pixel: Uint8ClampedArray | undefined): string {
  const place = `x ${at.x}, y ${at.y}`;
  if (!pixel) return place;
  return `${place}  ·  ${pixel[3] === 0 ? 'transparent' : `RGB ${pixel.slice(0, 3).join(', ')}`}`;
}

/** The values of all maps at a pixel, in words. */
export function readingsText(values: ReadonlyMap<string, string>, slots: readonly Slot[]): string {
  const named = [...values].map(([id, text]) => {
    if (id === DIFFERENCE) return `difference ${text}`;
    const name = slots.length > 1 ? slots[Number(id)]!.title : 'saliency';
    return text === 'not seen' ? `${name}: outside the network's view` : `${name} ${text}`;
  });
  return named.join('  ·  ');
}
