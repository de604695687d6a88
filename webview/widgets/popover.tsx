/** A button that opens a panel below it, which Escape or a click elsewhere closes. */
import { useSignal } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import { useRef } from 'preact/hooks';
import { renderNow } from '../mount';
import { keepInside } from './inside';
import { OpenButton } from './open-button';

interface PopoverProps {
  readonly icon: string;
  readonly text?: string;
  readonly name: string;
  readonly testId: string;
  readonly hidden?: boolean;
  /** Above the button, where it is at the lower edge of the page. */
  readonly above?: boolean;
  readonly opened?: () => void;
  /** What the panel holds, and may close. */
  readonly children: (close: () => void) => ComponentChildren;
}

export function Popover({ icon, text, name, testId, hidden, above, opened, children }: PopoverProps) {
  const isOpen = useSignal(false);
  const root = useRef<HTMLDivElement>(null);
  const button = useRef<HTMLElement>(null);

  function open(): void {
    isOpen.value = true;
    opened?.();
    renderNow();
    keepInside(root.current?.querySelector<HTMLElement>('.popover'));
    root.current?.querySelector<HTMLElement>('.popover :is(input, button, [tabindex])')?.focus();
  }
  function leave(): void {
    isOpen.value = false;
    button.current?.focus();
  }
  return (
    <div
      class="menu-anchor"
      ref={root}
      hidden={hidden ?? false}
      onFocusOut={({ relatedTarget }) => {
        // Without a target the window has lost the focus, or an element of the panel is gone.
        if (relatedTarget && !root.current?.contains(relatedTarget as Node)) isOpen.value = false;
      }}
    >
      <OpenButton
        icon={icon}
        text={text}
        name={name}
        testId={testId}
        popup="dialog"
        isOpen={isOpen.value}
        onClick={() => (isOpen.value ? leave() : open())}
        elementRef={button}
      />
      {isOpen.value && (
        <div
          class={above ? 'menu popover above' : 'menu popover'}
          role="dialog"
          aria-label={name}
          tabIndex={-1}
          onKeyDown={(event) => {
            if (event.key !== 'Escape') return;
            event.preventDefault();
            event.stopPropagation();
            leave();
          }}
        >
          {children(leave)}
        </div>
      )}
    </div>
  );
}
