/** A button that opens something: an icon, with or without a text beside it, which the toolkit's icons can't have. */
import type { Ref } from 'preact';
import { Icon } from '../icon';
import { type Button, IconButton } from '../toolkit';

interface OpenButtonProps {
  readonly icon: string;
  readonly text?: string | undefined;
  readonly name: string;
  readonly testId: string;
  readonly popup: 'menu' | 'dialog';
  readonly isOpen: boolean;
  readonly disabled?: boolean;
  readonly onClick: () => void;
  readonly elementRef: Ref<HTMLElement>;
}

export function OpenButton({
  icon,
  text,
  name,
  testId,
  popup,
  isOpen,
  onClick,
  elementRef,
  ...props
}: OpenButtonProps) {
  const disabled = props.disabled ?? false;
  if (text === undefined) {
    return (
      <IconButton
        icon={icon}
        name={name}
        testId={testId}
        popup={popup}
        expanded={isOpen}
        disabled={disabled}
        onClick={onClick}
        // The toolkit's button is an element of HTML, too.
        elementRef={elementRef as Ref<Button>}
      />
    );
  }
  return (
    <button
      type="button"
      class="open-button"
      aria-label={name}
      aria-haspopup={popup}
      aria-expanded={isOpen}
      title={name}
      disabled={disabled}
      data-testid={testId}
      onClick={onClick}
      ref={elementRef as Ref<HTMLButtonElement>}
    >
      <Icon name={icon} />
      <span class="button-text">{text}</span>
    </button>
  );
}
