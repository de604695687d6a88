/** The user's actions: changes of the store, and messages to the host. */
import { batch } from '@preact/signals';
import { reasonOf } from '../../src/core/errors';
import type { HeatStyle } from '../../src/core/style';
import type { RenderKind } from '../../src/protocol/requests';
import type { Action, AssessmentPart, FromEditor } from '../../src/protocol/webview';
import type { Painter } from '../heat/painter';
import { missing } from './assessment/work';
import type { Walk } from './curves/walk';
import { copyImage } from './heat/copy';
import type { EditorAsking } from './requests';
import type { Saving } from './saving';
import type { View } from './stage/view';
import type { Store } from './store';

const NOTICE_MILLISECONDS = 8000;

export type Actions = ReturnType<typeof createActions>;

export function createActions(
  store: Store,
  view: View,
  { keep, keepSoon }: Saving,
  paint: Painter,
  post: (message: FromEditor) => void,
  ask: EditorAsking['ask'],
) {
  let noticed: ReturnType<typeof setTimeout> | undefined;
  function notice(text: string): void {
    clearTimeout(noticed);
    store.notice.value = text;
    noticed = setTimeout(() => {
      store.notice.value = '';
    }, NOTICE_MILLISECONDS);
  }

  function gather(part: AssessmentPart, slots: readonly number[]): void {
    if (slots.length > 0) post({ type: 'assessment', part, slots });
  }
  function measure(): void {
    keep({ measuring: true });
    gather('measurement', missing('measurement', store.measured.value, store.focusedSlot.value));
  }
  const closeAssessment = () => keep({ measuring: false });
  const walk = (change: Partial<Walk>) => keepSoon({ walk: { ...store.walk.value, ...change } });

  async function copy(): Promise<void> {
    const [source, size] = [store.photograph.source.value, store.size.value];
    if (!source || !size) return;
    const heats = store.saved.value.original ? [] : [...store.heats.value.values()];
    try {
      await copyImage(source, size, heats, view.columns.value, store.style.value, paint);
      notice('Image copied');
    } catch (thrown) {
      post({ type: 'error', message: `The image can't be copied: ${reasonOf(thrown)}` });
    }
  }

  async function exportAs(kind: RenderKind): Promise<void> {
    try {
      const text = await ask('export', { kind });
      if (text !== undefined) notice(text);
    } catch (thrown) {
      post({ type: 'error', message: reasonOf(thrown) });
    }
  }

  return {
    notice,
    restyle(change: Partial<HeatStyle>): void {
      const { value: told } = store.told;
      if (!told) return;
      const style = { ...told.style, ...change };
      post({ type: 'style', style });
      batch(() => {
        store.told.value = { ...told, style };
        keepSoon({ style });
      });
    },
    toggleHeat: () => keep({ original: !store.saved.value.original }),
    toggleSwipe: () => keep({ swipe: store.swipe.value === undefined ? 0.5 : undefined }),

    cancel: () => post({ type: 'cancel' }),
    resume: () => post({ type: 'resume' }),
    select: (index: number) => post({ type: 'select', index }),
    act: (id: Action['id']) => post({ type: 'action', id }),
    stopComparing: () => post({ type: 'alone' }),
    exportAs,
    copy,

    gather,
    cancelAssessment: (part: AssessmentPart) => post({ type: 'cancel-assessment', part }),
    measure,
    closeAssessment,
    toggleMeasuring: () => (store.isMeasuring.value ? closeAssessment() : measure()),
    walk,
    /** Closes what lies over the page, one thing at a time. */
    escape(): void {
      if (store.isStyleOpen.value) store.isStyleOpen.value = false;
      else if (store.isEnlarged.value) view.enlarge(false);
      else if (store.isMeasuring.value && store.walk.value.shown) walk({ shown: false });
      else view.clearProbe();
    },

    pictureFailed(source: string): void {
      const failed = store.photograph.failed(source);
      if (failed === 'file') post({ type: 'unshowable' });
      if (failed === 'copy') post({ type: 'error', message: `${store.name.value}: its picture can't be displayed.` });
    },
  };
}
