/** A button that opens a menu, as the ARIA practices describe it. The toolkit has none. */
import { h } from '../../dom';
import { iconButton } from '../../toolkit';

export interface MenuItem {
  readonly label: string;
  readonly testId: string;
  readonly run: () => void;
}

/** @param content asked for whenever the menu opens */
export function createMenu(iconName: string, name: string, testId: string, content: () => readonly MenuItem[]) {
  const list = h('div', { class: 'menu', role: 'menu', 'aria-label': name, hidden: true });
  const button = iconButton(iconName, name, testId, () => (list.hidden ? open() : close()));
  button.ariaHaspopup = 'menu';
  button.ariaExpanded = 'false';
  const root = h('div', { class: 'menu-anchor' }, button, list);
  const items = () => [...list.querySelectorAll<HTMLElement>('[role=menuitem]')];

  function open(): void {
    list.replaceChildren(...content().map(row));
    list.hidden = false;
    button.ariaExpanded = 'true';
    items()[0]?.focus();
  }
  function close(): void {
    list.hidden = true;
    button.ariaExpanded = 'false';
  }
  function focusBy(step: number): void {
    const all = items();
    const at = all.indexOf(document.activeElement as HTMLElement);
    all[(at + step + all.length) % all.length]?.focus();
  }

  const keys: Readonly<Record<string, () => void>> = {
    ArrowDown: () => focusBy(1),
    ArrowUp: () => focusBy(-1),
    Home: () => items()[0]?.focus(),
    End: () => items().at(-1)?.focus(),
    Escape: () => {
      close();
      button.focus();
    },
  };
  list.addEventListener('keydown', (event) => {
    const act = keys[event.key];
    if (!act) return;
    event.preventDefault();
    act();
  });
  root.addEventListener('focusout', (event) => {
    if (!root.contains(event.relatedTarget as Node | null)) close();
  });

  return {
    root,
    enable(on: boolean): void {
      button.disabled = !on;
    },
  };

  function row(item: MenuItem): HTMLElement {
    const made = h(
      'button',
      { class: 'menu-item', role: 'menuitem', tabindex: -1, 'data-testid': item.testId },
      item.label,
    );
    made.addEventListener('click', () => {
      close();
      button.focus();
      item.run();
    });
    return made;
  }
}
