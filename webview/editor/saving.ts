/**
 * The state that the page saves while it is hidden. It is saved as a whole, and may contain the names of a thousand
 * images.
 */
import { type Signal, signal } from '@preact/signals';
import type { Saved } from './state';

const PAUSE_MS = 200;

export type Saving = ReturnType<typeof createSaving>;

export function createSaving(initial: Saved, save: (state: Saved) => void) {
  const saved: Signal<Saved> = signal(initial);
  let timer: ReturnType<typeof setTimeout> | undefined;
  function flush(): void {
    clearTimeout(timer);
    timer = undefined;
    save(saved.value);
  }
  flush();
  document.addEventListener('visibilitychange', () => timer !== undefined && flush());
  return {
    saved,
    keep(change: Saved): void {
      saved.value = { ...saved.value, ...change };
      flush();
    },
    /**
     * For values that change with each step of a wheel or a slider: the change is effective at once, and is saved after
     * a pause.
     */
    keepSoon(change: Saved): void {
      saved.value = { ...saved.value, ...change };
      timer ??= setTimeout(flush, PAUSE_MS);
    },
  };
}
