/** How far the work on several images is, with the one button that stops it and lets it go on. */
import type { StripItem } from '../../../src/protocol/webview';
import { h, liveRegion } from '../../dom';
import { textButton } from '../../toolkit';
import { type QueueText, queueText } from './queue';

export interface QueueEvents {
  cancel(): void;
  resume(): void;
}

const BUTTONS: Readonly<Record<QueueText['kind'], string>> = { running: 'Cancel', stopped: 'Resume', settled: '' };

/** @param leave takes the focus of the button when it goes */
export function createQueueLine(events: QueueEvents, leave: () => void) {
  const speech = liveRegion();
  const text = h('span', { class: 'queue-text', 'data-testid': 'queue-state' });
  // One for both, so that it keeps the focus.
  const button = textButton('', 'queue-button', () => (shown?.kind === 'stopped' ? events.resume() : events.cancel()));
  const root = h('div', { class: 'queue', role: 'group', 'aria-label': 'All images' }, text, button, speech.root);
  let shown: QueueText | undefined;
  return {
    root,
    show(strip: readonly StripItem[]): void {
      const before = shown;
      shown = queueText(strip);
      if (text.textContent !== shown.text) text.textContent = shown.text;
      if (shown.kind === before?.kind) return;
      root.dataset['kind'] = shown.kind;
      // Not each image: that would be too much to listen to.
      if (before && shown.kind !== 'running') speech.say(shown.text);
      if (shown.kind === 'settled' && document.activeElement === button) leave();
      button.hidden = shown.kind === 'settled';
      button.textContent = BUTTONS[shown.kind];
      button.setAttribute('aria-label', `${BUTTONS[shown.kind]} all images`);
    },
  };
}
