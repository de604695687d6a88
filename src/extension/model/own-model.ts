/** The model of a panel that has one of its own, such as a version of a dataset, whatever model is in use. */
import * as vscode from 'vscode';
import { toExplainError } from '../../core/errors';
import type { ModelInfo } from '../../core/model/info';
import type { ModelChoice } from '../../protocol/requests';
import type { WindowEngine } from '../engine';
import type { Inspection } from '../status/summary';
import type { PanelModel } from './model';

export interface OwnModel extends PanelModel, vscode.Disposable {
  use(choice: ModelChoice): void;
}

export function createOwnModel(engine: Pick<WindowEngine, 'call'>, first: ModelChoice): OwnModel {
  const inspected = new vscode.EventEmitter<void>();
  let choice = first;
  let inspection: Inspection = { kind: 'unknown' };
  let asked: Promise<ModelInfo> | undefined;

  function info(): Promise<ModelInfo> {
    asked ??= inspect();
    return asked;
  }

  async function inspect(): Promise<ModelInfo> {
    const mine = choice;
    const report = (next: Inspection) => {
      if (mine !== choice) return;
      inspection = next;
      inspected.fire();
    };
    report({ kind: 'loading' });
    try {
      const found = await engine.call('inspect', { model: mine });
      report({ kind: 'ready', info: found });
      return found;
    } catch (thrown) {
      if (mine === choice) asked = undefined;
      report({ kind: 'failed', message: toExplainError(thrown).message });
      throw thrown;
    }
  }

  return {
    isOwn: true,
    choice: () => choice,
    info,
    get inspection() {
      return inspection;
    },
    inspectSoon: () => {
      // The failure is the inspection's state.
      if (inspection.kind === 'unknown') info().catch(() => {});
    },
    onDidInspect: inspected.event,
    use(next) {
      choice = next;
      asked = undefined;
      inspection = { kind: 'unknown' };
      inspected.fire();
    },
    dispose: () => inspected.dispose(),
  };
}
