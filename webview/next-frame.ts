import { effect, type ReadonlySignal, useSignal } from '@preact/signals';
import { useLayoutEffect } from 'preact/hooks';
import { renderNow } from './mount';

/** A value one frame of the screen later, for what need not come with the picture and would make its frame long. */
export function useNextFrame<T>(value: ReadonlySignal<T>): ReadonlySignal<T> {
  const later = useSignal(value.peek());
  useLayoutEffect(
    () =>
      effect(() => {
        const next = value.value;
        if (next === later.peek()) return;
        const show = () => {
          later.value = next;
          renderNow();
        };
        requestAnimationFrame(() => requestAnimationFrame(show));
      }),
    [],
  );
  return later;
}
