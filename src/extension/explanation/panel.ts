/**
 * One explanation panel: its webview, its images, and the queue of questions to the engine. State changes only through
 * `reduce`; each change is sent to the webview, and the whole state again whenever the webview comes back to life.
 */
import { randomUUID } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import * as vscode from 'vscode';
import { toExplainError } from '../../core/errors';
import type { RenderKind } from '../../protocol/requests';
import { type Action, FROM_EDITOR, type FromEditor } from '../../protocol/webview';
import { createEvidenceQueue } from '../evidence/evidence-queue';
import { type ImageFile, sourceOf } from '../images/image-file';
import { nameOf } from '../images/targets';
import { watchUris } from '../model/watch';
import { isPerformable, type PanelAction } from '../notify';
import { type Handlers, receiver } from '../receive';
import { readSettings } from '../settings';
import { alone, readQuestions, TOP_CLASS, type Wanted } from './comparison';
import { createExplainQueue } from './explain-queue';
import { methodChoice, withoutGradients } from './method-choice';
import { createPageLine } from './page-line';
import { tooFar } from './panel-memory';
import { editorState, messagesBetween } from './panel-messages';
import { createPanelPictures } from './panel-pictures';
import { initialState, type PanelEvent, reduce, restyled } from './panel-state';
import type { Panel, PanelServices } from './panel-types';

export type { Panel, PanelServices } from './panel-types';

export function createPanel(
  webviewPanel: vscode.WebviewPanel,
  images: readonly ImageFile[],
  services: PanelServices,
): Panel {
  const { webview } = webviewPanel;
  const { engine, model, maps, log } = services;
  const changed = new vscode.EventEmitter<void>();
  const view = randomUUID();
  let settings = readSettings().style;
  let state = initialState(
    images.map(({ uri }) => nameOf(uri)),
    settings,
    isDemo(),
  );
  const page = createPageLine(webviewPanel);
  /** The page of a panel that is restored knows more than the host. */
  let isNew = true;
  let disposed = false;
  const logged = new WeakSet<Error>();

  const queue = createExplainQueue({
    engine,
    state: () => state,
    dispatch,
    request: async (image, wanted) => {
      const { device, topClasses, method } = readSettings();
      const choice = methodChoice(method, state.chosen, wanted.method);
      return { ...choice, ...(await subjectOf(image, wanted)), target: wanted.target, device, top: topClasses };
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
    ...{ images, webview, engine, log, failed, dispatch, send: page.send },
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
    if (events.some(({ type }) => type === 'explained')) {
      state = tooFar(state).reduce((now, image) => reduce(now, { type: 'released', image }), state);
    }
    messagesBetween(before, state).forEach(page.send);
    changed.fire();
    queue.update();
    evidence.update();
  }

  /** What the page itself has told is not told to it again. */
  function take(event: PanelEvent): void {
    state = reduce(state, event);
  }

  const wantedNow = () => state.images[state.active]?.wanted ?? [];

  function ask(wanted: readonly Wanted[]): void {
    dispatch({ type: 'asked', image: state.active, wanted });
  }

  function reload(addresses: readonly string[]): void {
    const indices = images.flatMap(({ uri }, index) => (addresses.includes(String(uri)) ? [index] : []));
    pictures.reload(indices);
    dispatch(...indices.map((image) => ({ type: 'refreshed', image }) as const));
  }

  const focusedNow = () => editorState(state).focused;

  async function exportFocused(kind: RenderKind): Promise<void> {
    const { active, style } = state;
    const explanation = state.images[active]?.slots[focusedNow()]?.explanation;
    if (!explanation) return page.send({ type: 'notice', text: 'Nothing to export yet' });
    try {
      const saved = await services.save(images[active]!, kind, explanation, style);
      if (saved) page.send({ type: 'notice', text: `Saved ${saved}` });
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
    // For this panel only.
    'gradient-free': () =>
      dispatch({ type: 'chosen', chosen: withoutGradients(state.chosen) }, { type: 'refreshed', image: state.active }),
  };

  function gather({ part, slots }: Extract<FromEditor, { type: 'evidence' }>): void {
    const image = state.active;
    for (const slot of slots) {
      const of = state.images[image]?.slots[slot]?.explanation;
      if (of) dispatch({ type: 'evidence', image, slot, of, change: { type: 'asked', part } });
    }
  }

  /** What was shown when the window was reloaded; another question that was asked since stands. */
  function restore({ questions, style, focused }: Extract<FromEditor, { type: 'ready' }>): void {
    if (style) take({ type: 'style', style });
    if (focused !== undefined) take({ type: 'focused', slot: focused });
    const isUntouched = state.images.every(({ wanted }) => wanted.every((one) => one === TOP_CLASS));
    const read = isUntouched && questions !== undefined ? readQuestions(questions, images.length) : undefined;
    if (!read) return;
    const { others, chosen } = read;
    dispatch(...[...others].map(([image, wanted]) => ({ type: 'asked', image, wanted }) as const));
    if (isDeepStrictEqual(chosen, state.chosen)) return;
    dispatch({ type: 'chosen', chosen }, ...images.map((_, image) => ({ type: 'refreshed', image }) as const));
  }

  const handlers: Handlers<FromEditor> = {
    ready: (message) => {
      if (isNew) restore(message);
      isNew = false;
      page.ready({ type: 'state', state: editorState(state) });
    },
    style: take,
    focused: take,
    cancel: () => dispatch({ type: 'cancelled' }),
    resume: () => dispatch({ type: 'resumed' }),
    thumbnails: ({ indices }) => pictures.thumbnails.want(indices),
    drawn: page.drawn,
    evidence: gather,
    'cancel-evidence': ({ part }) => dispatch({ type: 'evidence-cancelled', part }),
    select: ({ index }) => {
      const before = state.active;
      dispatch({ type: 'selected', image: index });
      if (state.active !== before) pictures.release(before);
      pictures.showActive();
    },
    alone: () => ask(alone(wantedNow(), focusedNow())),
    export: ({ kind }) => void exportFocused(kind),
    action: ({ id }) => act(id),
    unshowable: pictures.showByEngine,
    error: ({ message }) => services.report(new Error(message)),
    log: ({ text }) => log.warn(text),
  };

  const subscriptions = [
    webview.onDidReceiveMessage(receiver(FROM_EDITOR, handlers, log.warn)),
    webviewPanel.onDidChangeViewState(() => {
      if (!webviewPanel.visible) {
        page.gone();
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
    page.gone();
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
      // A picker may outlive what it was opened for.
      if (disposed) return;
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
    restyle: () => {
      const before = settings;
      settings = readSettings().style;
      dispatch({ type: 'style', style: restyled(state.style, before, settings) });
    },
    choose: (chosen) => {
      if (!isDeepStrictEqual(chosen, state.chosen)) dispatch({ type: 'chosen', chosen });
    },
    send: page.send,
    command: page.command,
    export: (kind) => {
      webviewPanel.reveal();
      return exportFocused(kind);
    },
    stopComparing: () => {
      webviewPanel.reveal();
      ask(alone(wantedNow(), focusedNow()));
    },
  };
}
