/** The line above one of several panes. */
import { useComputed } from '@preact/signals';
import type { ComparedBy, Slot } from '../../../src/protocol/webview';
import { Icon } from '../../icon';
import { percentOf } from '../../numbers';
import type { Editor } from '../editor-model';
import { captionValue } from '../facts';
import { differenceLegend } from '../heat/heat';
import { Legend } from '../heat/legend';

interface CaptionProps {
  readonly slot: Slot;
  readonly comparedBy: ComparedBy | undefined;
}

export function Caption({ slot, comparedBy }: CaptionProps) {
  return comparedBy === 'models' && slot.state.kind === 'done' ? (
    <OfModel slot={slot} state={slot.state} />
  ) : (
    <OfOthers slot={slot} comparedBy={comparedBy} />
  );
}

/** The caption in a comparison of models. The class comes first, since models may explain different classes. */
function OfModel({ slot, state }: { readonly slot: Slot; readonly state: Extract<Slot['state'], { kind: 'done' }> }) {
  const { label, probability } = state.summary.class;
  return (
    <span>
      <strong title={label}>{label}</strong>
      <strong class="caption-percent">{percentOf(probability, state.summary.activation)}</strong>
      {slot.differs && <Badge differs={slot.differs} />}
      <span class="caption-value caption-model from-end" title={slot.hint ?? slot.title}>
        <bdi>{slot.title}</bdi>
      </span>
    </span>
  );
}

function Badge({ differs }: { readonly differs: string }) {
  return (
    <span class="caption-badge" title={`Different class: the model ${differs}`} data-testid="differs">
      <Icon name="warning" />
      <span>{differs}</span>
    </span>
  );
}

/** Beside maps of the other scale: the same colour means something else there. */
export function Scale({ signed }: { readonly signed: boolean }) {
  const meaning = signed
    ? 'From -1 to 1: what speaks against the class has colours of its own'
    : 'From 0 to 1: only what speaks for the class is shown';
  return (
    <span class="caption-badge caption-scale" title={meaning} data-testid="scale">
      {signed ? '−1 to 1' : '0 to 1'}
    </span>
  );
}

/** The caption in other comparisons. Names of layers are cut at their start, since the end is more informative. */
function OfOthers({ slot, comparedBy }: CaptionProps) {
  const isFromEnd = comparedBy === 'layers' || comparedBy === 'models';
  return (
    <span>
      <strong class={isFromEnd ? 'from-end' : ''} title={slot.hint ?? slot.title}>
        <bdi>{slot.title}</bdi>
      </strong>
      <span class="caption-value">{captionValue(slot, comparedBy)}</span>
    </span>
  );
}

/** The caption of the pane with the difference of two classes. */
export function DifferenceCaption({ editor: { store } }: { readonly editor: Editor }) {
  const table = useComputed(() => differenceLegend(store.style.value));
  const [first, second] = store.slots.value.map(({ title }) => title) as [string, string];
  return (
    <span class="caption-difference">
      <strong>Difference</strong>
      <Legend name={`Colours from ${second} to ${first}`} from={second} to={first} table={table.value} />
    </span>
  );
}
