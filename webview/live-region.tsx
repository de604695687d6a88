import type { ReadonlySignal } from '@preact/signals';

/** An invisible text that screen readers speak when it changes. */
export function LiveRegion({ text }: { readonly text: ReadonlySignal<string> }) {
  return (
    <div class="visually-hidden" role="status" aria-live="polite">
      {text}
    </div>
  );
}
