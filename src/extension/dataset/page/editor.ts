/**
 * The custom editor of run files. The file belongs to the runner's process: the editor only names it, and never reads
 * it.
 */
import { existsSync } from 'node:fs';
import * as vscode from 'vscode';
import { datasetErrors } from '../../../core/dataset-errors';
import { watchUris } from '../../model/watch';
import { setPage } from '../../page';
import type { Sessions } from '../run/sessions';
import { mappingUri } from './mapping';
import { createDatasetPanel, type DatasetServices } from './panel';
import type { DatasetPanel } from './panel-types';

export const DATASET_TYPE = 'groupCam.dataset';

export interface DatasetEditors extends vscode.Disposable {
  readonly all: readonly DatasetPanel[];
  /** The page that was active last and is still open. */
  readonly current: DatasetPanel | undefined;
  /** Fires when a page opens, closes, becomes the current one, or shows something else. */
  readonly onDidChange: vscode.Event<void>;
  /**
   * Opens a run file, in its tab if it is open already.
   *
   * @param note what the page says first, in words
   */
  open(run: string, note?: string): Promise<DatasetPanel | undefined>;
}

export function registerDatasetEditors(
  extensionUri: vscode.Uri,
  sessions: Sessions,
  services: DatasetServices,
): DatasetEditors {
  const changed = new vscode.EventEmitter<void>();
  /** In the order in which they were active; the latest is last. */
  let panels: readonly DatasetPanel[] = [];
  const notes = new Map<string, string>();

  function raise(panel: DatasetPanel): void {
    panels = [...panels.filter((other) => other !== panel), panel];
  }

  function fill(uri: vscode.Uri, webviewPanel: vscode.WebviewPanel): void {
    const run = uri.fsPath;
    webviewPanel.iconPath = vscode.Uri.joinPath(extensionUri, 'media', 'icon.png');
    setPage(webviewPanel, extensionUri, 'dataset');
    const { session, release } = sessions.use(run);
    if (uri.scheme !== 'file') session.fail(datasetErrors.runFileRemote(String(uri)));
    const note = notes.get(run);
    notes.delete(run);
    const panel = createDatasetPanel(webviewPanel, session, note === undefined ? [] : [note], services);
    raise(panel);
    const listener = panel.onDidChange(() => {
      if (webviewPanel.active && panels.at(-1) !== panel) raise(panel);
      changed.fire();
    });
    const mapping = mappingUri(run);
    const watch = watchUris([uri, mapping], (addresses) => {
      if (addresses.includes(String(mapping)) && panelOf(run) === panel) panel.applyMapping();
      if (!addresses.includes(String(uri))) return;
      if (existsSync(run)) session.retry();
      else session.fail(datasetErrors.runFileGone(run));
    });
    webviewPanel.onDidDispose(() => {
      listener.dispose();
      watch.dispose();
      release();
      panels = panels.filter((other) => other !== panel);
      changed.fire();
    });
    changed.fire();
  }

  const provider: vscode.CustomReadonlyEditorProvider = {
    openCustomDocument: (uri) => ({ uri, dispose: () => {} }),
    resolveCustomEditor: ({ uri }, webviewPanel) => fill(uri, webviewPanel),
  };
  const registered = [
    vscode.window.registerCustomEditorProvider(DATASET_TYPE, provider, { supportsMultipleEditorsPerDocument: true }),
    vscode.workspace.onDidGrantWorkspaceTrust(() => {
      for (const session of sessions.all) {
        session.retry();
        session.watchAgain();
      }
    }),
    changed,
  ];

  const panelOf = (run: string) => panels.findLast(({ session }) => session.run === run);

  return {
    get all() {
      return panels;
    },
    get current() {
      return panels.at(-1);
    },
    onDidChange: changed.event,
    async open(run, note) {
      const open = panelOf(run);
      if (open) {
        open.webviewPanel.reveal();
        if (note !== undefined) open.send({ type: 'notice', text: note });
        return open;
      }
      if (note !== undefined) notes.set(run, note);
      const uri = vscode.Uri.file(run);
      await vscode.commands.executeCommand('vscode.openWith', uri, DATASET_TYPE, { preview: false });
      return panelOf(run) ?? panelOf(uri.fsPath);
    },
    dispose: () => {
      for (const item of registered) item.dispose();
      for (const { close } of sessions.all) close();
    },
  };
}
