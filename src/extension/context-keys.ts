/** The context keys of the manifest's when clauses. */
import * as vscode from 'vscode';

const known = new Map<string, unknown>();

/** Each call sends a message to the window, so only changes are sent. A list counts as changed with its text. */
export function setContext(key: string, value: boolean | readonly string[]): void {
  const text = String(value);
  if (known.get(key) === text) return;
  known.set(key, text);
  void vscode.commands.executeCommand('setContext', key, value);
}
