/**
 * The state of the Classes view as signals, and the actions of the user: the host's state, the search text, and what is
 * derived from them.
 */
import { computed, signal } from '@preact/signals';
import type { ClassesState, FromClasses } from '../../src/protocol/classes-view';
import { ranked, search, ticked } from './list';

/** Number of rows at first, and of further rows with each "Show more". */
const PORTION = 100;

export type Store = ReturnType<typeof createStore>;

/** @param savedQuery the search text when the view was last shown */
export function createStore(savedQuery: string, post: (message: FromClasses) => void) {
  const told = signal<ClassesState | undefined>(undefined);
  const query = signal(savedQuery);
  const limit = signal(PORTION);
  /** The class that the user moved to last. */
  const visited = signal<number | undefined>(undefined);

  const labels = computed(() => told.value?.labels ?? []);
  const order = computed(() => ranked(labels.value, told.value?.probabilities));
  const found = computed(() => search(labels.value, order.value, query.value));
  /** The classes that are shown are listed however improbable they are. */
  const listed = computed(() => {
    const shown = told.value?.shown ?? [];
    return found.value.filter((index, position) => position < limit.value || shown.includes(index));
  });
  /** What the last tick did beside what was asked for, in words. */
  const aside = signal('');
  /** The class that keys act on. */
  const active = computed(() => {
    const { value } = visited;
    return value !== undefined && listed.value.includes(value) ? value : listed.value[0];
  });
  const hasImage = computed(() => told.value?.image !== undefined);
  /** The demo model is there before its image is opened: the view says how. */
  const isDemoIdle = computed(() => told.value?.demo === true && !hasImage.value);
  /** A message that replaces the list if something is missing. */
  const message = computed(() => told.value?.message);
  const hint = computed(() =>
    told.value ? `${hintOf(told.value, query.value, found.value.length)}${aside.value && ` ${aside.value}`}` : '',
  );

  return {
    told,
    query,
    visited,
    found,
    listed,
    active,
    hasImage,
    isDemoIdle,
    message,
    hint,
    tell(state: ClassesState): void {
      if (state.labels.length !== told.value?.labels.length) limit.value = PORTION;
      told.value = state;
    },
    /** A new search starts at its best match. */
    search(text: string): void {
      query.value = text;
      aside.value = '';
      limit.value = PORTION;
      visited.value = undefined;
    },
    showMore(): void {
      limit.value += PORTION;
    },
    explain(index: number): void {
      visited.value = index;
      aside.value = '';
      if (hasImage.value) post({ type: 'explain', class: index });
    },
    tick(index: number): void {
      visited.value = index;
      const state = told.value;
      const message = state && hasImage.value ? ticked(state.shown, index) : undefined;
      if (!message || !state) return;
      const next = message.type === 'compare' ? message.classes : [message.class];
      const left = state.shown.find((other) => other !== index && !next.includes(other));
      aside.value = left === undefined ? '' : `${state.labels[left]} is no longer ticked: two are compared here.`;
      // The change is shown at once; the host's next state confirms it.
      told.value = { ...state, shown: next };
      post(message);
    },
  };
}

function hintOf({ labels, image, shown }: ClassesState, query: string, found: number): string {
  if (query.trim()) return found === 0 ? `No class matches “${query.trim()}”.` : `${found} of ${labels.length} classes`;
  if (image === undefined) return 'Explain an image to choose among its classes.';
  const [first, second] = shown.map((index) => labels[index]);
  if (second !== undefined) return `Comparing ${first} and ${second}.`;
  return 'Tick two classes to compare them.';
}
