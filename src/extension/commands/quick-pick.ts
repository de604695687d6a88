/**
 * Pickers whose items have names of files or models: `$(...)` in such a name is not drawn as an icon. Group-CAM's own
 * icons are given by `iconPath`.
 */
import * as vscode from 'vscode';
import { withoutIcons } from '../../protocol/plain-text';

type Items<T> = readonly T[] | Promise<readonly T[]>;
type Options = Omit<vscode.QuickPickOptions, 'canPickMany'>;

/** An item as it is shown, with the original item. */
export type Shown<T> = vscode.QuickPickItem & { readonly item: T };

export async function pickOne<T extends vscode.QuickPickItem>(items: Items<T>, options: Options) {
  return (await vscode.window.showQuickPick(allShown(items), plainOptions(options)))?.item;
}

/** Asks for a text; undefined if the user cancels, or leaves it as it is. */
export async function typeText(
  title: string,
  { prompt, value, ifEmpty }: { readonly prompt: string; readonly value: string; readonly ifEmpty: string },
): Promise<string | undefined> {
  const typed = await vscode.window.showInputBox({
    title: withoutIcons(title),
    prompt,
    value,
    validateInput: (text) => (text.trim() === '' ? ifEmpty : undefined),
  });
  return typed === undefined || typed.trim() === value ? undefined : typed.trim();
}

/**
 * Asks for a text that is not shown while it is typed; undefined if the user cancels.
 *
 * @param flaw why the text can't be used; undefined if it can
 */
export async function typeSecret(
  title: string,
  { prompt, placeHolder }: { readonly prompt: string; readonly placeHolder: string },
  flaw: (text: string) => string | undefined,
): Promise<string | undefined> {
  const typed = await vscode.window.showInputBox({
    title: withoutIcons(title),
    prompt,
    placeHolder,
    password: true,
    ignoreFocusOut: true,
    validateInput: (text) => flaw(text.trim()),
  });
  return typed?.trim();
}

export function shownItem<T extends vscode.QuickPickItem>(item: T): Shown<T> {
  const { label, description, detail, picked, iconPath, alwaysShow } = item;
  return {
    item,
    label: withoutIcons(label),
    ...(description !== undefined && { description: withoutIcons(description) }),
    ...(detail !== undefined && { detail: withoutIcons(detail) }),
    ...(picked !== undefined && { picked }),
    ...(iconPath !== undefined && { iconPath }),
    ...(alwaysShow !== undefined && { alwaysShow }),
  };
}

function allShown<T extends vscode.QuickPickItem>(items: Items<T>): Shown<T>[] | Promise<Shown<T>[]> {
  return items instanceof Promise ? items.then((all) => all.map(shownItem)) : items.map(shownItem);
}

function plainOptions({ title, ...options }: Options): Options {
  return { ...options, ...(title !== undefined && { title: withoutIcons(title) }) };
}
