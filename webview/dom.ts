/** Elements by function. The pages build all their DOM, since their HTML is an empty body. */

type Attributes = Readonly<Record<string, string | number | boolean>>;
type Child = Node | string;

/** A new element; `true` sets an empty attribute, `false` none. */
export function h<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  attributes: Attributes = {},
  ...children: Child[]
): HTMLElementTagNameMap[Tag] {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== false) element.setAttribute(name, value === true ? '' : String(value));
  }
  element.append(...children);
  return element;
}

/** A codicon, hidden from screen readers. */
export function icon(name: string): HTMLElement {
  return h('span', { class: `codicon codicon-${name}`, 'aria-hidden': 'true' });
}

/** A text that is spoken when it changes, and not seen. */
export function liveRegion(): { readonly root: HTMLElement; say(text: string): void } {
  const root = h('div', { class: 'visually-hidden', role: 'status', 'aria-live': 'polite' });
  return {
    root,
    say(text) {
      if (root.textContent !== text) root.textContent = text;
    },
  };
}

const script = document.currentScript;

/** The address of a file that lies beside the page's script. */
export function besideScript(file: string): string {
  if (!(script instanceof HTMLScriptElement)) throw new Error('the page has no script of its own');
  return new URL(file, script.src).href;
}
