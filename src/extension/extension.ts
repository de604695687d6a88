/** Composes the extension: makes its parts and connects them. Decisions live in the parts. */
import * as vscode from 'vscode';
import { createApi, type GroupCamApi } from './api';
import { registerClassesView } from './classes-view';
import { ACTION_COMMANDS, registerCommands } from './commands';
import { registerEditors } from './editor';
import { createWindowEngine } from './engine';
import { saveExplanation } from './export';
import { createLog } from './log';
import { createCurrentModel, type ModelChange } from './model';
import { registerModelView } from './model-view';
import { createReporter, type PerformableAction } from './notify';
import { createPanels, type Panels } from './panels';
import { affects } from './settings';
import { registerStatusBar } from './status-bar';

export type { GroupCamApi } from './api';

export function activate({ extensionUri, workspaceState, subscriptions }: vscode.ExtensionContext): GroupCamApi {
  const log = createLog();
  const perform = (action: PerformableAction) => void vscode.commands.executeCommand(ACTION_COMMANDS[action]);
  const report = createReporter(log, perform);
  const engine = createWindowEngine(extensionUri, log);
  const model = createCurrentModel(engine, workspaceState, log);
  const panels = createPanels();
  const editors = registerEditors(
    extensionUri,
    { engine, model, log, perform, report, save: (...what) => saveExplanation(engine, ...what) },
    panels,
  );

  subscriptions.push(
    log,
    engine,
    model,
    editors,
    registerClassesView(extensionUri, model, panels),
    registerModelView(model, panels),
    registerStatusBar(engine, model, panels),
    registerCommands({ extensionUri, engine, model, panels, editors, log, report }),
    model.onDidChange((change) => refreshAll(panels, change)),
    vscode.workspace.onDidChangeConfiguration((event) => {
      if (affects(event, 'maps')) refreshAll(panels, 'changed');
      if (affects(event, 'style')) restyleAll(panels);
    }),
  );
  return createApi(engine, panels);
}

function refreshAll(panels: Panels, change: ModelChange): void {
  for (const panel of panels.all) panel.refresh(change);
}

function restyleAll(panels: Panels): void {
  for (const panel of panels.all) panel.restyle();
}
