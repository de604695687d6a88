/**
 * Notifications. Names in their text never become links. Failures that no panel can show are reported one at a time.
 */
import * as vscode from 'vscode';
import { type ExplainError, toExplainError } from '../core/errors';
import { withoutLinks } from '../protocol/plain-text';
import type { Action } from '../protocol/webview';
import { actionsFor } from './commands/actions';
import type { Log } from './log';

/** Actions that a panel performs itself. */
const OF_PANEL = ['retry', 'gradient-free'] as const satisfies readonly Action['id'][];
export type PanelAction = (typeof OF_PANEL)[number];
export type PerformableAction = Exclude<Action['id'], PanelAction>;

export function isPerformable(id: Action['id']): id is PerformableAction {
  return OF_PANEL.every((own) => own !== id);
}

/** Says what was done. */
export function notify(text: string): void {
  void vscode.window.showInformationMessage(withoutLinks(text));
}

/** Says what was done, with a button for what may follow; true if the user chooses it. */
export async function offer(text: string, button: string): Promise<boolean> {
  return (await vscode.window.showInformationMessage(withoutLinks(text), button)) === button;
}

/**
 * Shows work in a notification until it ends; the user may cancel it there.
 *
 * @param work gets a function that tells how far it is, in words
 */
export async function progress<T>(
  title: string,
  work: (report: (text: string) => void, signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const options = { location: vscode.ProgressLocation.Notification, title: withoutLinks(title), cancellable: true };
  return vscode.window.withProgress(options, (shown, cancelled) => {
    const abort = new AbortController();
    cancelled.onCancellationRequested(() => abort.abort());
    return work((text) => shown.report({ message: withoutLinks(text) }), abort.signal);
  });
}

/** Asks before an action that can't be undone; false if the user cancels. */
export async function confirm(question: string, detail: string, yes: string): Promise<boolean> {
  const options = { modal: true, detail: withoutLinks(detail) };
  return (await vscode.window.showWarningMessage(withoutLinks(question), options, yes)) === yes;
}

/** Says what is wrong, with a button that helps; true if the user chooses it. */
export async function warn(text: string, button: string): Promise<boolean> {
  return (await vscode.window.showWarningMessage(withoutLinks(text), button)) === button;
}

/** Returns a function that logs a failure and shows it, unless a notification is still open or the user cancelled. */
export function createReporter(log: Log, perform: (action: PerformableAction) => void): (thrown: unknown) => void {
  let open = false;

  async function show(error: ExplainError): Promise<void> {
    const actions = actionsFor(error.code).filter(({ id }) => isPerformable(id));
    open = true;
    try {
      const picked = await vscode.window.showErrorMessage(
        withoutLinks(error.message),
        ...actions.map(({ title }) => title),
      );
      const action = actions.find(({ title }) => title === picked);
      if (action && isPerformable(action.id)) perform(action.id);
    } finally {
      open = false;
    }
  }

  return (thrown) => {
    const error = toExplainError(thrown);
    if (error.code === 'cancelled') return;
    log.error(error);
    if (!open) void show(error);
  };
}
