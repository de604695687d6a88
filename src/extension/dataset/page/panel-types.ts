/** The page of a run file, as commands see it. */
import type * as vscode from 'vscode';
import type { Ranges, Selection, VersionId } from '../../../protocol/dataset';
import type { FromDatasetPage, PageCommand, ToDatasetPage } from '../../../protocol/dataset-page';
import type { Session } from '../run/session';

/** What the page shows, as it has told last. */
export type At = Omit<Extract<FromDatasetPage, { type: 'at' }>, 'type'>;

export interface DatasetPanel {
  readonly webviewPanel: vscode.WebviewPanel;
  readonly session: Session;
  /** Undefined until the page has told. */
  readonly at: At | undefined;
  /** Fires when the page shows something else, or becomes active or inactive, and when work or the file changes. */
  readonly onDidChange: vscode.Event<void>;
  /** Sends a message to the page, if there is one. */
  send(message: ToDatasetPage): void;
  /** Brings the page to the front and sends a message, as soon as the page has loaded. */
  show(message: ToDatasetPage): void;
  command(command: PageCommand): void;
  /** Takes up what the file says that maps class names. */
  applyMapping(): void;
}

/** The rows that a command is about: those that are selected, or all of the list. */
export function selectionOf(at: At | undefined): { readonly version: VersionId; readonly of: Selection } | undefined {
  if (at?.version === undefined || at.list === undefined) return undefined;
  return { version: at.version, of: { list: at.list, ...(at.selected > 0 && { ranges: at.ranges }) } };
}

interface ToldSelection {
  readonly list: number;
  readonly ranges?: Ranges | undefined;
}

/** Rows as a page has told them, for the runner. */
export function rowsOf(of: ToldSelection): Selection;
export function rowsOf(of: ToldSelection | 'all' | 'wrong'): Selection | 'all' | 'wrong';
export function rowsOf(of: ToldSelection | 'all' | 'wrong'): Selection | 'all' | 'wrong' {
  if (typeof of === 'string') return of;
  return { list: of.list, ...(of.ranges && { ranges: of.ranges }) };
}
