/** The line above one of several panes. */
import type { EditorState, Slot } from '../../../src/protocol/webview';
import { h, icon } from '../../dom';
import { percentOf } from '../../numbers';
import { captionValue } from '../facts';

type Compared = EditorState['comparedBy'];

export function caption(slot: Slot, comparedBy: Compared): HTMLElement {
  return comparedBy === 'models' && slot.state.kind === 'done' ? ofModel(slot, slot.state) : ofOthers(slot, comparedBy);
}

/** What a model has seen comes first: of several the classes may be different ones. */
function ofModel(slot: Slot, { summary }: Extract<Slot['state'], { kind: 'done' }>): HTMLElement {
  const { label, probability } = summary.class;
  return h(
    'span',
    {},
    h('strong', { title: label }, label),
    h('strong', { class: 'caption-percent' }, percentOf(probability, summary.activation)),
    ...(slot.differs ? [badge(slot.differs)] : []),
    h(
      'span',
      { class: 'caption-value caption-model from-end', title: slot.hint ?? slot.title },
      h('bdi', {}, slot.title),
    ),
  );
}

function badge(differs: string): HTMLElement {
  const text = `Different class: the model ${differs}`;
  return h(
    'span',
    { class: 'caption-badge', title: text, 'data-testid': 'differs' },
    icon('warning'),
    h('span', {}, differs),
  );
}

/** Of a layer's or a model's name the end tells most, so it is cut at its start. */
function ofOthers(slot: Slot, comparedBy: Compared): HTMLElement {
  const fromEnd = comparedBy === 'layers' || comparedBy === 'models';
  const title = { class: fromEnd ? 'from-end' : '', title: slot.hint ?? slot.title };
  return h(
    'span',
    {},
    h('strong', title, h('bdi', {}, slot.title)),
    h('span', { class: 'caption-value' }, captionValue(slot, comparedBy)),
  );
}
