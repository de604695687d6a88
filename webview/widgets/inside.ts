/** Pixels between a menu and the edge of the window. */
const EDGE = 4;

/**
 * Moves an open menu so far to the right that the window cuts nothing of it off. It hangs from the right edge of its button,
 * which in a narrow window may be the first of a row.
 */
export function keepInside(menu: HTMLElement | null | undefined): void {
  if (!menu) return;
  menu.style.right = '';
  const { left } = menu.getBoundingClientRect();
  if (left < 0) menu.style.right = `${left - EDGE}px`;
}
