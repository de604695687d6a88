/** The work for a panel: the queues of requests to the engine for maps and assessment, and the pictures. */
import { randomUUID } from 'node:crypto';
import * as vscode from 'vscode';
import { toExplainError } from '../../core/errors';
import type { ToEditor } from '../../protocol/webview';
import { createAssessmentQueue } from '../assessment/assessment-queue';
import type { Wanted } from '../explanation/comparison';
import { createExplainQueue } from '../explanation/explain-queue';
import { methodChoice } from '../explanation/method-choice';
import { type ImageFile, sourceOf } from '../images/image-file';
import { readSettings } from '../settings';
import { createPanelPictures, type PanelPictures } from './panel-pictures';
import type { PanelStore } from './panel-store';
import type { PanelServices } from './panel-types';

export interface PanelWork extends vscode.Disposable {
  readonly pictures: PanelPictures;
  /** Lets the engine work for this panel first, if it works at all: the user looks at it. */
  attend(): void;
  /** Starts or stops work according to the panel's state. Call this after every change of the state. */
  update(): void;
}

export function createPanelWork(
  store: PanelStore,
  images: readonly ImageFile[],
  { webview, isActive }: { readonly webview: vscode.Webview; isActive(): boolean },
  send: (message: ToEditor) => void,
  { engine, model, maps, log }: PanelServices,
): PanelWork {
  const view = randomUUID();
  const logged = new WeakSet<Error>();
  const common = { engine, state: () => store.state, dispatch: store.dispatch, failed };

  /** Reports a failure. The same failure may affect both the picture and its explanation. */
  function failed(thrown: unknown): void {
    const error = toExplainError(thrown);
    if (!logged.has(error)) log.error(error);
    logged.add(error);
  }

  async function subject(image: number, { layer, model: other }: Wanted) {
    const source = await sourceOf(images[image]!);
    return { view, image: source, model: { ...(other ?? model.choice()), ...(layer !== undefined && { layer }) } };
  }

  const pictures = createPanelPictures({ ...common, images, webview, log, send });
  const assessment = createAssessmentQueue({ ...common, subject });
  const queue = createExplainQueue({
    ...common,
    request: async (image, wanted) => {
      const { device, topClasses, method } = readSettings();
      const choice = methodChoice(method, store.state.chosen, wanted.method);
      const own = wanted.own && { own: wanted.own };
      return { ...choice, ...own, ...(await subject(image, wanted)), target: wanted.target, device, top: topClasses };
    },
    // The picture of the active image is loaded first, since the engine decodes it in the time between two chunks.
    ready: async (image) => {
      if (image === store.state.active) await pictures.ready(image);
      if (isActive()) attend();
    },
    // In Restricted Mode no maps are shown, not even cached ones.
    maps: { ...maps, find: async (params) => (vscode.workspace.isTrusted ? maps.find(params) : undefined) },
    modelInfo: ({ model: other }) => (other ? engine.call('inspect', { model: other }) : model.info()),
  });

  function attend(): void {
    // The requests of the view tell the user when the engine has failed.
    engine.call('attend', { view }).catch((thrown) => log.warn(toExplainError(thrown).message));
  }

  return {
    pictures,
    attend: () => {
      if (engine.state !== 'stopped') attend();
    },
    update() {
      queue.update();
      assessment.update();
    },
    dispose() {
      queue.dispose();
      assessment.dispose();
    },
  };
}
