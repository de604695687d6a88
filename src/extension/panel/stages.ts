/** The stages of an explanation that is not finished, as the page tells them. Pure. */
import type { Frame } from '../../core/saliency';
import type { Slot, SlotState } from '../../protocol/webview';

type Working = Extract<SlotState, { kind: 'working' }>;

export const WAITING: Working = { kind: 'working', text: 'Waiting', done: 0, total: 0 };
export const PREPARING: Working = { kind: 'working', text: 'Preparing', done: 0, total: 0 };

export const framed = (slot: Slot, frame: Frame): Slot => ({ ...slot, frame, state: stageOf(frame) });

/** The first estimate takes no pass; for later ones passes are counted. */
const stageOf = ({ done, total }: Frame): Working => ({
  kind: 'working',
  text: done === 0 ? 'First estimate' : 'Running passes',
  done,
  total,
});

/** While the engine computes what is more urgent, and when it goes on. The progress stays. */
export function heldUp({ frame }: Slot, waits: boolean): Working {
  const reached = frame ? stageOf(frame) : PREPARING;
  // The numbers of passes follow the text.
  const at = reached.total > 0 ? ' at' : '';
  return waits ? { ...reached, text: `Waiting for another explanation${at}` } : reached;
}
