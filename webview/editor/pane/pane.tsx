/** One image with its heat, a caption if there are several panes, and a message if there is no heat. */
import { type ReadonlySignal, useComputed, useSignal } from '@preact/signals';
import type { Slot } from '../../../src/protocol/webview';
import { Icon } from '../../icon';
import type { Editor } from '../editor-model';
import { spokenTitle } from '../facts';
import type { Heat } from '../heat/heat';
import { DIFFERENCE } from '../heat/heats';
import { Progress } from '../status/progress';
import { Caption, DifferenceCaption, Scale } from './caption';
import { Card } from './cards';
import { PaneView } from './pane-view';

interface PaneProps {
  readonly editor: Editor;
  readonly id: string;
}

export function Pane({ editor, id }: PaneProps) {
  const { store, view, actions } = editor;
  const slot = useComputed(() => store.slots.value[Number(id)]);
  const title = useComputed(() => titleOf(editor, id));
  const isFocused = store.focusedPane.value === id;
  const isComparing = store.isComparing.value;
  const isHidden = store.isEnlarged.value && !isFocused;
  /** The heat that was painted last. */
  const shown = useSignal<Heat | undefined>(undefined);
  const done = useComputed(() => (shown.value === store.heats.value.get(id) ? classOf(slot.value) : undefined));
  return (
    <section
      class={isFocused ? 'pane focused' : 'pane'}
      hidden={isHidden}
      {...(isComparing && { tabIndex: 0 })}
      aria-label={title.value}
      aria-current={isComparing && isFocused}
      data-testid={`pane-${id}`}
      data-class={done}
      onFocusIn={() => view.focus(id)}
      onPointerDown={() => view.focus(id)}
    >
      <div class="caption" hidden={!isComparing}>
        {isComparing && <CaptionLine editor={editor} id={id} slot={slot} />}
      </div>
      <Progress done={isComparing ? progressOf(slot.value) : undefined} />
      <PaneView
        editor={editor}
        id={id}
        title={title}
        isDone={progressOf(slot.value) === undefined}
        isHidden={isHidden}
        shown={shown}
      />
      <div class="message">{slot.value && <Card slot={slot.value} index={Number(id)} act={actions.act} />}</div>
    </section>
  );
}

interface CaptionLineProps extends PaneProps {
  readonly slot: ReadonlySignal<Slot | undefined>;
}

function CaptionLine({ editor, id, slot }: CaptionLineProps) {
  const { store, view } = editor;
  const reading = useComputed(() => view.values.value.get(id) ?? '');
  const isEnlarged = store.isEnlarged.value;
  const name = isEnlarged ? 'Show all (Enter)' : 'Enlarge (Enter)';
  return (
    <>
      <div class="caption-text">
        {id === DIFFERENCE && <DifferenceCaption editor={editor} />}
        {slot.value && <Caption slot={slot.value} comparedBy={store.comparedBy.value} />}
      </div>
      {store.hasTwoScales.value && slot.value?.frame && <Scale signed={slot.value.frame.signed} />}
      <span class="caption-reading" data-testid={`reading-${id}`}>
        {reading}
      </span>
      {/* The keyboard has Enter for it: a second stop in every pane would only be in the way. */}
      <button
        class="enlarge"
        type="button"
        tabIndex={-1}
        title={name}
        aria-label={name}
        data-testid={`enlarge-${id}`}
        onClick={view.toggleEnlarged}
      >
        <Icon name={isEnlarged ? 'chrome-restore' : 'chrome-maximize'} />
      </button>
    </>
  );
}

function titleOf({ store }: Editor, id: string): string {
  const [name, slots] = [store.name.value, store.slots.value];
  if (id === DIFFERENCE) return `${name}, difference of the heat of ${slots[0]?.title} and ${slots[1]?.title}`;
  const slot = slots[Number(id)];
  return slot ? `${name}, heat of ${spokenTitle(slot, store.comparedBy.value)}` : name;
}

/** The class of a finished map. */
const classOf = (slot: Slot | undefined) => (slot?.state.kind === 'done' ? slot.state.summary.class.class : undefined);

/** Progress of the work on the heat, 0 to 1; 'unknown' before it is known, undefined if there is no work. */
function progressOf(slot: Slot | undefined): number | 'unknown' | undefined {
  if (slot?.state.kind !== 'working') return undefined;
  return slot.state.total > 0 ? slot.state.done / slot.state.total : 'unknown';
}
