/**
 * The only file that uses @vscode/webview-ui-toolkit, which is archived upstream. To replace it, use other elements in
 * these functions.
 */
import {
  type Button,
  type Checkbox,
  type Dropdown,
  provideVSCodeDesignSystem,
  type TextField,
  vsCodeButton,
  vsCodeCheckbox,
  vsCodeDropdown,
  vsCodeOption,
  vsCodeTextField,
} from '@vscode/webview-ui-toolkit';
import type { ComponentChildren, HTMLAttributes, Ref } from 'preact';
import { Icon } from './icon';

export type { Button, Checkbox, Dropdown, TextField };

provideVSCodeDesignSystem().register(
  vsCodeButton(),
  vsCodeCheckbox(),
  vsCodeDropdown(),
  vsCodeOption(),
  vsCodeTextField(),
);

/** Attributes of the toolkit's elements, besides those of all elements. */
type Custom<T extends HTMLElement, Own extends keyof T = never> = HTMLAttributes<T> &
  Partial<Pick<T, Own>> & { readonly ref?: Ref<T> };

declare module 'preact' {
  namespace JSX {
    interface IntrinsicElements {
      'vscode-button': Custom<Button, 'appearance' | 'disabled'>;
      'vscode-checkbox': Custom<Checkbox, 'checked'>;
      'vscode-dropdown': Custom<Dropdown, 'value'>;
      'vscode-option': Custom<HTMLElement> & { readonly value: string };
      'vscode-text-field': Custom<TextField, 'value' | 'placeholder'>;
    }
  }
}

interface ButtonProps {
  readonly testId: string;
  readonly onClick: () => void;
  readonly hidden?: boolean;
  readonly elementRef?: Ref<Button>;
}

interface TextButtonProps extends ButtonProps {
  readonly children: ComponentChildren;
  /** The accessible name, if the text alone is not clear. */
  readonly name?: string;
  readonly primary?: boolean;
}

export function TextButton({ children, name, testId, onClick, hidden, primary, elementRef }: TextButtonProps) {
  return (
    <vscode-button
      appearance={primary ? 'primary' : 'secondary'}
      data-testid={testId}
      hidden={hidden ?? false}
      onClick={onClick}
      {...(name !== undefined && { 'aria-label': name })}
      {...(elementRef && { ref: elementRef })}
    >
      {children}
    </vscode-button>
  );
}

interface IconButtonProps extends ButtonProps {
  readonly icon: string;
  /** The accessible name. */
  readonly name: string;
  /** The tooltip, if it says more than the name. */
  readonly hint?: string;
  readonly disabled?: boolean;
  /** For a button that switches something on and off. */
  readonly pressed?: boolean;
  /** For a button that opens something. */
  readonly expanded?: boolean;
  readonly popup?: 'menu' | 'dialog';
  readonly class?: string;
}

/** A button with a codicon. */
export function IconButton(props: IconButtonProps) {
  const { icon: iconName, name, hint = name, testId, onClick, pressed, expanded, popup, elementRef } = props;
  return (
    <vscode-button
      aria-label={name}
      appearance="icon"
      title={hint}
      data-testid={testId}
      disabled={props.disabled ?? false}
      aria-disabled={props.disabled ?? false}
      hidden={props.hidden ?? false}
      onClick={onClick}
      {...(props.class !== undefined && { class: props.class })}
      {...(pressed !== undefined && { 'aria-pressed': pressed })}
      {...(expanded !== undefined && { 'aria-expanded': expanded })}
      {...(popup !== undefined && { 'aria-haspopup': popup })}
      {...(elementRef && { ref: elementRef })}
    >
      <Icon name={iconName} />
    </vscode-button>
  );
}

interface ChoiceProps<Value extends string> {
  readonly name: string;
  readonly testId: string;
  readonly values: readonly Value[];
  readonly value: Value;
  readonly onChange: (value: Value) => void;
}

export function Choice<Value extends string>({ name, testId, values, value, onChange }: ChoiceProps<Value>) {
  return (
    <vscode-dropdown
      aria-label={name}
      title={name}
      data-testid={testId}
      value={value}
      // The element also fires for values that are set by this code.
      onChange={({ currentTarget }) => currentTarget.value !== value && onChange(currentTarget.value as Value)}
    >
      {values.map((each) => (
        <vscode-option key={each} value={each}>
          {each}
        </vscode-option>
      ))}
    </vscode-dropdown>
  );
}

interface CheckProps {
  readonly children: ComponentChildren;
  readonly hint: string;
  readonly testId: string;
  readonly checked: boolean;
  readonly onChange: (checked: boolean) => void;
}

export function Check({ children, hint, testId, checked, onChange }: CheckProps) {
  return (
    <vscode-checkbox
      title={hint}
      data-testid={testId}
      checked={checked}
      // The element also fires for states that are set by this code.
      onChange={({ currentTarget }) => currentTarget.checked !== checked && onChange(currentTarget.checked)}
    >
      {children}
    </vscode-checkbox>
  );
}

/** A checkbox that only shows a state; the element around it handles clicks and keys. */
export function CheckMark({ checked }: { readonly checked: boolean }) {
  return <vscode-checkbox inert checked={checked} />;
}

interface SearchFieldProps {
  readonly name: string;
  readonly testId: string;
  readonly value: string;
  readonly hidden?: boolean;
  readonly onInput: (text: string) => void;
  readonly onKeyDown: (event: KeyboardEvent) => void;
  readonly elementRef?: Ref<TextField>;
}

export function SearchField({ name, testId, value, hidden, onInput, onKeyDown, elementRef }: SearchFieldProps) {
  return (
    <vscode-text-field
      aria-label={name}
      placeholder={name}
      data-testid={testId}
      value={value}
      hidden={hidden ?? false}
      onInput={({ currentTarget }) => onInput(currentTarget.value)}
      onKeyDown={onKeyDown}
      {...(elementRef && { ref: elementRef })}
    >
      <Icon name="search" slot="start" />
    </vscode-text-field>
  );
}
