/** How the pages' components come onto the screen. */
import { type ComponentChild, options, render } from 'preact';

let waiting: (() => void) | undefined;

/** Rendering waits for the next picture of the screen: of many messages and slider moves only the last counts. */
options.debounceRendering = (flush) => {
  waiting = flush;
  requestAnimationFrame(renderNow);
};

/** Renders what waits, for those who need the elements at once: to focus one, or to place it before it is seen. */
export function renderNow(): void {
  const flush = waiting;
  waiting = undefined;
  flush?.();
}

/** To be called once a page. */
export function mount(page: ComponentChild, parent: HTMLElement = document.body): void {
  render(page, parent);
}
