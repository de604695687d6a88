/** The divider between the image alone (left) and the image with heat (right). */
import { useRef } from 'preact/hooks';
import type { Editor } from '../editor-model';

const STEP = 0.02;

export function Divider({ editor: { store, view } }: { readonly editor: Editor }) {
  const root = useRef<HTMLDivElement>(null);
  const position = store.swipe.value ?? 0.5;
  const keys: Readonly<Record<string, number>> = {
    ArrowLeft: position - STEP,
    ArrowDown: position - STEP,
    ArrowRight: position + STEP,
    ArrowUp: position + STEP,
    Home: 0,
    End: 1,
  };
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
        const next = keys[event.key];
        if (next === undefined) return;
        event.preventDefault();
        event.stopPropagation();
        view.swipeTo(next);
      }}
    />
  );
}
