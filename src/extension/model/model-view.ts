/** The Model view: a tree of `modelRows`. */
import * as vscode from 'vscode';
import { throttled } from '../../client/throttle';
import { plainLines, withoutIcons } from '../../protocol/plain-text';
import { type Panels, ranOn } from '../panel/panels';
import { readSettings } from '../settings';
import type { CurrentModel } from './model';
import { failedRows, modelRows, type Row } from './model-rows';

/** The pickers that open by a click on a row or on its inline button (package.json). */
const PICKERS: Readonly<Record<NonNullable<Row['pick']>, string>> = {
  model: 'groupCam.chooseModel',
  labels: 'groupCam.chooseLabels',
  layer: 'groupCam.chooseLayer',
  scores: 'groupCam.chooseScores',
  device: 'groupCam.chooseDevice',
};

export function registerModelView(model: CurrentModel, panels: Panels): vscode.Disposable {
  const changed = new vscode.EventEmitter<void>();
  let shown = '';

  const provider: vscode.TreeDataProvider<Row> = {
    onDidChangeTreeData: changed.event,
    getTreeItem: toItem,
    getChildren: (row) => (row ? [...(row.children ?? [])] : rows()),
  };
  const view = vscode.window.createTreeView('groupCam.model', { treeDataProvider: provider });

  /** Without rows the view shows its welcome text, which in Restricted Mode leads to Workspace Trust. */
  function rows(): Row[] {
    if (!vscode.workspace.isTrusted) return [];
    const { inspection } = model;
    if (inspection.kind === 'failed') return failedRows(inspection.message);
    if (inspection.kind !== 'ready') return [];
    const ran = ranOn(panels);
    return modelRows(
      inspection.info,
      { setting: readSettings().device, ...(ran && { ran }) },
      [model.choice().layer ?? []].flat(),
    );
  }

  function update(): void {
    if (view.visible && vscode.workspace.isTrusted) model.inspectSoon();
    const now = JSON.stringify(rows());
    if (now === shown) return;
    shown = now;
    changed.fire();
  }

  // Panels change with every frame, but the view only shows their device, so updates are throttled.
  const panelChanged = throttled(update, 100);
  return vscode.Disposable.from(
    view,
    changed,
    panelChanged,
    view.onDidChangeVisibility(update),
    model.onDidInspect(update),
    panels.onDidChange(panelChanged),
    vscode.workspace.onDidChangeConfiguration(update),
  );
}

function toItem(row: Row): vscode.TreeItem {
  const { None, Collapsed } = vscode.TreeItemCollapsibleState;
  const label = withoutIcons(row.label);
  const item = new vscode.TreeItem(label, row.children ? Collapsed : None);
  item.id = row.id;
  item.contextValue = row.pick ?? 'fact';
  if (row.description) item.description = withoutIcons(row.description);
  if (row.tooltip) item.tooltip = plainLines(row.tooltip);
  if (row.icon) item.iconPath = new vscode.ThemeIcon(row.icon);
  if (row.pick && !row.children) item.command = { command: PICKERS[row.pick], title: label };
  return item;
}
