/** The progress of the work on the slots. */
import type { Slot } from '../../../src/protocol/webview';
import { TextButton } from '../../toolkit';
import type { Editor } from '../editor-model';
import { overallText } from '../facts';
import { Progress } from './progress';

/** The bar above the image. If there are several slots, finished ones count fully. */
export function WorkProgress({ editor: { store } }: { readonly editor: Editor }) {
  const slots = store.slots.value;
  const state = slots.find(isWorking)?.state;
  if (state?.kind !== 'working') return <Progress done={undefined} label="Explanation" />;
  const isKnown = state.total > 0;
  const settled = slots.filter((slot) => !isWorking(slot)).length;
  const done = (settled + (isKnown ? state.done / state.total : 0)) / slots.length;
  return (
    <Progress
      done={isKnown || settled > 0 ? done : 'unknown'}
      label="Explanation"
      text={isKnown ? `${state.done} of ${state.total}` : state.text}
    />
  );
}

/**
 * The line below the image. It shows only progress, since cards over the image and the facts say more about everything
 * else.
 */
export function WorkLine({ editor: { store, actions } }: { readonly editor: Editor }) {
  const slots = store.slots.value;
  const isBusy = slots.some(isWorking);
  return (
    <div class={isBusy ? 'work' : 'work visually-hidden'} aria-hidden={!isBusy}>
      <span class="state-line" data-testid="state-line">
        {slots.length > 0 ? overallText(slots) : ''}
      </span>
      <TextButton testId="cancel" hidden={!isBusy} onClick={actions.cancel}>
        Cancel
      </TextButton>
    </div>
  );
}

const isWorking = ({ state }: Slot): boolean => state.kind === 'working';
