/**
 * What the page knows, as signals: what the host has told, what the page keeps while it is hidden, and what follows from
 * them. Messages and the user's actions write, components read; a component is rendered again when what it has read changes.
 */
import { computed, signal } from '@preact/signals';
import { DEFAULT_STYLE } from '../../src/core/style';
import type { EditorState } from '../../src/protocol/webview';
import type { Saved } from './state';

export type Store = ReturnType<typeof createStore>;

export function createStore(kept: Saved) {
  /** As the host has sent it; undefined before that. */
  const told = signal<EditorState | undefined>(undefined);
  const saved = signal<Saved>(kept);
  return {
    told,
    saved,
    style: computed(() => told.value?.style ?? DEFAULT_STYLE),
    isDemo: computed(() => told.value?.demo ?? false),
  };
}
