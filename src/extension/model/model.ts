/** The model in use in this window: its choice, what is known about it, and the files whose change makes it a new one. */
import { existsSync } from 'node:fs';
import * as vscode from 'vscode';
import { toExplainError } from '../../core/errors';
import type { ModelInfo } from '../../core/model/info';
import type { ModelChoice } from '../../protocol/requests';
import type { WindowEngine } from '../engine';
import type { Log } from '../log';
import { affects, readSettings } from '../settings';
import type { Inspection } from '../status/summary';
import { absolutePath, modelFiles, resolveModel } from './model-choice';
import { watchFiles } from './watch';

/** `chosen`: another model, or other scores of it, so the classes are others too. `changed`: the same one has changed. */
export type ModelChange = 'chosen' | 'changed';

export interface CurrentModel extends vscode.Disposable {
  choice(): ModelChoice;
  /** What the engine finds in the model; asked once until the model changes. */
  info(): Promise<ModelInfo>;
  readonly inspection: Inspection;
  /** Asks for it if nobody has; the outcome, a failure too, is the next `inspection`. */
  inspectSoon(): void;
  readonly onDidInspect: vscode.Event<void>;
  readonly onDidChange: vscode.Event<ModelChange>;
  /** Remembers the choice with the workspace; writes no file. */
  choose(chosen: ModelChoice): Promise<void>;
  /** Reads the model again, as if its file had changed. */
  renew(): void;
}

const CHOSEN_KEY = 'model';

export function createCurrentModel(engine: WindowEngine, memory: vscode.Memento, log: Log): CurrentModel {
  const inspected = new vscode.EventEmitter<void>();
  const changed = new vscode.EventEmitter<ModelChange>();
  let inspection: Inspection = { kind: 'unknown' };
  let asked: Promise<ModelInfo> | undefined;
  /** Raised with every change; what was asked about an older version is not reported. */
  let version = 0;
  let watched: vscode.Disposable | undefined;
  /** What was found to belong to a model; still watched while the model can't be read, for one of them may be why. */
  let belonging: { readonly path: string | undefined; readonly files: readonly string[] } | undefined;

  function choice(): ModelChoice {
    const folders = (vscode.workspace.workspaceFolders ?? []).map((folder) => folder.uri.fsPath);
    const chosen = memory.get<ModelChoice>(CHOSEN_KEY);
    return resolveModel(chosen, readSettings(), (file) => absolutePath(file, folders, existsSync));
  }

  async function inspect(): Promise<ModelInfo> {
    const mine = version;
    const model = choice();
    const report = (next: Inspection) => {
      if (mine !== version) return;
      inspection = next;
      inspected.fire();
    };
    report({ kind: 'loading' });
    watch(model);
    try {
      const info = await engine.call('inspect', { model });
      if (mine === version) {
        belonging = { path: model.path, files: [...(info.labelsFile ? [info.labelsFile] : []), ...info.weightsFiles] };
        watch(model);
      }
      report({ kind: 'ready', info });
      return info;
    } catch (thrown) {
      const error = toExplainError(thrown);
      log.error(error.message);
      if (mine === version) asked = undefined;
      report({ kind: 'failed', message: error.message });
      throw error;
    }
  }

  function watch({ path, labels }: ModelChoice): void {
    watched?.dispose();
    const others = [...(labels ? [labels] : []), ...(belonging && belonging.path === path ? belonging.files : [])];
    watched = path === undefined ? undefined : watchFiles(modelFiles(path, others), () => renew('changed'));
  }

  function renew(change: ModelChange): void {
    version += 1;
    asked = undefined;
    inspection = { kind: 'unknown' };
    changed.fire(change);
    inspected.fire();
  }

  const subscriptions = [
    vscode.workspace.onDidChangeConfiguration(async (event) => {
      if (!affects(event, 'model')) return;
      // The newest decision counts: a setting that is changed now replaces what a command chose before.
      const forgotten = memory.update(CHOSEN_KEY, undefined);
      renew('chosen');
      await forgotten;
    }),
    vscode.workspace.onDidGrantWorkspaceTrust(() => renew('changed')),
  ];

  function info(): Promise<ModelInfo> {
    asked ??= inspect();
    return asked;
  }

  return {
    choice,
    info,
    inspectSoon: () => {
      if (inspection.kind === 'unknown') void info().catch(() => {});
    },
    get inspection() {
      return inspection;
    },
    onDidInspect: inspected.event,
    onDidChange: changed.event,
    choose: async (chosen) => {
      const before = choice();
      await memory.update(CHOSEN_KEY, chosen);
      renew(choice().path === before.path && choice().output === before.output ? 'changed' : 'chosen');
    },
    renew: () => renew('changed'),
    dispose: () => {
      for (const item of [...subscriptions, inspected, changed]) item.dispose();
      watched?.dispose();
    },
  };
}
