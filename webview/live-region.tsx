import type { ReadonlySignal } from '@preact/signals';

/** A text that is spoken when it changes, and not seen. */
export function LiveRegion({ text }: { readonly text: ReadonlySignal<string> }) {
  return (
    <div class="visually-hidden" role="status" aria-live="polite">
      {text}
    </div>
  );
}
