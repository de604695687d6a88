/** How the pages' components come onto the screen. */
import { type ComponentChild, options, render } from 'preact';

/** Renders with the next picture of the screen: of many messages and slider moves only the last counts. */
options.debounceRendering = (flush) => {
  requestAnimationFrame(flush);
};

/** To be called once a page. */
export function mount(page: ComponentChild, parent: HTMLElement = document.body): void {
  render(page, parent);
}
