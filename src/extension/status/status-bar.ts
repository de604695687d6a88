/** The status bar item: the model, the device and the progress. A click offers to change what explains images. */
import path from 'node:path';
import * as vscode from 'vscode';
import { throttled } from '../../client/throttle';
import { setContext } from '../context-keys';
import type { WindowEngine } from '../engine';
import type { CurrentModel } from '../model/model';
import { type Panels, ranOn } from '../panel/panels';
import { readSettings } from '../settings';
import { progressOf, statusText, stoppedAt } from './status';

/** Milliseconds between updates of the text. */
const OFTEN_MS = 100;

const chosenName = (file: string | undefined) => (file === undefined ? 'demo model' : path.parse(file).name);

export function registerStatusBar(engine: WindowEngine, model: CurrentModel, panels: Panels): vscode.Disposable {
  const item = vscode.window.createStatusBarItem('groupCam.status', vscode.StatusBarAlignment.Right, 90);
  item.name = 'Group-CAM';
  item.command = 'groupCam.chooseWhat';

  function update(): void {
    const panel = panels.current?.state;
    const { text, tooltip } = statusText({
      trusted: vscode.workspace.isTrusted,
      inspection: model.inspection,
      engine: engine.state,
      device: ranOn(panels) ?? readSettings().device,
      panel,
      chosen: chosenName(model.choice().path),
    });
    if (item.text !== text) item.text = text;
    if (item.tooltip !== tooltip) item.tooltip = tooltip;
    setContext('groupCam.hasExplanation', panel !== undefined);
    setContext('groupCam.comparing', (panel?.images[panel.active]?.slots.length ?? 0) > 1);
    setContext('groupCam.stopped', stoppedAt(panel) !== undefined);
    setContext(
      'groupCam.working',
      panels.all.some(({ state }) => progressOf(state) !== undefined),
    );
  }

  update();
  item.show();
  // A small model sends a hundred frames a second.
  const panelChanged = throttled(update, OFTEN_MS);
  return vscode.Disposable.from(
    item,
    panelChanged,
    engine.onDidChangeState(update),
    model.onDidInspect(update),
    panels.onDidChange(panelChanged),
    vscode.workspace.onDidChangeConfiguration(update),
    vscode.workspace.onDidGrantWorkspaceTrust(update),
  );
}
