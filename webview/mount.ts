/** Renders the pages' components. */
import { type ComponentChild, options, render } from 'preact';

let waiting: (() => void) | undefined;

/**
 * Rendering waits for the next frame of the screen, so that of many messages and slider moves only the last is
 * rendered.
 */
options.debounceRendering = (flush) => {
  waiting = flush;
  requestAnimationFrame(renderNow);
};

/**
 * Renders pending changes at once, for callers that need the elements: to focus one, or to place it before it is
 * visible.
 */
export function renderNow(): void {
  const flush = waiting;
  waiting = undefined;
  flush?.();
}

/** Call this once per page. */
export function mount(page: ComponentChild, parent: HTMLElement = document.body): void {
  render(page, parent);
}
