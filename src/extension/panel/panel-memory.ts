/**
 * How much a panel on many images holds: of maps that are large, such as those by pixels, only those nearest to the image in
 * front. One that was let go is asked again when its image is selected. Pure.
 */
import type { PanelImage, PanelState } from './panel-state';

const LIMIT = 64 * 2 ** 20;

/** The images whose maps are to be let go. */
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

/** What is known of a map goes with it, so one that was measured stays. */
const isAtRest = ({ status, slots }: PanelImage) => status === 'done' && slots.every(({ evidence }) => !evidence);
