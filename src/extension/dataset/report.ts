/**
 * Shows the report of an evaluation in an editor: its HTML, without scripts and with nothing loaded from elsewhere.
 * What a report is made of is in its folder; `images.csv` there can be inspected as a dataset.
 */
import { existsSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import path from 'node:path';
import * as vscode from 'vscode';
import { datasetErrors } from '../../core/dataset-errors';
import { reasonOf } from '../../core/errors';
import { setContext } from '../context-keys';
import { failureHtml, reportHtml } from '../html';
import { watchUris } from '../model/watch';

export const REPORT_TYPE = 'groupCam.report';
const REPORT = 'report.html';
const JOURNAL = 'journal.jsonl';
const MOST_FOLDERS = 200;

export function registerReports(): vscode.Disposable {
  const provider: vscode.CustomReadonlyEditorProvider = {
    openCustomDocument: (uri) => ({ uri, dispose: () => {} }),
    resolveCustomEditor: async ({ uri }, { webview, onDidDispose }) => {
      webview.options = { enableScripts: false, localResourceRoots: [] };
      const show = async () => {
        try {
          webview.html = reportHtml(new TextDecoder().decode(await vscode.workspace.fs.readFile(uri)));
        } catch (thrown) {
          webview.html = failureHtml(`${uri.fsPath}: the report can't be read (${reasonOf(thrown)}).`);
        }
      };
      const watch = watchUris([uri], show);
      onDidDispose(() => watch.dispose());
      await show();
    },
  };

  /** The folders in which the Explorer offers to open a report. */
  async function tellFolders(): Promise<void> {
    const found = await vscode.workspace.findFiles(`**/${JOURNAL}`, '**/node_modules/**', MOST_FOLDERS);
    setContext(
      'groupCam.reportFolders',
      found.map(({ fsPath }) => path.dirname(fsPath)),
    );
  }

  const watcher = vscode.workspace.createFileSystemWatcher(`**/${JOURNAL}`, false, true, false);
  void tellFolders();
  return vscode.Disposable.from(
    vscode.window.registerCustomEditorProvider(REPORT_TYPE, provider),
    watcher,
    watcher.onDidCreate(tellFolders),
    watcher.onDidDelete(tellFolders),
  );
}

/**
 * Opens the report of a folder, or of a file in it.
 *
 * @throws dataset-invalid if there is none
 */
export async function openReport(clicked: vscode.Uri): Promise<void> {
  const isFolder = await stat(clicked.fsPath).then(
    (found) => found.isDirectory(),
    () => false,
  );
  const folder = isFolder ? clicked.fsPath : path.dirname(clicked.fsPath);
  const file = path.join(folder, REPORT);
  if (!existsSync(file)) {
    const begun = existsSync(path.join(folder, JOURNAL));
    throw datasetErrors.reportMissing(folder, begun);
  }
  await vscode.commands.executeCommand('vscode.openWith', vscode.Uri.file(file), REPORT_TYPE, { preview: false });
}
