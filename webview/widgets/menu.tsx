/** A button that opens a menu, according to the ARIA practices. The toolkit has no such element. */
import { useSignal } from '@preact/signals';
import { useRef } from 'preact/hooks';
import { renderNow } from '../mount';
import { keepInside } from './inside';
import { OpenButton } from './open-button';

export interface MenuItem {
  readonly label: string;
  readonly testId: string;
  readonly run: () => void;
  /** For one of several choices: whether it is the one that holds. */
  readonly checked?: boolean;
}

interface MenuProps {
  readonly icon: string;
  /** Text of the button beside its icon. */
  readonly text?: string;
  readonly name: string;
  readonly testId: string;
  /** The items; an empty menu can't be opened. */
  readonly items: readonly MenuItem[];
}

export function Menu({ icon, text, name, testId, items }: MenuProps) {
  const isOpen = useSignal(false);
  const root = useRef<HTMLDivElement>(null);
  const button = useRef<HTMLElement>(null);
  const elements = () => [...(root.current?.querySelectorAll<HTMLElement>('[role^=menuitem]') ?? [])];

  function open(): void {
    isOpen.value = true;
    renderNow();
    keepInside(root.current?.querySelector<HTMLElement>('[role=menu]'));
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
      <OpenButton
        icon={icon}
        text={text}
        name={name}
        testId={testId}
        popup="menu"
        isOpen={isOpen.value}
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
              role={item.checked === undefined ? 'menuitem' : 'menuitemradio'}
              {...(item.checked !== undefined && { 'aria-checked': item.checked })}
              tabIndex={-1}
              data-testid={item.testId}
              onClick={() => {
                leave();
                item.run();
              }}
            >
              {item.checked !== undefined && <span class={`codicon${item.checked ? ' codicon-check' : ''}`} />}
              {item.label}
            </button>
          ))}
      </div>
    </div>
  );
}
