/** The divider between the image alone (left) and the image with heat (right). */
import { useRef } from 'preact/hooks';
import type { Editor } from '../editor-model';

const STEP = 0.02;
const MIDDLE = 0.5;

/** Where a key moves the divider to. */
const KEYS: Readonly<Record<string, (from: number) => number>> = {
  ArrowLeft: (from) => from - STEP,
  ArrowDown: (from) => from - STEP,
  ArrowRight: (from) => from + STEP,
  ArrowUp: (from) => from + STEP,
  Home: () => 0,
  End: () => 1,
};

export function Divider({ editor: { store, view } }: { readonly editor: Editor }) {
  const root = useRef<HTMLDivElement>(null);
  const position = store.swipe.value ?? MIDDLE;
  return (
    <div
      class="divider"
      ref={root}
      hidden={store.swipe.value === undefined}
      style={{ left: `${100 * position}%` }}
      role="slider"
      tabIndex={0}
      aria-label="Divider between original and heat"
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={Math.round(100 * position)}
      data-testid="divider"
      onPointerDown={(event) => {
        event.stopPropagation();
        root.current!.setPointerCapture(event.pointerId);
      }}
      onPointerMove={(event) => {
        if (!root.current!.hasPointerCapture(event.pointerId)) return;
        event.stopPropagation();
        const box = root.current!.parentElement!.getBoundingClientRect();
        view.swipeTo((event.clientX - box.left) / box.width);
      }}
      onKeyDown={(event) => {
        const next = KEYS[event.key];
        if (!next) return;
        event.preventDefault();
        event.stopPropagation();
        // The page may not have been rendered since the key before.
        view.swipeTo(next(store.swipe.peek() ?? MIDDLE));
      }}
    />
  );
}
