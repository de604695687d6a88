/** The page of a run file in an editor tab. It asks the runner by way of its session, and the host for everything else. */
import * as vscode from 'vscode';
import { toExplainError } from '../../../core/errors';
import { FROM_DATASET_PAGE, type FromDatasetPage, type ToDatasetPage } from '../../../protocol/dataset-page';
import { packed, packRows } from '../../../protocol/packed/pack';
import type { Log } from '../../log';
import { type Handlers, receiver } from '../../receive';
import { affects, readSettings } from '../../settings';
import type { RepairActions } from '../repair/actions';
import type { Session } from '../run/session';
import type { VersionActions } from '../versions/actions';
import type { DatasetActions } from './actions';
import { applyMapping, openMapping } from './mapping';
import { type At, type DatasetPanel, rowsOf } from './panel-types';

export interface DatasetServices {
  readonly actions: DatasetActions;
  readonly versions: VersionActions;
  readonly repairs: RepairActions;
  readonly log: Log;
  /** Reports a failure that the page does not show. */
  report(thrown: unknown): void;
}

/** @param notes what the page says first, in words */
export function createDatasetPanel(
  webviewPanel: vscode.WebviewPanel,
  session: Session,
  notes: readonly string[],
  services: DatasetServices,
): DatasetPanel {
  const { actions, versions, repairs, log, report } = services;
  const changed = new vscode.EventEmitter<void>();
  let at: At | undefined;
  let isThere = false;
  /** What waits for the page. */
  let waiting: readonly ToDatasetPage[] = notes.map((text) => ({ type: 'notice', text }));
  /** The row that was walked to while the page was hidden. */
  let walked: ToDatasetPage | undefined;

  const post = (message: ToDatasetPage) => void webviewPanel.webview.postMessage(message);

  function send(message: ToDatasetPage): void {
    if (isThere) post(message);
    else if (message.type === 'walked') walked = message;
    else if (message.type === 'notice') waiting = [...waiting, message];
  }

  /** Everything that a new page has to know. */
  function state(): ToDatasetPage[] {
    const { info, work, broken } = session;
    return [
      { type: 'style', style: readSettings().style },
      ...(broken === undefined ? [] : [{ type: 'broken', message: broken } as const]),
      ...(info && broken === undefined ? [{ type: 'info', info } as const, { type: 'work', work } as const] : []),
      ...waiting,
      ...(walked ? [walked] : []),
    ];
  }

  const panel: DatasetPanel = {
    webviewPanel,
    session,
    get at() {
      return at;
    },
    onDidChange: changed.event,
    send,
    show(message) {
      webviewPanel.reveal();
      if (isThere) post(message);
      else waiting = [...waiting, message];
    },
    command: (command) => panel.show({ type: 'command', command }),
    applyMapping() {
      const version = at?.version ?? session.info?.versions.at(-1)?.id;
      if (version === undefined || session.broken !== undefined) return;
      // Who has saved the file does not see the page.
      void applyMapping(session, version).then((text) => text !== undefined && send({ type: 'notice', text }), report);
    },
  };

  /** A failure of an action is shown in the page. */
  const act = (action: Promise<string | undefined>) =>
    void action.then(
      (text) => text !== undefined && send({ type: 'notice', text }),
      (thrown) => {
        const error = toExplainError(thrown);
        if (error.code === 'cancelled') return;
        log.error(error);
        send({ type: 'notice', text: error.message });
      },
    );

  /** What comes of an action is a message. */
  const tell = (action: Promise<ToDatasetPage | undefined>) =>
    act(
      action.then((message) => {
        if (message) send(message);
        return undefined;
      }),
    );

  async function answer({ id, asked }: Extract<FromDatasetPage, { type: 'ask' }>): Promise<void> {
    try {
      const result = await session.ask(asked, (rows) => send({ type: 'first', id, rows: packRows(rows) }));
      send({ type: 'reply', id, result: packed(asked.name, result) });
    } catch (thrown) {
      send({ type: 'failure', id, message: toExplainError(thrown).message });
    }
  }

  const handlers: Handlers<FromDatasetPage> = {
    ready: () => {
      isThere = true;
      for (const message of state()) post(message);
      waiting = [];
      walked = undefined;
    },
    ask: (message) => void answer(message),
    at: ({ type: _, ...told }) => {
      at = told;
      changed.fire();
    },
    explain: ({ type: _, ...row }) => act(actions.explain(session, row)),
    sweep: ({ version }) => act(session.sweep(version).then(() => undefined)),
    findClusters: ({ version, by, classes }) => act(session.findClusters(version, by, classes).then(() => undefined)),
    findShift: ({ a, b }) => act(versions.findShift(session, a, b)),
    sideBySide: ({ type: _, a, b, ...row }) => act(versions.sideBySide(session, { ...row, sides: [a, b] })),
    output: ({ type: _, ...asked }) => tell(repairs.output(session, asked)),
    removeRepair: ({ repair }) => tell(repairs.remove(session, repair)),
    removeVersion: ({ version }) => act(versions.remove(session, version)),
    compute: ({ version, of, method }) => act(actions.compute(session, version, rowsOf(of), method)),
    export: ({ version, of, kind }) => act(actions.export(session, version, rowsOf(of), kind)),
    copyPaths: ({ version, of }) => act(actions.copyPaths(session, version, rowsOf(of))),
    update: () => act(actions.update(panel)),
    mapClasses: ({ version }) => act(openMapping(session, version)),
    log: ({ text }) => log.warn(text),
    error: ({ message }) => report(new Error(message)),
  };

  const stopListening = session.listen((told) => {
    send(told);
    changed.fire();
  });
  const subscriptions = [
    webviewPanel.webview.onDidReceiveMessage(receiver(FROM_DATASET_PAGE, handlers, log.warn)),
    webviewPanel.onDidChangeViewState(() => {
      if (!webviewPanel.visible) isThere = false;
      changed.fire();
    }),
    vscode.workspace.onDidChangeConfiguration((event) => {
      if (affects(event, 'style')) send({ type: 'style', style: readSettings().style });
    }),
    changed,
  ];
  webviewPanel.onDidDispose(() => {
    isThere = false;
    stopListening();
    for (const item of subscriptions) item.dispose();
  });
  return panel;
}
