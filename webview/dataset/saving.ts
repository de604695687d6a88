/** What the page keeps over a reload of the window. */
import { type Signal, signal } from '@preact/signals';
import type { PageState } from '../../src/protocol/dataset-page';

const PAUSE_MS = 200;

export interface Saving {
  readonly saved: Signal<PageState>;
  keep(change: PageState): void;
}

export function createSaving(initial: PageState, save: (state: PageState) => void): Saving {
  const saved = signal(initial);
  let timer: ReturnType<typeof setTimeout> | undefined;
  function flush(): void {
    clearTimeout(timer);
    timer = undefined;
    save(saved.value);
  }
  document.addEventListener('visibilitychange', () => timer !== undefined && flush());
  return {
    saved,
    /** The change is effective at once, and saved after a pause, since a slider may change it with each frame. */
    keep(change) {
      saved.value = { ...saved.value, ...change };
      timer ??= setTimeout(flush, PAUSE_MS);
    },
  };
}
