/** *Map Class Names…*: the file that says which classes of a model the classes of a dataset mean. */
import { existsSync } from 'node:fs';
import * as vscode from 'vscode';
import { mappingFileOf, type VersionId } from '../../../protocol/dataset';
import { meaningless } from '../../../protocol/versions';
import type { Session } from '../run/session';
import { mappingText } from './mapping-text';

export const mappingUri = (run: string): vscode.Uri => vscode.Uri.file(mappingFileOf(run));

/**
 * Opens the file in a text editor. One that is not there yet is written when the user saves what is proposed.
 *
 * @returns why there is nothing to map, in words
 */
export async function openMapping(session: Session, version: VersionId): Promise<string | undefined> {
  const info = await session.ready();
  const shown = info.versions.find(({ id }) => id === version);
  if (!shown) return undefined;
  if (info.categories.length === 0) return 'No class is known of these images, so there is nothing to map.';
  const uri = mappingUri(session.run);
  const isThere = existsSync(uri.fsPath);
  const document = await vscode.workspace.openTextDocument(isThere ? uri : uri.with({ scheme: 'untitled' }));
  if (!isThere && document.getText() === '') {
    const edit = new vscode.WorkspaceEdit();
    edit.insert(document.uri, new vscode.Position(0, 0), mappingText(info, shown));
    await vscode.workspace.applyEdit(edit);
  }
  await vscode.window.showTextDocument(document, { preview: false });
  return undefined;
}

/** Takes the file up, and computes again what it has changed. @returns what has come of it, in words */
export async function applyMapping(session: Session, version: VersionId): Promise<string | undefined> {
  const before = await session.ready();
  const info = await session.call('mapClasses', { version });
  const lost = info.versions.flatMap(({ id, done, failed }) => {
    const had = before.versions.find((other) => other.id === id);
    const rows = had ? had.done + had.failed - done - failed : 0;
    return rows > 0 ? [{ id, rows }] : [];
  });
  for (const { id } of lost) await session.sweep(id);
  const now = info.versions.find(({ id }) => id === version);
  if (!now) return undefined;
  const known = info.categories.length - meaningless(info, now).length;
  const rows = lost.find(({ id }) => id === version)?.rows ?? 0;
  const again = rows > 0 ? `; ${rows} images are computed again` : '';
  return `${known} of ${info.categories.length} classes of the dataset mean classes of ${now.name}${again}`;
}
