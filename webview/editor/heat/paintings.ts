/** What is being painted for the page, somewhere else than on its main thread. */
import { effect, signal } from '@preact/signals';
import type { Painter } from './painter';

export type Paintings = ReturnType<typeof createPaintings>;

/** @param failed a picture can't be painted */
export function createPaintings(paint: Painter, failed: (thrown: unknown) => void) {
  const pending = new Set<Promise<void>>();
  const isBusy = signal(false);
  // Tells tests when all that was asked for is there.
  effect(() => {
    if (isBusy.value) document.body.dataset['painting'] = '';
    else delete document.body.dataset['painting'];
  });
  return {
    paint,
    /** @param painting settles once the picture is on the page */
    add(painting: Promise<void>): void {
      const watched = painting.catch(failed).then(() => {
        pending.delete(watched);
        isBusy.value = pending.size > 0;
      });
      pending.add(watched);
      isBusy.value = true;
    },
    /** Settles once everything that was added so far is on the page. */
    async settled(): Promise<void> {
      await Promise.all(pending);
    },
  };
}
