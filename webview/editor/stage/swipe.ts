/** The divider between the image alone (left) and the image with heat (right). */
import { h } from '../../dom';

const STEP = 0.02;

/** @param moved told the new position, as a fraction of the view's width, 0 to 1 */
export function createDivider(moved: (position: number) => void) {
  const root = h('div', {
    class: 'divider',
    role: 'slider',
    tabindex: 0,
    'aria-label': 'Divider between original and heat',
    'aria-valuemin': 0,
    'aria-valuemax': 100,
    'data-testid': 'divider',
    hidden: true,
  });
  let current = 0.5;
  const move = (position: number) => moved(Math.min(Math.max(position, 0), 1));
  root.addEventListener('pointerdown', (event) => {
    event.stopPropagation();
    root.setPointerCapture(event.pointerId);
  });
  root.addEventListener('pointermove', (event) => {
    if (!root.hasPointerCapture(event.pointerId)) return;
    event.stopPropagation();
    const box = root.parentElement!.getBoundingClientRect();
    move((event.clientX - box.left) / box.width);
  });
  const keys: Readonly<Record<string, () => number>> = {
    ArrowLeft: () => current - STEP,
    ArrowDown: () => current - STEP,
    ArrowRight: () => current + STEP,
    ArrowUp: () => current + STEP,
    Home: () => 0,
    End: () => 1,
  };
  root.addEventListener('keydown', (event) => {
    const next = keys[event.key];
    if (!next) return;
    event.preventDefault();
    event.stopPropagation();
    move(next());
  });
  return {
    root,
    show(position: number | undefined): void {
      root.hidden = position === undefined;
      current = position ?? current;
      root.style.left = `${100 * current}%`;
      root.setAttribute('aria-valuenow', String(Math.round(100 * current)));
    },
  };
}
