/** Composes the extension: creates its parts and connects them. Decisions are made in the parts. */
import * as vscode from 'vscode';
import { toExplainError } from '../core/errors';
import { createApi, type GroupCamApi } from './api';
import { ACTION_COMMANDS, registerCommands } from './commands/commands';
import { createCuda } from './cuda/cuda';
import { registerDatasets } from './dataset/datasets';
import { readWalk } from './dataset/walk/walk-state';
import { createWindowEngine, engineModule } from './engine';
import { registerEditors } from './explanation/editor';
import { withoutChanged } from './explanation/method-choice';
import { saveExplanation } from './images/export';
import { createLog } from './log';
import { createMapStore } from './maps/map-store';
import { registerClassesView } from './model/classes-view';
import { createCurrentModel, type ModelChange } from './model/model';
import { registerModelView } from './model/model-view';
import { createReporter, type PerformableAction } from './notify';
import { createPanels, type Panels } from './panel/panels';
import { affects, changedSettings, watchSettings } from './settings';
import { registerStatusBar } from './status/status-bar';

export type { GroupCamApi } from './api';

export function activate(context: vscode.ExtensionContext): GroupCamApi {
  const { extensionUri, globalStorageUri, workspaceState, subscriptions } = context;
  const log = createLog();
  const perform = (action: PerformableAction) => void vscode.commands.executeCommand(ACTION_COMMANDS[action]);
  const report = createReporter(log, perform);
  const cuda = createCuda(extensionUri, globalStorageUri, log);
  const environment = () => ({ GROUP_CAM_STATE: globalStorageUri.fsPath, ...cuda.environment() });
  const engine = createWindowEngine(extensionUri, environment, log);
  const model = createCurrentModel(engine, workspaceState, log);
  const maps = createMapStore({
    folder: vscode.Uri.joinPath(globalStorageUri, 'maps').fsPath,
    engine: engineModule(extensionUri),
    failed: (thrown) => log.warn(toExplainError(thrown).message),
  });
  const panels = createPanels();
  const inputs = () => {
    const { labels } = model.choice();
    const images = panels.all.flatMap((panel) => panel.images.map(({ uri }) => uri));
    return [...images, ...(labels === undefined ? [] : [vscode.Uri.file(labels)])];
  };
  const editors = registerEditors(
    extensionUri,
    {
      engine,
      model,
      maps,
      log,
      perform,
      report,
      save: (...what) => saveExplanation({ engine, memory: workspaceState, inputs }, ...what),
    },
    panels,
    (tab, state) => {
      const kept = readWalk(state);
      if (kept) datasets.walk.restore(tab, kept);
      return kept !== undefined;
    },
  );
  const datasets = registerDatasets({
    context,
    environment,
    engine,
    model,
    panels,
    explanations: editors,
    log,
    report,
  });

  subscriptions.push(
    engine,
    model,
    editors,
    registerClassesView(extensionUri, model, panels, log),
    registerModelView(model, panels),
    registerStatusBar(engine, model, panels),
    watchSettings(log),
    datasets,
    registerCommands({ extensionUri, cuda, engine, model, maps, panels, editors, datasets, log, report }),
    model.onDidChange((change) => refreshAll(panels, change)),
    vscode.workspace.onDidChangeConfiguration((event) => {
      const changed = changedSettings(event, 'method');
      for (const panel of panels.all) panel.choose(withoutChanged(panel.state.chosen, changed));
      if (changed.length > 0 || affects(event, 'maps')) refreshAll(panels, 'changed');
      if (affects(event, 'style')) restyleAll(panels);
    }),
    // They are disposed in this order, and what ends before may have something to log.
    log,
  );
  return createApi(engine, panels, datasets);
}

function refreshAll(panels: Panels, change: ModelChange): void {
  for (const panel of panels.all) panel.refresh(change);
}

function restyleAll(panels: Panels): void {
  for (const panel of panels.all) panel.restyle();
}
