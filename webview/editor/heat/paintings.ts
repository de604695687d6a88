/** Keeps track of pictures that are being painted outside the page's main thread. */
import { effect, signal } from '@preact/signals';
import type { Painter } from '../../heat/painter';

export type Paintings = ReturnType<typeof createPaintings>;

/** @param failed called if a picture can't be painted */
export function createPaintings(paint: Painter, failed: (thrown: unknown) => void) {
  const pending = new Set<Promise<void>>();
  const isBusy = signal(false);
  // Shows tests when everything requested is on the page.
  effect(() => {
    if (isBusy.value) document.body.dataset['painting'] = '';
    else delete document.body.dataset['painting'];
  });
  return {
    paint,
    /** @param painting settles when the picture is on the page */
    add(painting: Promise<void>): void {
      const watched = painting.catch(failed).then(() => {
        pending.delete(watched);
        isBusy.value = pending.size > 0;
      });
      pending.add(watched);
      isBusy.value = true;
    },
    /** Settles when everything that was added so far is on the page. */
    async settled(): Promise<void> {
      await Promise.all(pending);
    },
  };
}
