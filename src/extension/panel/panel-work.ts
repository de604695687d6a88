/** What works for a panel: the questions to the engine about maps and evidence, and the pictures. */
import { randomUUID } from 'node:crypto';
import * as vscode from 'vscode';
import { toExplainError } from '../../core/errors';
import type { ToEditor } from '../../protocol/webview';
import { createEvidenceQueue } from '../evidence/evidence-queue';
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
  /** Brings the work in line with the panel's state; called after every change of it. */
  update(): void;
}

export function createPanelWork(
  store: PanelStore,
  images: readonly ImageFile[],
  webview: vscode.Webview,
  send: (message: ToEditor) => void,
  { engine, model, maps, log }: PanelServices,
): PanelWork {
  const view = randomUUID();
  const logged = new WeakSet<Error>();
  const common = { engine, state: () => store.state, dispatch: store.dispatch, failed };

  /** One failure may keep both a picture from being shown and its explanation from being made. */
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
  const evidence = createEvidenceQueue({ ...common, subject });
  const queue = createExplainQueue({
    ...common,
    request: async (image, wanted) => {
      const { device, topClasses, method } = readSettings();
      const choice = methodChoice(method, store.state.chosen, wanted.method);
      return { ...choice, ...(await subject(image, wanted)), target: wanted.target, device, top: topClasses };
    },
    // What the user looks at comes first: while it computes, the engine decodes no picture.
    ready: async (image) => {
      if (image === store.state.active) await pictures.ready(image);
    },
    // In Restricted Mode a map is refused, whoever made it.
    maps: { ...maps, find: async (params) => (vscode.workspace.isTrusted ? maps.find(params) : undefined) },
    modelInfo: ({ model: other }) => (other ? engine.call('inspect', { model: other }) : model.info()),
  });

  return {
    pictures,
    update() {
      queue.update();
      evidence.update();
    },
    dispose() {
      queue.dispose();
      evidence.dispose();
    },
  };
}
