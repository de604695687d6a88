/** The window's runner process, which owns run files. It starts with the first run file that is used. */
import * as vscode from 'vscode';
import { createRunner } from '../../../client/runner';
import type { RunnerRequests } from '../../../protocol/runner';
import type { EngineEnvironment } from '../../engine';
import type { Log } from '../../log';
import { affects, type Settings } from '../../settings';
import { createWindowProcess, type WindowProcess } from '../../window-process';

export type WindowRunner = WindowProcess<RunnerRequests>;

/** @param engine variables of the runner's own engine */
export function createWindowRunner(
  extensionUri: vscode.Uri,
  storageUri: vscode.Uri,
  engine: EngineEnvironment,
  log: Log,
): WindowRunner {
  const module = vscode.Uri.joinPath(extensionUri, 'dist', 'runner.js').fsPath;
  // Thumbnails can be made again, so they lie in the storage and not in the run file.
  const thumbnails = vscode.Uri.joinPath(storageUri, 'thumbnails').fsPath;
  const models = vscode.Uri.joinPath(storageUri, 'models').fsPath;
  const environment = ({ keptModels, engineMemory }: Settings) => ({
    ...engine(),
    GROUP_CAM_THUMBNAILS: thumbnails,
    GROUP_CAM_MODELS: models,
    GROUP_CAM_KEPT_MODELS: String(keptModels),
    // Of the runner's engine. An empty one replaces what the window may have inherited.
    GROUP_CAM_MEMORY: engineMemory > 0 ? String(engineMemory) : '',
  });
  const affected = (event: vscode.ConfigurationChangeEvent) => affects(event, 'runner');
  return createWindowProcess('runner', { module, environment, affected }, createRunner, log);
}
