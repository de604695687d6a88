/**
 * The current state of a panel. Events change it through `reduce`; the listener is called once for all events of a
 * change. Pure.
 */
import type { Wanted } from '../explanation/comparison';
import { tooFar } from './panel-memory';
import { editorState } from './panel-messages';
import { type PanelEvent, type PanelState, reduce } from './panel-state';

export interface PanelStore {
  readonly state: PanelState;
  /** The requested explanations of the active image. */
  readonly wanted: readonly Wanted[];
  /** The slot in focus, among those of the active image. */
  readonly focused: number;
  dispatch(...events: readonly PanelEvent[]): void;
  /** Takes over what the page itself has reported, without calling the listener. */
  take(event: PanelEvent): void;
  /** Disposes the store; afterwards nothing changes. */
  close(): void;
}

/** @param changed called after each change, with the state before it */
export function createPanelStore(initial: PanelState, changed: (before: PanelState) => void): PanelStore {
  let state = initial;
  let isClosed = false;
  return {
    get state() {
      return state;
    },
    get wanted() {
      return state.images[state.active]?.wanted ?? [];
    },
    get focused() {
      return editorState(state).focused;
    },
    dispatch(...events) {
      if (isClosed) return;
      const before = state;
      state = events.reduce(reduce, state);
      if (state === before) return;
      if (events.some(({ type }) => type === 'explained')) {
        state = tooFar(state).reduce((now, image) => reduce(now, { type: 'released', image }), state);
      }
      changed(before);
    },
    take(event) {
      state = reduce(state, event);
    },
    close() {
      isClosed = true;
    },
  };
}
