/** How far the work on several images is, with the one button that stops it and lets it go on. */
import { useSignal } from '@preact/signals';
import { useLayoutEffect, useRef } from 'preact/hooks';
import { LiveRegion } from '../../live-region';
import { type Button, TextButton } from '../../toolkit';
import type { Editor } from '../editor-model';
import { type QueueText, queueText } from './queue';

const BUTTONS: Readonly<Record<QueueText['kind'], string>> = { running: 'Cancel', stopped: 'Resume', settled: '' };

interface QueueLineProps {
  readonly editor: Editor;
  /** Takes the focus of the button when it goes. */
  readonly leave: () => void;
}

export function QueueLine({ editor: { store, actions }, leave }: QueueLineProps) {
  const { kind, text } = queueText(store.strip.value);
  const spoken = useSignal('');
  const button = useRef<Button>(null);
  const before = useRef<QueueText['kind']>(undefined);
  useLayoutEffect(() => {
    // Not each image: that would be too much to listen to.
    if (before.current && kind !== 'running') spoken.value = text;
    if (kind === 'settled' && document.activeElement === button.current) leave();
    before.current = kind;
  }, [kind]);
  return (
    <div class="queue" role="group" aria-label="All images" data-kind={kind}>
      <span class="queue-text" data-testid="queue-state">
        {text}
      </span>
      {/* One for both, so that it keeps the focus. */}
      <TextButton
        testId="queue-button"
        name={`${BUTTONS[kind]} all images`}
        hidden={kind === 'settled'}
        onClick={kind === 'stopped' ? actions.resume : actions.cancel}
        elementRef={button}
      >
        {BUTTONS[kind]}
      </TextButton>
      <LiveRegion text={spoken} />
    </div>
  );
}
