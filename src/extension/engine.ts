/**
 * The window's engine process. The extension reaches native code only here, so Workspace Trust is checked here too: in
 * Restricted Mode the process never starts, neither for a model nor for an image.
 */
import * as vscode from 'vscode';
import { createEngine, type Engine, type EngineState } from '../client/engine';
import { errors } from '../core/errors';
import type { Log } from './log';
import { affects, readSettings } from './settings';

export interface WindowEngine extends vscode.Disposable {
  readonly call: Engine['call'];
  readonly pid: number | undefined;
  readonly state: EngineState;
  readonly onDidChangeState: vscode.Event<EngineState>;
  restart(): void;
}

export function createWindowEngine(extensionUri: vscode.Uri, log: Log): WindowEngine {
  const changed = new vscode.EventEmitter<EngineState>();
  let engine = create();

  function create(): Engine {
    const { nodePath, idleMinutes, engineMemory } = readSettings();
    return createEngine({
      module: engineModule(extensionUri),
      ...(nodePath && { executable: nodePath }),
      idleMinutes,
      ...(engineMemory > 0 && { memory: engineMemory * 2 ** 30 }),
      log: (line) => log.info(`engine: ${line}`),
      onState: (state) => {
        log.debug(`engine: ${state}`);
        changed.fire(state);
      },
    });
  }

  const settings = vscode.workspace.onDidChangeConfiguration((event) => {
    if (!affects(event, 'engine')) return;
    engine.dispose();
    engine = create();
  });

  return {
    call: async (name, params, options) => {
      if (!vscode.workspace.isTrusted) throw errors.modelUntrusted('Restricted Mode');
      return engine.call(name, params, options);
    },
    get pid() {
      return engine.pid;
    },
    get state() {
      return engine.state;
    },
    onDidChangeState: changed.event,
    restart: () => engine.restart(),
    dispose: () => {
      settings.dispose();
      engine.dispose();
      changed.dispose();
    },
  };
}

/** The path of the program that the engine's process runs. */
export function engineModule(extensionUri: vscode.Uri): string {
  return vscode.Uri.joinPath(extensionUri, 'dist', 'engine.js').fsPath;
}
