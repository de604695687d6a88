/** The progress of the work on several images, with a button that stops and resumes it. */
import { effect, useComputed, useSignal } from '@preact/signals';
import { useLayoutEffect, useRef } from 'preact/hooks';
import { LiveRegion } from '../../live-region';
import { type Button, TextButton } from '../../toolkit';
import type { Editor } from '../editor-model';
import { type QueueText, queueText } from './queue';

const BUTTONS: Readonly<Record<QueueText['kind'], string>> = { running: 'Cancel', stopped: 'Resume', settled: '' };

interface QueueLineProps {
  readonly editor: Editor;
  /** Takes over the focus when the button is removed. */
  readonly leave: () => void;
}

export function QueueLine({ editor: { store, actions }, leave }: QueueLineProps) {
  const queue = useComputed(() => queueText(store.strip.value));
  const spoken = useSignal('');
  const button = useRef<Button>(null);
  useLayoutEffect(() => {
    let before: QueueText['kind'] | undefined;
    return effect(() => {
      const { kind, text } = queue.value;
      // Single images are not announced, since that would be too much to listen to.
      if (before && before !== kind && kind !== 'running') spoken.value = text;
      // This is called before the button is hidden, since hiding it would lose the focus.
      if (kind === 'settled' && document.activeElement === button.current) leave();
      before = kind;
    });
  }, []);
  const { kind, text } = queue.value;
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
