/** The model in use in this window: the choice, what is known about the model, and a watch on its files. */
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
import { watchUris } from './watch';

/**
 * `chosen`: another model or other scores were chosen, so the classes differ. `changed`: the files of the same model
 * have changed.
 */
export type ModelChange = 'chosen' | 'changed';

export interface CurrentModel extends vscode.Disposable {
  choice(): ModelChoice;
  /** The engine's description of the model, requested once until the model changes. */
  info(): Promise<ModelInfo>;
  readonly inspection: Inspection;
  /** Requests the description if nobody has. The result or failure becomes the next `inspection`. */
  inspectSoon(): void;
  readonly onDidInspect: vscode.Event<void>;
  readonly onDidChange: vscode.Event<ModelChange>;
  /** Stores the choice with the workspace. No file is written. */
  choose(chosen: ModelChoice): Promise<void>;
  /** Choices of the workspace with a model's file, the latest first, each file once. */
  recent(): readonly ModelChoice[];
  /** Reads the model again, as if its file had changed. */
  renew(): void;
}

const recentWith = (before: readonly ModelChoice[], chosen: ModelChoice): ModelChoice[] =>
  [chosen, ...before.filter(({ path }) => path !== chosen.path)].slice(0, MOST_RECENT);

/** The part of it that a panel needs. A panel may have a model of its own, which stays whatever is in use. */
export interface PanelModel
  extends Pick<CurrentModel, 'choice' | 'info' | 'inspection' | 'inspectSoon' | 'onDidInspect'> {
  readonly isOwn?: true;
}

const CHOSEN_KEY = 'model';
const RECENT_KEY = 'recentModels';
const MOST_RECENT = 6;

export function createCurrentModel(engine: WindowEngine, memory: vscode.Memento, log: Log): CurrentModel {
  const inspected = new vscode.EventEmitter<void>();
  const changed = new vscode.EventEmitter<ModelChange>();
  let inspection: Inspection = { kind: 'unknown' };
  let asked: Promise<ModelInfo> | undefined;
  /** Raised with every change. Results for an older version are not reported. */
  let version = 0;
  const watched = watchUris([], () => renew('changed'));
  /**
   * The files that belong to the model. They are still watched if the model can't be read, since one of them may be the
   * cause.
   */
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
    const others = [...(labels ? [labels] : []), ...(belonging && belonging.path === path ? belonging.files : [])];
    watched.follow(path === undefined ? [] : modelFiles(path, others).map(vscode.Uri.file));
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
      // The newest decision counts: a setting that changes now overrides an earlier choice by a command.
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

  const recent = () => memory.get<readonly ModelChoice[]>(RECENT_KEY) ?? [];

  return {
    choice,
    recent,
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
      if (chosen.path !== undefined) await memory.update(RECENT_KEY, recentWith(recent(), chosen));
      renew(choice().path === before.path && choice().output === before.output ? 'changed' : 'chosen');
    },
    renew: () => renew('changed'),
    dispose: () => {
      for (const item of [...subscriptions, watched, inspected, changed]) item.dispose();
    },
  };
}
