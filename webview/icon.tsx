/** A codicon, hidden from screen readers. */
export function Icon({ name, slot }: { readonly name: string; readonly slot?: string }) {
  return <span class={`codicon codicon-${name}`} aria-hidden="true" {...(slot && { slot })} />;
}
