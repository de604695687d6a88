/** The card over an image without heat: the reason, and what the user can do. */
import type { ComponentChildren } from 'preact';
import type { Action, Slot } from '../../../src/protocol/webview';
import { Icon } from '../../icon';
import { TextButton } from '../../toolkit';
import { sentence } from '../facts';

type Act = (id: Action['id']) => void;

interface CardProps {
  readonly slot: Slot;
  readonly index: number;
  readonly act: Act;
}

/** The card of a slot's pane; nothing if the heat is shown. */
export function Card({ slot: { state, frame }, index, act }: CardProps) {
  if (state.kind === 'failed') {
    return (
      <Frame key="failed" icon="error" testId={`error-${index}`} role="alert" code={state.code} text={state.message}>
        <Actions actions={state.actions} act={act} />
      </Frame>
    );
  }
  if (state.kind === 'cancelled') {
    const text = frame
      ? `Cancelled after ${frame.done} of ${frame.total} masks. The heat is incomplete.`
      : 'Cancelled. There is no heat to show.';
    return (
      <Frame key="cancelled" icon="circle-slash" testId={`cancelled-${index}`} role="note" text={text}>
        <div class="card-actions">
          <TextButton testId="retry" primary onClick={() => act('retry')}>
            Retry
          </TextButton>
        </div>
      </Frame>
    );
  }
  if (state.kind === 'done' && state.summary.blank) {
    const text = (
      <>
        <strong>Nothing to show. </strong>
        {sentence(state.summary.blank)}
      </>
    );
    return (
      <Frame key="blank" icon="info" testId={`blank-${index}`} role="note" text={text}>
        <Actions actions={state.actions ?? []} act={act} />
      </Frame>
    );
  }
  return null;
}

interface FrameProps {
  readonly icon: string;
  readonly testId: string;
  readonly role: 'alert' | 'note';
  readonly code?: string;
  readonly text: ComponentChildren;
  readonly children: ComponentChildren;
}

function Frame({ icon, testId, role, code, text, children }: FrameProps) {
  return (
    <div class={`card card-${icon}`} role={role} data-testid={testId} {...(code && { 'data-code': code })}>
      <div class="card-text">
        <Icon name={icon} />
        <p>{text}</p>
      </div>
      {children}
    </div>
  );
}

function Actions({ actions, act }: { readonly actions: readonly Action[]; readonly act: Act }) {
  if (actions.length === 0) return null;
  return (
    <div class="card-actions">
      {actions.map(({ id, title }, i) => (
        <TextButton key={id} testId={`action-${id}`} primary={i === 0} onClick={() => act(id)}>
          {title}
        </TextButton>
      ))}
    </div>
  );
}
