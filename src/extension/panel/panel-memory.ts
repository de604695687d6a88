/**
 * Limits the memory of a panel with many images. Of large maps, such as those of pixels, only those nearest to the
 * active image are kept. A released map is requested again when its image is selected. Pure.
 */
import type { PanelImage, PanelState } from './panel-state';

const LIMIT = 64 * 2 ** 20;

/** The images whose maps should be released. */
export function tooFar({ images, active }: PanelState, limit = LIMIT): number[] {
  let total = 0;
  const held = images.map(bytesOf);
  if (held.reduce((sum, bytes) => sum + bytes, 0) <= limit) return [];
  const nearest = [...images.keys()].sort((a, b) => Math.abs(a - active) - Math.abs(b - active));
  return nearest.filter((index) => {
    total += held[index]!;
    return total > limit && held[index]! > 0 && index !== active && isAtRest(images[index]!);
  });
}

const bytesOf = ({ slots }: PanelImage) =>
  slots.reduce((sum, { explanation }) => sum + (explanation ? explanation.frame.map.byteLength : 0), 0);

/** A map that was measured is kept, since its measurements would be released with it. */
const isAtRest = ({ status, slots }: PanelImage) => status === 'done' && slots.every(({ assessment }) => !assessment);
