/**
 * The state of the page as signals: the host's state, the saved state, temporary state, and what is derived from them.
 * Messages (`messages.ts`) and the user's actions (`actions.ts`, `stage/view.ts`) write it. Components read it, and are
 * rendered again when what they have read changes.
 */
import { computed, type Signal, signal } from '@preact/signals';
import type { Size } from '../../src/core/geometry';
import { DEFAULT_STYLE } from '../../src/core/style';
import type { EditorState, Slot } from '../../src/protocol/webview';
import { createSteps } from './curves/steps';
import { START } from './curves/walk';
import { differenceText } from './facts';
import { createHeats, paneIds, slotOf } from './heat/heats';
import { createPhotograph } from './stage/photograph';
import { beforePicture, overall, type Saved } from './state';

export type Store = ReturnType<typeof createStore>;

const NO_SLOTS: readonly Slot[] = [];

/** @param failed called if a picture of a measurement can't be decoded */
export function createStore(saved: Signal<Saved>, failed: (thrown: unknown) => void) {
  /** The host's state; undefined until it has been sent. */
  const told = signal<EditorState | undefined>(undefined);
  const isOriginalHeld = signal(false);
  /** The pane in focus; the difference belongs to the first slot. */
  const focusedPane = signal('0');
  const spoken = signal('');
  const notice = signal('');
  /** True if the controls of the heat are open, which lie over the image on a narrow page. */
  const isStyleOpen = signal(false);

  const photograph = createPhotograph(computed(() => told.value?.picture));
  const steps = createSteps(failed);
  const heatsOf = createHeats();

  /** The slots as they are shown. Until the photograph is loaded, no results are shown. */
  const slots = computed(() => {
    const all = told.value?.slots ?? NO_SLOTS;
    return photograph.isAwaited.value ? all.map(beforePicture) : all;
  });
  const comparedBy = computed(() => told.value?.comparedBy);
  const panes = computed(() => (told.value ? paneIds(slots.value.length, comparedBy.value) : []));
  const isComparing = computed(() => slots.value.length > 1);
  const focusedSlot = computed(() => slotOf(focusedPane.value));
  const slot = computed(() => slots.value[focusedSlot.value]);
  const measured = computed(() => ({ slots: slots.value, assessment: told.value?.assessment ?? [] }));
  const isMeasuring = computed(() => saved.value.measuring ?? false);
  const walk = computed(() => saved.value.walk ?? START);
  const heats = computed(() => {
    const all = heatsOf(slots.value, comparedBy.value);
    return isMeasuring.value && walk.value.shown ? steps.instead(all, measured.value, walk.value) : all;
  });
  const strip = computed(() => told.value?.strip ?? []);
  const active = computed(() => told.value?.active ?? 0);

  return {
    told,
    saved,
    isOriginalHeld,
    focusedPane,
    spoken,
    notice,
    isStyleOpen,

    photograph,
    /** True if commands can be performed. */
    isReady: computed(() => told.value !== undefined && !photograph.isAwaited.value),
    name: computed(() => told.value?.name ?? ''),
    /** The image's class by its dataset. */
    truth: computed(() => told.value?.truth),
    isDemo: computed(() => told.value?.demo ?? false),
    style: computed(() => told.value?.style ?? DEFAULT_STYLE),
    isOriginal: computed(() => isOriginalHeld.value || (saved.value.original ?? false)),
    /** The image's size; undefined until it is known. */
    size: computed((): Size | undefined => {
      const frame = slots.value.find((each) => each.frame)?.frame;
      return told.value?.size ?? frame?.imageTransform.image ?? photograph.size.value;
    }),
    /** The position at which the heat starts, as a fraction of a view's width; undefined if the whole heat is shown. */
    swipe: computed(() => saved.value.swipe),
    /** True if only the pane in focus is shown. */
    isEnlarged: computed(() => isComparing.value && saved.value.enlarged !== undefined),

    slots,
    comparedBy,
    panes,
    isComparing,
    overall: computed(() => overall(slots.value)),
    heats,
    focusedSlot,
    /** The summary of the slot in focus, if it is finished. */
    summary: computed(() => (slot.value?.state.kind === 'done' ? slot.value.state.summary : undefined)),
    isExportable: computed(() => slot.value?.state.kind === 'done'),
    /** Why the slot in focus explains another class than the others. */
    difference: computed(() => (slot.value ? differenceText(slot.value) : '')),
    isSigned: computed(() => slot.value?.frame?.signed ?? false),
    /** Whether the maps that are compared have different scales: 0 to 1, and -1 to 1. */
    hasTwoScales: computed(() => new Set(slots.value.flatMap(({ frame }) => (frame ? [frame.signed] : []))).size > 1),
    hasFrame: computed(() => slots.value.some(({ frame }) => frame)),

    measured,
    isMeasuring,
    walk,
    strip,
    hasStrip: computed(() => strip.value.length > 1),
    active,
  };
}
