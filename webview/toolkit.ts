/**
 * The only file that knows @vscode/webview-ui-toolkit, which is archived upstream: to replace it, give these functions
 * other elements.
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
import { icon } from './dom';

export type { Button, Checkbox, Dropdown, TextField };

provideVSCodeDesignSystem().register(
  vsCodeButton(),
  vsCodeCheckbox(),
  vsCodeDropdown(),
  vsCodeOption(),
  vsCodeTextField(),
);

function element<T extends HTMLElement>(tag: string, attributes: Readonly<Record<string, string>>): T {
  const made = document.createElement(tag) as T;
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  return made;
}

export function textButton(
  text: string,
  testId: string,
  onClick: () => void,
  appearance: 'primary' | 'secondary' = 'secondary',
): Button {
  const made = element<Button>('vscode-button', { appearance, 'data-testid': testId });
  made.append(text);
  made.addEventListener('click', onClick);
  return made;
}

/** A button with a codicon; `name` is its accessible name, `hint` its tooltip. */
export function iconButton(iconName: string, name: string, testId: string, onClick: () => void, hint = name): Button {
  const made = element<Button>('vscode-button', {
    appearance: 'icon',
    'aria-label': name,
    title: hint,
    'data-testid': testId,
  });
  made.append(icon(iconName));
  made.addEventListener('click', onClick);
  return made;
}

export function setPressed(button: Button, pressed: boolean): void {
  button.ariaPressed = String(pressed);
  button.classList.toggle('pressed', pressed);
}

export function dropdown<Value extends string>(
  name: string,
  testId: string,
  values: readonly Value[],
  onChange: (value: Value) => void,
): Dropdown {
  const made = element<Dropdown>('vscode-dropdown', { 'aria-label': name, title: name, 'data-testid': testId });
  for (const value of values) {
    const option = element<HTMLElement>('vscode-option', { value });
    option.append(value);
    made.append(option);
  }
  made.addEventListener('change', () => onChange(made.value as Value));
  return made;
}

export function searchField(name: string, testId: string, onInput: (text: string) => void): TextField {
  const made = element<TextField>('vscode-text-field', {
    placeholder: name,
    'aria-label': name,
    'data-testid': testId,
  });
  made.append(Object.assign(icon('search'), { slot: 'start' }));
  made.addEventListener('input', () => onInput(made.value));
  return made;
}

/** It also tells of states that are set from here, which the caller knows already. */
export function checkbox(text: string, hint: string, testId: string, onChange: (checked: boolean) => void): Checkbox {
  const made = element<Checkbox>('vscode-checkbox', { title: hint, 'data-testid': testId });
  made.append(text);
  made.addEventListener('change', () => onChange(made.checked));
  return made;
}

/** The box alone: it shows a state, while the element around it takes clicks and keys. */
export function checkMark(checked: boolean): Checkbox {
  const made = element<Checkbox>('vscode-checkbox', { inert: '' });
  made.checked = checked;
  return made;
}
