/**
 * Messages on their way to a page: of frames of unfinished work none is sent before the page has drawn the last one, so that
 * a slow page is never behind. Of those held back only the newest of each slot is kept. Pure.
 */
import type { ToEditor } from '../../protocol/webview';

export interface FrameGate {
  send(message: ToEditor): void;
  /** The page has drawn what it got last. */
  drawn(): void;
}

type SlotMessage = Extract<ToEditor, { type: 'slot' }>;

export function createFrameGate(post: (message: ToEditor) => void): FrameGate {
  let isDrawing = false;
  const held = new Map<number, SlotMessage>();

  function pass(message: SlotMessage): void {
    isDrawing = true;
    post(message);
  }

  return {
    send(message) {
      if (message.type === 'slot') held.delete(message.index);
      if (message.type === 'image' || message.type === 'state') held.clear();
      // A page that starts anew owes nothing for what was sent to the one before.
      if (message.type === 'state') isDrawing = false;
      if (!isFrame(message)) post(message);
      else if (isDrawing) held.set(message.index, message);
      else pass(message);
    },
    drawn() {
      isDrawing = false;
      const messages = [...held.values()];
      held.clear();
      messages.forEach(pass);
    },
  };
}

/** What a page answers with `drawn`; both sides mean the same. */
function isFrame(message: ToEditor): message is SlotMessage {
  return message.type === 'slot' && message.slot.state.kind === 'working' && message.slot.frame !== undefined;
}
