/** What screen readers say of the slots. */
import type { Slot } from '../../../src/protocol/webview';
import { overallText } from '../facts';
import { overall } from '../state';

/** Speaks what has come of the slots; while they work only that they do, since their progress changes too often. */
export function createAnnouncer(say: (text: string) => void): (slots: readonly Slot[]) => void {
  let announced = '';
  return (slots) => {
    const titles = slots.map(({ title }) => title).join(', ');
    const text = overall(slots) === 'working' ? `Explaining ${titles}` : overallText(slots);
    if (text !== announced) say(text);
    announced = text;
  };
}
