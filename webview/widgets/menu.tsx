/** A button that opens a menu, according to the ARIA practices. The toolkit has no such element. */
import { useSignal } from '@preact/signals';
import { useRef } from 'preact/hooks';
import { renderNow } from '../mount';
import { type Button, IconButton } from '../toolkit';

export interface MenuItem {
  readonly label: string;
  readonly testId: string;
  readonly run: () => void;
}

interface MenuProps {
  readonly icon: string;
  readonly name: string;
  readonly testId: string;
  /** The items; an empty menu can't be opened. */
  readonly items: readonly MenuItem[];
}

export function Menu({ icon, name, testId, items }: MenuProps) {
  const isOpen = useSignal(false);
  const root = useRef<HTMLDivElement>(null);
  const button = useRef<Button>(null);
  const elements = () => [...(root.current?.querySelectorAll<HTMLElement>('[role=menuitem]') ?? [])];

  function open(): void {
    isOpen.value = true;
    renderNow();
    elements()[0]?.focus();
  }
  function close(): void {
    isOpen.value = false;
  }
  function leave(): void {
    close();
    button.current?.focus();
  }
  function focusBy(step: number): void {
    const all = elements();
    const at = all.indexOf(document.activeElement as HTMLElement);
    all[(at + step + all.length) % all.length]?.focus();
  }
  const keys: Readonly<Record<string, () => void>> = {
    ArrowDown: () => focusBy(1),
    ArrowUp: () => focusBy(-1),
    Home: () => elements()[0]?.focus(),
    End: () => elements().at(-1)?.focus(),
    Escape: leave,
  };

  return (
    <div
      class="menu-anchor"
      ref={root}
      onFocusOut={({ relatedTarget }) => {
        if (!root.current?.contains(relatedTarget as Node | null)) close();
      }}
    >
      <IconButton
        icon={icon}
        name={name}
        testId={testId}
        popup="menu"
        expanded={isOpen.value}
        disabled={items.length === 0}
        onClick={() => (isOpen.value ? close() : open())}
        elementRef={button}
      />
      <div
        class="menu"
        role="menu"
        aria-label={name}
        hidden={!isOpen.value}
        onKeyDown={(event) => {
          const act = keys[event.key];
          if (!act) return;
          event.preventDefault();
          act();
        }}
      >
        {isOpen.value &&
          items.map((item) => (
            <button
              key={item.testId}
              class="menu-item"
              type="button"
              role="menuitem"
              tabIndex={-1}
              data-testid={item.testId}
              onClick={() => {
                leave();
                item.run();
              }}
            >
              {item.label}
            </button>
          ))}
      </div>
    </div>
  );
}
