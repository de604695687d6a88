/** Many controls of one kind as one stop of the Tab key, within which arrows move. */
import type { RefObject } from 'preact';
import { useLayoutEffect, useRef } from 'preact/hooks';

/** How many controls further a key leads; they stand in rows of some columns. */
const STEPS: Readonly<Record<string, (columns: number) => number>> = {
  ArrowRight: () => 1,
  ArrowLeft: () => -1,
  ArrowDown: (columns) => columns,
  ArrowUp: (columns) => -columns,
  Home: () => Number.NEGATIVE_INFINITY,
  End: () => Number.POSITIVE_INFINITY,
};

/**
 * The WAI-ARIA practice of a roving tabindex.
 *
 * @param container around the controls
 * @param selector finds them
 * @returns what the container listens to
 */
export function useRoving(container: RefObject<HTMLElement | null>, selector: string) {
  const current = useRef<HTMLElement | undefined>(undefined);
  const items = () => [...(container.current?.querySelectorAll<HTMLElement>(selector) ?? [])];
  const stopAt = (stop: HTMLElement | undefined): void => {
    for (const item of items()) item.tabIndex = item === stop ? 0 : -1;
    current.current = stop;
  };
  // After every drawing, since what is drawn may be others, or in another order.
  useLayoutEffect(() => {
    const all = items();
    stopAt(all.find((item) => item === current.current) ?? all[0]);
  });
  return {
    'data-roving': selector,
    onFocusIn({ target }: FocusEvent): void {
      const item = target instanceof Element ? target.closest<HTMLElement>(selector) : null;
      if (item && item !== current.current) stopAt(item);
    },
    onKeyDown(event: KeyboardEvent): void {
      const step = STEPS[event.key];
      const all = items();
      const at = all.findIndex((item) => item.matches(':focus'));
      if (!step || at < 0 || event.ctrlKey || event.metaKey || event.altKey) return;
      const { top } = all[0]!.getBoundingClientRect();
      const next = all.findIndex((item) => item.getBoundingClientRect().top !== top);
      const to = at + step(next < 0 ? all.length : next);
      event.preventDefault();
      all[Math.min(Math.max(to, 0), all.length - 1)]!.focus();
    },
  };
}
