/** What is shown over an image that has no heat: why, and what can be done. */
import type { Action, Slot } from '../../../src/protocol/webview';
import { h, icon } from '../../dom';
import { textButton } from '../../toolkit';
import { sentence } from '../facts';

type Act = (id: Action['id']) => void;

/** The message over a slot's pane; undefined when its heat says enough. */
export function cardOf(slot: Slot, index: number, act: Act): HTMLElement | undefined {
  const { state } = slot;
  if (state.kind === 'failed') return failure(state, index, act);
  if (state.kind === 'cancelled') return cancelled(slot, index, act);
  if (state.kind === 'done' && state.summary.blank) {
    const text = h('p', {}, h('strong', {}, 'Nothing to show. '), sentence(state.summary.blank));
    const root = card('info', `blank-${index}`, 'note', text);
    if (state.actions?.length) root.append(buttons(state.actions, act));
    return root;
  }
  return undefined;
}

function failure(state: Extract<Slot['state'], { kind: 'failed' }>, index: number, act: Act): HTMLElement {
  const root = card('error', `error-${index}`, 'alert', h('p', {}, state.message));
  root.dataset['code'] = state.code;
  if (state.actions.length) root.append(buttons(state.actions, act));
  return root;
}

function cancelled({ frame }: Slot, index: number, act: Act): HTMLElement {
  const text = frame
    ? `Cancelled after ${frame.done} of ${frame.total} masks. The heat is incomplete.`
    : 'Cancelled. There is no heat to show.';
  const root = card('circle-slash', `cancelled-${index}`, 'note', h('p', {}, text));
  const retry = textButton('Retry', 'retry', () => act('retry'), 'primary');
  root.append(h('div', { class: 'card-actions' }, retry));
  return root;
}

function card(iconName: string, testId: string, role: string, text: HTMLElement): HTMLElement {
  return h(
    'div',
    { class: `card card-${iconName}`, role, 'data-testid': testId },
    h('div', { class: 'card-text' }, icon(iconName), text),
  );
}

function buttons(actions: readonly Action[], act: Act): HTMLElement {
  const made = actions.map(({ id, title }, i) =>
    textButton(title, `action-${id}`, () => act(id), i === 0 ? 'primary' : 'secondary'),
  );
  return h('div', { class: 'card-actions' }, ...made);
}
