/**
 * One explanation panel: its webview, its images, and the queue of questions to the engine. State changes only through
 * `reduce`; each change is sent to the webview, and the whole state again whenever the webview comes back to life.
 */
import { randomUUID } from 'node:crypto';
import * as vscode from 'vscode';
import { toExplainError } from '../core/errors';
import type { Action, Explanation, FromEditor, HeatStyle, RenderKind, ToEditor } from '../protocol/webview';
import { alone, readQuestions, TOP_CLASS, type Wanted } from './comparison';
import type { WindowEngine } from './engine';
import { createEvidenceQueue } from './evidence-queue';
import { createExplainQueue } from './explain-queue';
import { createFrameGate } from './frame-gate';
import { type ImageFile, sourceOf } from './image-file';
import type { Log } from './log';
import type { MapStore } from './maps/map-store';
import type { CurrentModel, ModelChange } from './model';
import { isPerformable, type PanelAction, type PerformableAction } from './notify';
import { editorState, messagesBetween } from './panel-messages';
import { createPanelPictures } from './panel-pictures';
import { initialState, type PanelEvent, type PanelState, reduce } from './panel-state';
import { readSettings } from './settings';
import { nameOf } from './targets';
import { watchUris } from './watch';

export interface PanelServices {
  readonly engine: WindowEngine;
  readonly model: CurrentModel;
  readonly maps: MapStore;
  readonly log: Log;
  /** Carries out a button under a message, except those that act on the panel alone. */
  perform(action: PerformableAction): void;
  /** Saves an explanation as a file that the user names; undefined when the user gave up. */
  save(image: ImageFile, kind: RenderKind, explanation: Explanation, style: HeatStyle): Promise<string | undefined>;
  /** A failure that has no place in the panel. */
  report(thrown: unknown): void;
}

export interface Panel {
  readonly webviewPanel: vscode.WebviewPanel;
  readonly images: readonly ImageFile[];
  readonly state: PanelState;
  readonly onDidChange: vscode.Event<void>;
  /** What is asked about the image in front. */
  readonly wanted: readonly Wanted[];
  /** Makes explanations of the image in front, one after another, and brings the panel to the front of its group. */
  explain(wanted: readonly Wanted[]): void;
  cancel(): void;
  /** What was cancelled goes on. */
  resume(): void;
  /** Asks again for everything explained so far, because the model or a setting has changed. */
  refresh(change: ModelChange): void;
  restyle(): void;
  /** To the page, if there is one now; a hidden webview has none. */
  send(message: ToEditor): void;
}

const GRADIENT_FREE = { method: 'group-cam', variant: 'gradient-free' } as const;

