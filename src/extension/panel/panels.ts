/** The open explanation panels, and the panel that commands and views act on. */
import * as vscode from 'vscode';
import type { Panel } from './panel-types';

export interface Panels {
  readonly all: readonly Panel[];
  /** The panel that was active last and is still open. */
  readonly current: Panel | undefined;
  /** Fires when a panel opens, closes, becomes the current one or changes its state. */
  readonly onDidChange: vscode.Event<void>;
  add(panel: Panel): void;
}

/** The device of the newest explanation in the current panel. */
export function ranOn(panels: Panels): string | undefined {
  const state = panels.current?.state;
  return state?.images[state.active]?.slots.find((slot) => slot.explanation)?.explanation?.device;
}

export function createPanels(): Panels {
  const changed = new vscode.EventEmitter<void>();
  /** Panels in the order in which they were active; the latest is last. */
  let panels: readonly Panel[] = [];

  function raise(panel: Panel): void {
    panels = [...panels.filter((other) => other !== panel), panel];
  }

  return {
    get all() {
      return panels;
    },
    get current() {
      return panels.at(-1);
    },
    onDidChange: changed.event,
    add: (panel) => {
      raise(panel);
      panel.onDidChange(() => {
        if (panel.webviewPanel.active && panels.at(-1) !== panel) raise(panel);
        changed.fire();
      });
      panel.webviewPanel.onDidDispose(() => {
        panels = panels.filter((other) => other !== panel);
        changed.fire();
      });
      changed.fire();
    },
  };
}
