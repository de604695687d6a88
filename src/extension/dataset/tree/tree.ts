/** The view *Datasets*: the run files of the workspace, and those that are open. A row is opened by a click. */
import * as vscode from 'vscode';
import { throttled } from '../../../client/throttle';
import { toExplainError } from '../../../core/errors';
import { plainLines, withoutIcons } from '../../../protocol/plain-text';
import type { DatasetEditors } from '../page/editor';
import type { WindowRunner } from '../run/runner';
import type { Sessions } from '../run/sessions';
import { RUN_EXTENSION } from '../source';
import { type DatasetRow, messageRow, rowsOf, runRow } from './tree-rows';

const MOST_RUNS = 200;
const RUNS = `**/*.${RUN_EXTENSION}`;
/** Milliseconds between updates while work goes on. */
const OFTEN_MS = 1000;

export function registerDatasetTree(
  runner: Pick<WindowRunner, 'call'>,
  sessions: Sessions,
  editors: DatasetEditors,
): vscode.Disposable {
  const changed = new vscode.EventEmitter<void>();
  let shown = '';

  async function runs(): Promise<DatasetRow[]> {
    const found = await vscode.workspace.findFiles(RUNS, '**/node_modules/**', MOST_RUNS);
    const open = sessions.all.map(({ run }) => run);
    const paths = new Set([...found.filter(({ scheme }) => scheme === 'file').map(({ fsPath }) => fsPath), ...open]);
    return [...paths].sort().map((run) => runRow(run, vscode.workspace.asRelativePath(run)));
  }

  async function content(run: string): Promise<DatasetRow[]> {
    const session = sessions.find(run);
    try {
      if (session) return rowsOf(await session.ready(), session.repairs.values());
      const info = await runner.call('open', { run });
      await runner.call('close', { run });
      return rowsOf(info);
    } catch (thrown) {
      return [messageRow(run, toExplainError(thrown).message)];
    }
  }

  const provider: vscode.TreeDataProvider<DatasetRow> = {
    onDidChangeTreeData: changed.event,
    getTreeItem: toItem,
    getChildren: (row) => {
      if (!row) return runs();
      return row.kind === 'run' ? content(row.run) : [...(row.children ?? [])];
    },
  };

  /** Only what the view shows of the open files counts as a change. */
  function update(): void {
    const now = JSON.stringify(
      sessions.all.map(({ run, info, repairs }) => [run, info && rowsOf(info, repairs.values())]),
    );
    if (now === shown) return;
    shown = now;
    changed.fire();
  }

  const soon = throttled(update, OFTEN_MS);
  const watcher = vscode.workspace.createFileSystemWatcher(RUNS, false, true, false);
  const refresh = () => changed.fire();
  return vscode.Disposable.from(
    vscode.window.createTreeView('groupCam.datasets', { treeDataProvider: provider }),
    changed,
    soon,
    watcher,
    watcher.onDidCreate(refresh),
    watcher.onDidDelete(refresh),
    editors.onDidChange(soon),
    vscode.workspace.onDidGrantWorkspaceTrust(refresh),
  );
}

function toItem(row: DatasetRow): vscode.TreeItem {
  const { None, Collapsed, Expanded } = vscode.TreeItemCollapsibleState;
  const label = withoutIcons(row.label);
  const item = new vscode.TreeItem(label, row.kind === 'run' ? Collapsed : row.children ? Expanded : None);
  item.id = row.id;
  // The menu offers what can be done with the rows of a query.
  item.contextValue = row.opens?.query === undefined ? row.kind : 'rows';
  if (row.description) item.description = withoutIcons(row.description);
  if (row.tooltip) item.tooltip = plainLines(row.tooltip);
  if (row.icon) item.iconPath = new vscode.ThemeIcon(row.icon);
  if (row.opens) item.command = { command: 'groupCam.openDataset', title: label, arguments: [row.run, row.opens] };
  return item;
}
