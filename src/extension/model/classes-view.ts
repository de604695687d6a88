/**
 * The Classes view lists every class of the model. A click on a class explains it for the image of the current panel.
 */
import * as vscode from 'vscode';
import { type ClassesState, FROM_CLASSES, type FromClasses, type ToClasses } from '../../protocol/classes-view';
import { type Wanted, withClass } from '../explanation/comparison';
import type { Log } from '../log';
import { setPage } from '../page';
import type { Panels } from '../panel/panels';
import { type Handlers, receiver } from '../receive';
import { classesState } from '../status/summary';
import type { CurrentModel, PanelModel } from './model';

export function registerClassesView(
  extensionUri: vscode.Uri,
  model: CurrentModel,
  panels: Panels,
  log: Log,
): vscode.Disposable {
  let view: vscode.WebviewView | undefined;
  /** True while the page exists; a hidden view has none. */
  let listening = false;
  let sent: ClassesState | undefined;

  function update(): void {
    if (!view || !listening) return;
    const about = modelInFront();
    about.inspectSoon();
    const panel = panels.current?.state;
    const state = classesState(about.inspection, panel?.images[panel.active]);
    if (sent && sameState(sent, state)) return;
    sent = state;
    void view.webview.postMessage({ type: 'state', state } satisfies ToClasses);
  }

  const modelInFront = (): PanelModel => panels.current?.model ?? model;

  function wantedClass(index: number): Wanted {
    const { inspection } = modelInFront();
    const label = inspection.kind === 'ready' ? inspection.info.labels.value[index] : undefined;
    return { target: { index }, title: label ?? `class ${index}` };
  }

  const handlers: Handlers<FromClasses> = {
    ready: () => {
      listening = true;
      sent = undefined;
      update();
    },
    explain: (message) => {
      const panel = panels.current;
      panel?.explain(withClass(panel.wanted, wantedClass(message.class)));
    },
    'open-demo': () => vscode.commands.executeCommand('groupCam.openExample'),
    compare: (message) => panels.current?.explain(message.classes.map(wantedClass)),
  };

  const provider: vscode.WebviewViewProvider = {
    resolveWebviewView: (resolved) => {
      view = resolved;
      listening = false;
      setPage(resolved, extensionUri, 'classes');
      resolved.webview.onDidReceiveMessage(receiver(FROM_CLASSES, handlers, log.warn));
      resolved.onDidChangeVisibility(() => {
        if (!resolved.visible) listening = false;
      });
      resolved.onDidDispose(() => {
        if (view === resolved) view = undefined;
      });
    },
  };

  return vscode.Disposable.from(
    vscode.window.registerWebviewViewProvider('groupCam.classes', provider),
    model.onDidInspect(update),
    panels.onDidChange(update),
  );
}

/** Compares states, since panels change with every frame but the view's content seldom does. */
function sameState(a: ClassesState, b: ClassesState): boolean {
  return (
    a.model === b.model &&
    a.activation === b.activation &&
    a.labels === b.labels &&
    a.probabilities === b.probabilities &&
    a.image === b.image &&
    a.message === b.message &&
    a.shown.length === b.shown.length &&
    a.shown.every((index, i) => index === b.shown[i])
  );
}
