/**
 * Limits the rate of messages to a page. A frame of unfinished work is sent only after the page has drawn the one
 * before, so that a slow page does not fall behind. Of the frames in between only the newest of each slot is kept.
 * Pure.
 */
import type { ToEditor } from '../../protocol/webview';

export interface FrameGate {
  send(message: ToEditor): void;
  /** Called when the page has drawn the last frame. */
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
      // A new page does not answer for frames that were sent to the page before.
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

/** True for messages that a page answers with `drawn`. Both sides use this function. */
function isFrame(message: ToEditor): message is SlotMessage {
  return message.type === 'slot' && message.slot.state.kind === 'working' && message.slot.frame !== undefined;
}
