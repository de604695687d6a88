/** What screen readers say about the slots. */
import { computed, effect } from '@preact/signals';
import { overallText } from './facts';
import { overall } from './state';
import type { Store } from './store';

/**
 * Announces the results of the slots. While they work, only the fact is announced, since progress changes too often.
 */
export function announce({ slots, spoken }: Store): void {
  const text = computed(() => {
    const titles = slots.value.map(({ title }) => title).join(', ');
    return overall(slots.value) === 'working' ? `Explaining ${titles}` : overallText(slots.value);
  });
  effect(() => {
    spoken.value = text.value;
  });
}
