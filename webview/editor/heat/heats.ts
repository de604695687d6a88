/** The maps of a panel by pane: '0', '1', ..., 'difference'. */
import type { ComparedBy, Slot } from '../../../src/protocol/webview';
import { differenceOf, type Heat, heatOf } from './heat';

export type Heats = ReadonlyMap<string, Heat>;

export const DIFFERENCE = 'difference';

/** A difference is shown for two classes; for more classes there is no single difference. */
const hasDifference = (slots: number, comparedBy: ComparedBy | undefined) => comparedBy === 'classes' && slots === 2;

/** The slot of a pane; the difference belongs to the first slot. */
export const slotOf = (pane: string): number => (pane === DIFFERENCE ? 0 : Number(pane));

/** Ids of the panes in order. If nothing is explained, there is one pane for the image alone. */
export function paneIds(slots: number, comparedBy: ComparedBy | undefined): string[] {
  const ids = Array.from({ length: Math.max(slots, 1) }, (_, i) => String(i));
  return hasDifference(slots, comparedBy) ? [...ids, DIFFERENCE] : ids;
}

/** The difference stays the same object as long as its two frames do. */
export function createHeats(): (slots: readonly Slot[], comparedBy: ComparedBy | undefined) => Heats {
  let pair: { first: object; second: object; heat: Heat | undefined } | undefined;
  return (slots, comparedBy) => {
    const heats = new Map<string, Heat>();
    slots.forEach(({ frame }, i) => {
      if (frame) heats.set(String(i), heatOf(frame));
    });
    const [first, second] = [slots[0]?.frame, slots[1]?.frame];
    if (hasDifference(slots.length, comparedBy) && first && second) {
      if (pair?.first !== first || pair.second !== second) pair = { first, second, heat: differenceOf(first, second) };
      if (pair.heat) heats.set(DIFFERENCE, pair.heat);
    }
    return heats;
  };
}
