/** Composes what shows datasets: the runner, the editor of run files, walks through them, and the view of all of them. */
import * as vscode from 'vscode';
import { canGoOn, canStop } from '../../protocol/training';
import { setContext } from '../context-keys';
import type { EngineEnvironment, WindowEngine } from '../engine';
import type { Editors } from '../explanation/editor';
import type { Log } from '../log';
import type { CurrentModel } from '../model/model';
import type { Panels } from '../panel/panels';
import { affects, readSettings } from '../settings';
import { type Commands, datasetCommands } from './commands';
import { createFar, farCall, forgettingIntents } from './far/far';
import { createInspect, type Inspect } from './inspect';
import { createDatasetActions } from './page/actions';
import { type DatasetEditors, registerDatasetEditors } from './page/editor';
import { createRepairActions } from './repair/actions';
import { repairCommands } from './repair/commands';
import { registerReports } from './report';
import { createIntents } from './run/intents';
import { createWindowRunner } from './run/runner';
import { createSession } from './run/session';
import { createSessions } from './run/sessions';
import { createMapIntents } from './run/wanted-maps';
import { findShortcut, repairShortcut } from './shortcut';
import { registerDatasetTree } from './tree/tree';
import { createVersionActions } from './versions/actions';
import { versionCommands } from './versions/commands';
import { createWalk, type Walk } from './walk/walk-editor';

export interface DatasetsOptions {
  readonly context: Pick<vscode.ExtensionContext, 'extensionUri' | 'globalStorageUri' | 'secrets' | 'workspaceState'>;
  readonly environment: EngineEnvironment;
  readonly engine: WindowEngine;
  readonly model: CurrentModel;
  readonly panels: Panels;
  readonly explanations: Editors;
  readonly log: Log;
  report(thrown: unknown): void;
}

export interface Datasets extends vscode.Disposable {
  readonly commands: Commands;
  readonly inspect: Inspect;
  readonly walk: Walk;
  readonly editors: DatasetEditors;
  /** Id of the runner's process; undefined if it is not running. */
  readonly runnerPid: number | undefined;
}

export function registerDatasets(options: DatasetsOptions): Datasets {
  const { context, environment, engine, model, panels, explanations, log, report } = options;
  const { extensionUri, globalStorageUri, secrets, workspaceState } = context;
  const runner = createWindowRunner(extensionUri, globalStorageUri, environment, log);
  const far = createFar(workspaceState, secrets);
  const intents = forgettingIntents(createIntents(workspaceState), far);
  const mapIntents = createMapIntents(workspaceState);
  const call = farCall(runner.call, far);
  const device = () => readSettings().device;
  const sessions = createSessions((run) =>
    createSession({
      ...{ run, call, intents, mapIntents, device, log: log.info },
      watches: () => vscode.workspace.isTrusted && readSettings().watchModels,
    }),
  );
  const walk = createWalk({
    ...{ engine, model, sessions, editors: explanations },
    walked: (run, item) => {
      for (const panel of editors.all) if (panel.session.run === run) panel.send({ type: 'walked', item });
    },
  });
  const actions = createDatasetActions(model, walk);
  const versions = createVersionActions(walk);
  const editors = registerDatasetEditors(extensionUri, sessions, {
    ...{ actions, versions, log, report },
    repairs: createRepairActions(),
  });
  const inspect = createInspect({
    ...{ runner, sessions, editors, model, intents },
    storage: vscode.Uri.joinPath(globalStorageUri, 'datasets').fsPath,
    isTrusted: () => vscode.workspace.isTrusted,
  });
  const shortcut = {
    shipped: vscode.Uri.joinPath(extensionUri, 'media', 'demo', 'shortcut').fsPath,
    copy: vscode.Uri.joinPath(globalStorageUri, 'shortcut').fsPath,
    inspect,
  };

  /** Tells the manifest's conditions what is in front. */
  function tellContext(): void {
    const { current } = editors;
    const panel = current?.webviewPanel.active ? current : undefined;
    const states = panel?.session.work.map(({ state }) => state) ?? [];
    setContext('groupCam.datasetActive', panel !== undefined);
    setContext('groupCam.datasetSelection', (panel?.at?.selected ?? 0) > 0);
    setContext('groupCam.datasetVersions', (panel?.session.info?.versions.length ?? 0) > 1);
    setContext('groupCam.datasetWorking', states.includes('running') || states.includes('waiting'));
    setContext('groupCam.datasetPaused', states.includes('paused'));
    const repairs = [...(panel?.session.repairs.values() ?? [])];
    setContext('groupCam.datasetRepairing', repairs.some(canStop));
    setContext('groupCam.datasetRepairHeld', repairs.some(canGoOn));
    setContext('groupCam.walking', walk.isWalk(panels.current) && panels.current!.webviewPanel.active);
  }

  const disposables = [
    registerDatasetTree(runner, sessions, editors),
    registerReports(),
    editors.onDidChange(tellContext),
    panels.onDidChange(tellContext),
    vscode.workspace.onDidChangeConfiguration((event) => {
      if (affects(event, 'watch')) for (const session of sessions.all) session.watchAgain();
    }),
    editors,
    runner,
  ];
  return {
    commands: {
      ...datasetCommands({ editors, actions, inspect, walk, far }),
      ...versionCommands(editors, versions),
      ...repairCommands(editors),
      findShortcut: () => findShortcut(shortcut).then(() => undefined),
      repairShortcut: () => repairShortcut(shortcut),
    },
    inspect,
    walk,
    editors,
    get runnerPid() {
      return runner.pid;
    },
    dispose: () => {
      for (const item of disposables) item.dispose();
    },
  };
}
