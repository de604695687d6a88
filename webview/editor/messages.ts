/** Applies the host's messages to the store. */
import { batch, computed, effect, signal } from '@preact/signals';
import { COLORMAPS } from '../../src/core/style';
import type { FromEditor, PageCommand, ToEditor } from '../../src/protocol/webview';
import type { Handlers } from '../messages';
import type { Editor } from './editor-model';
import { slotOf } from './heat/heats';
import type { EditorAsking } from './requests';
import type { Saving } from './saving';
import { type Change, changed } from './state';

const OPACITY_STEP = 0.1;

/** The one after it; after the last comes the first. */
const after = <T>(all: readonly T[], one: T): T => all[(all.indexOf(one) + 1) % all.length]!;

export function createHandlers(
  { store, view, actions, thumbnails, paintings }: Editor,
  { keep }: Saving,
  post: (message: FromEditor) => void,
  settle: EditorAsking['settle'],
): Handlers<ToEditor> {
  function apply(message: Change): void {
    batch(() => {
      store.told.value = changed(store.told.value, message);
      const { value: told } = store.told;
      if (!told) return;
      if (told.questions !== store.saved.value.questions) keep({ questions: told.questions });
      if (told.restore !== undefined && told.restore !== store.saved.value.restore) keep({ restore: told.restore });
      if (!store.isComparing.value && store.saved.value.enlarged !== undefined) keep({ enlarged: undefined });
      if (!store.panes.value.includes(store.focusedPane.value)) view.focus('0');
    });
  }

  const commands: Readonly<Record<PageCommand, () => void>> = {
    'toggle-heat': actions.toggleHeat,
    swipe: actions.toggleSwipe,
    contour: () => actions.restyle({ contour: !store.style.value.contour }),
    'next-colormap': () => actions.restyle({ colormap: after(COLORMAPS, store.style.value.colormap) }),
    'more-opaque': () => actions.restyle({ opacity: Math.min(1, store.style.value.opacity + OPACITY_STEP) }),
    'less-opaque': () => actions.restyle({ opacity: Math.max(0, store.style.value.opacity - OPACITY_STEP) }),
    'zoom-in': view.zoomIn,
    'zoom-out': view.zoomOut,
    'zoom-fit': view.fit,
    'zoom-actual': () => view.actual(),
    copy: actions.copy,
    measure: actions.measure,
  };
  /** Commands that wait for their object. */
  const orders = signal<readonly PageCommand[]>([]);
  const due = computed(() => (store.isReady.value ? orders.value : []));
  effect(() => {
    if (due.value.length === 0) return;
    const { value: all } = due;
    orders.value = [];
    requestAnimationFrame(() => {
      for (const command of all) commands[command]();
    });
  });

  /** True from the reload of a page with measurements until they are asked for again, once the maps are there. */
  const isRemeasured = signal(false);
  effect(() => {
    if (!isRemeasured.value || store.overall.value !== 'done') return;
    isRemeasured.value = false;
    actions.measure();
  });

  /** True if a slot has arrived that is not on the page yet. The host sends the next frame after it is. */
  let isOwed = false;
  async function tellDrawn(): Promise<void> {
    isOwed = false;
    await paintings.settled();
    post({ type: 'drawn' });
  }

  return {
    state(message) {
      const { enlarged } = store.saved.value;
      const { focused } = message.state;
      store.focusedPane.value = enlarged !== undefined && slotOf(enlarged) === focused ? enlarged : String(focused);
      apply(message);
      // After a reload of the window the host has the maps, but not their measurements.
      if (message.isFirst && store.isMeasuring.value) isRemeasured.value = true;
    },
    image: apply,
    changed: apply,
    tiles: apply,
    assessment: apply,
    slot(message) {
      apply(message);
      if (isOwed) return;
      isOwed = true;
      requestAnimationFrame(tellDrawn);
    },
    'thumbnails-changed': ({ indices }) => thumbnails.forget(indices),
    reply: settle,
    failure: settle,
    notice: ({ text }) => actions.notice(text),
    command({ command }) {
      orders.value = [...orders.value, command];
    },
  };
}