export function createPanel(
  webviewPanel: vscode.WebviewPanel,
  images: readonly ImageFile[],
  services: PanelServices,
): Panel {
  const { webview } = webviewPanel;
  const { engine, model, maps, log } = services;
  const changed = new vscode.EventEmitter<void>();
  const view = randomUUID();
  let state = initialState(
    images.map(({ uri }) => nameOf(uri)),
    readSettings().style,
    isDemo(),
  );
  let listening = false;
  let disposed = false;
  /** A failed gradient rule offers Group-CAM's variant without gradients, for this panel only. */
  let gradientFree = false;
  const logged = new WeakSet<Error>();

  const queue = createExplainQueue({
    engine,
    state: () => state,
    dispatch,
    request: async (image, wanted) => {
      const { target, method } = wanted;
      const { device, topClasses, options } = readSettings();
      return {
        ...options,
        ...(gradientFree && GRADIENT_FREE),
        ...(method && { method }),
        ...(await subjectOf(image, wanted)),
        target,
        device,
        top: topClasses,
      };
    },
    // What the user looks at comes first: while it computes, the engine decodes no picture.
    ready: async (image) => {
      if (image === state.active) await pictures.ready(image);
    },
    // In Restricted Mode a map is refused, whoever made it.
    maps: { ...maps, find: async (params) => (vscode.workspace.isTrusted ? maps.find(params) : undefined) },
    modelInfo: ({ model: other }) => (other ? engine.call('inspect', { model: other }) : model.info()),
    failed,
  });

  const pictures = createPanelPictures({
    ...{ images, webview, engine, log, failed, dispatch, send },
    state: () => state,
  });

  const evidence = createEvidenceQueue({
    engine,
    state: () => state,
    dispatch,
    subject: subjectOf,
    failed,
  });

  /** One failure may keep both a picture from being shown and its explanation from being made. */
  function failed(thrown: unknown): void {
    const error = toExplainError(thrown);
    if (!logged.has(error)) log.error(error);
    logged.add(error);
  }

  async function subjectOf(image: number, { layer, model: other }: Wanted) {
    const source = await sourceOf(images[image]!);
    return { view, image: source, model: { ...(other ?? model.choice()), ...(layer !== undefined && { layer }) } };
  }

  function isDemo(): boolean {
    return model.choice().path === undefined;
  }

  function dispatch(...events: PanelEvent[]): void {
    if (disposed) return;
    const before = state;
    state = events.reduce(reduce, state);
    if (state === before) return;
    messagesBetween(before, state).forEach(send);
    changed.fire();
    queue.update();
    evidence.update();
  }

  const wantedNow = () => state.images[state.active]?.wanted ?? [];

  function ask(wanted: readonly Wanted[]): void {
    dispatch({ type: 'asked', image: state.active, wanted });
  }

  const gate = createFrameGate((message) => void webview.postMessage(message));

  function send(message: ToEditor): void {
    if (listening) gate.send(message);
  }

  function reload(addresses: readonly string[]): void {
    const indices = images.flatMap(({ uri }, index) => (addresses.includes(String(uri)) ? [index] : []));
    pictures.reload(indices);
    dispatch(...indices.map((image) => ({ type: 'refreshed', image }) as const));
  }

  async function saveSlot({ kind, slot, style }: Extract<FromEditor, { type: 'export' }>): Promise<void> {
    const image = state.active;
    const explanation = state.images[image]?.slots[slot]?.explanation;
    if (!explanation) return send({ type: 'notice', text: 'Nothing to export yet' });
    try {
      const saved = await services.save(images[image]!, kind, explanation, style);
      if (saved) send({ type: 'notice', text: `Saved ${saved}` });
    } catch (thrown) {
      services.report(thrown);
    }
  }

  function act(id: Action['id']): void {
    if (isPerformable(id)) {
      services.perform(id);
      return;
    }
    pictures.showMissing();
    ownActions[id]();
  }

  const ownActions: Readonly<Record<PanelAction, () => void>> = {
    retry: () => dispatch({ type: 'retried', image: state.active }),
    'gradient-free': () => {
      gradientFree = true;
      dispatch({ type: 'refreshed', image: state.active });
    },
  };

  function gather({ part, slots }: Extract<FromEditor, { type: 'evidence' }>): void {
    const image = state.active;
    for (const slot of slots) {
      const of = state.images[image]?.slots[slot]?.explanation;
      if (of) dispatch({ type: 'evidence', image, slot, of, change: { type: 'asked', part } });
    }
  }

  /** What was asked when the window was reloaded, unless something else was asked since. */
  function restore(questions: string): void {
    const isNew = state.images.every(({ wanted }) => wanted.every((one) => one === TOP_CLASS));
    const read = isNew ? readQuestions(questions, images.length) : undefined;
    dispatch(...[...(read ?? [])].map(([image, wanted]) => ({ type: 'asked', image, wanted }) as const));
  }

  const handlers: { readonly [T in FromEditor['type']]: (message: Extract<FromEditor, { type: T }>) => void } = {
    ready: ({ questions }) => {
      if (questions !== undefined) restore(questions);
      listening = true;
      send({ type: 'state', state: editorState(state) });
    },
    cancel: () => dispatch({ type: 'cancelled' }),
    resume: () => dispatch({ type: 'resumed' }),
    thumbnails: ({ indices }) => pictures.thumbnails.want(indices),
    drawn: () => gate.drawn(),
    evidence: gather,
    'cancel-evidence': ({ part }) => dispatch({ type: 'evidence-cancelled', part }),
    select: ({ index }) => {
      dispatch({ type: 'selected', image: index });
      pictures.showActive();
    },
    alone: ({ slot }) => ask(alone(wantedNow(), slot)),
    export: (message) => void saveSlot(message),
    action: ({ id }) => act(id),
    unshowable: pictures.showByEngine,
    error: ({ message }) => services.report(new Error(message)),
  };

  const subscriptions = [
    webview.onDidReceiveMessage((message: FromEditor) => handlers[message.type](message as never)),
    webviewPanel.onDidChangeViewState(() => {
      if (!webviewPanel.visible) {
        listening = false;
        pictures.thumbnails.stop();
      }
      changed.fire();
    }),
    watchUris(
      images.flatMap(({ uri, bytes }) => (bytes ? [] : [uri])),
      reload,
    ),
  ];
  webviewPanel.onDidDispose(() => {
    disposed = true;
    listening = false;
    pictures.thumbnails.stop();
    queue.dispose();
    evidence.dispose();
    for (const item of [...subscriptions, changed]) item.dispose();
  });

  pictures.showMissing();
  dispatch(...images.map((_, image) => ({ type: 'asked', image, wanted: [TOP_CLASS] }) as const));

  return {
    webviewPanel,
    images,
    get state() {
      return state;
    },
    onDidChange: changed.event,
    get wanted() {
      return wantedNow();
    },
    explain: (wanted) => {
      if (!webviewPanel.visible) webviewPanel.reveal(undefined, true);
      ask(wanted);
    },
    cancel: () => {
      dispatch({ type: 'cancelled' });
      dispatch({ type: 'evidence-cancelled', part: 'measurement' });
      dispatch({ type: 'evidence-cancelled', part: 'sanity' });
    },
    resume: () => dispatch({ type: 'resumed' }),
    refresh: (change) => {
      pictures.showMissing();
      const type = change === 'chosen' ? 'remodelled' : 'refreshed';
      dispatch({ type: 'demo', demo: isDemo() }, ...images.map((_, image) => ({ type, image }) as const));
    },
    restyle: () => dispatch({ type: 'style', style: readSettings().style }),
    send,
  };
}
