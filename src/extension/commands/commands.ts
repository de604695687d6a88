/** The commands of package.json as a table, with one line for each. */
import * as vscode from 'vscode';
import { toExplainError } from '../../core/errors';
import type { RenderKind } from '../../protocol/requests';
import type { PageCommand } from '../../protocol/webview';
import type { Cuda } from '../cuda/cuda';
import type { Datasets } from '../dataset/datasets';
import { MOST_IN_STRIP } from '../dataset/source';
import type { WindowEngine } from '../engine';
import type { Editors } from '../explanation/editor';
import { isExport } from '../images/image-file';
import { imagesOf, isUri, modelOf, nameOf } from '../images/targets';
import type { Log } from '../log';
import type { MapStore } from '../maps/map-store';
import type { CurrentModel } from '../model/model';
import { confirm, notify, type PerformableAction } from '../notify';
import type { Panel } from '../panel/panel-types';
import type { Panels } from '../panel/panels';
import { pickComparison } from './comparison-picker';
import { exportModel } from './export-model';
import { pickWhat } from './menu';
import { explainNeighbour, showNeighbour } from './neighbours';
import { activeFile, openExplanation, openOriginal } from './open';
import { pickClass, pickDevice, pickImages, pickLabels, pickLayer, pickMethod, pickModel, pickScores } from './pickers';

export interface CommandServices {
  readonly extensionUri: vscode.Uri;
  readonly cuda: Cuda;
  readonly engine: WindowEngine;
  readonly model: CurrentModel;
  readonly maps: MapStore;
  readonly panels: Panels;
  readonly editors: Editors;
  readonly datasets: Pick<Datasets, 'commands' | 'inspect'>;
  readonly log: Log;
  report(thrown: unknown): void;
}

/** The commands behind the buttons below messages. */
export const ACTION_COMMANDS: Readonly<Record<PerformableAction, string>> = {
  'choose-model': 'groupCam.chooseModel',
  'previous-model': 'groupCam.previousModel',
  'choose-layer': 'groupCam.chooseLayer',
  'choose-class': 'groupCam.chooseClass',
  'choose-device': 'groupCam.chooseDevice',
  'choose-method': 'groupCam.chooseMethod',
  compare: 'groupCam.compare',
  'show-log': 'groupCam.showLog',
  trust: 'workbench.trust.manage',
};

const EXAMPLE = 'media/demo/scenes/cat-and-dog.png';
const METHODS = 'docs/methods.md';

type Handler = (...args: unknown[]) => unknown;

export function registerCommands(services: CommandServices): vscode.Disposable {
  const { engine, model, panels, log } = services;
  const current = (act: (panel: Panel) => unknown) => () => panels.current && act(panels.current);
  const exportAs = (kind: RenderKind) => current((panel) => panel.export(kind));
  const inPage = (command: PageCommand) => current((panel) => panel.command(command));

  const commands: Readonly<Record<string, Handler>> = {
    explain: (...args) => explain(services, args),
    openExample: () => openExplanation(vscode.Uri.joinPath(services.extensionUri, EXAMPLE)),
    showOriginal: (...args) => showOriginal(services, args),
    useModel: (...args) => useModel(services, args),
    chooseModel: () => pickModel(model),
    useDemoModel: () => model.choose({}),
    previousModel: () => previousModel(services),
    chooseWhat: () => pickWhat(services),
    chooseLabels: () => pickLabels(model),
    chooseLayer: () => pickLayer(model),
    chooseScores: () => pickScores(model),
    chooseDevice: () => pickDevice(engine),
    chooseMethod: () => pickMethod(panels.current),
    chooseClass: current(pickClass),
    nextClass: current((panel) => explainNeighbour(panel, 1)),
    previousClass: current((panel) => explainNeighbour(panel, -1)),
    nextImage: current((panel) => showNeighbour(panel, 1)),
    previousImage: current((panel) => showNeighbour(panel, -1)),
    compare: current(pickComparison),
    stopComparing: current((panel) => panel.stopComparing()),
    measure: inPage('measure'),
    cancel: () => {
      for (const panel of panels.all) panel.cancel();
    },
    resume: current((panel) => panel.resume()),
    exportOverlay: exportAs('overlay'),
    exportHeatmap: exportAs('heatmap'),
    exportNpy: exportAs('npy'),
    exportJson: exportAs('json'),
    copyImage: inPage('copy'),
    toggleHeat: inPage('toggle-heat'),
    swipe: inPage('swipe'),
    toggleContour: inPage('contour'),
    nextColormap: inPage('next-colormap'),
    moreOpaque: inPage('more-opaque'),
    lessOpaque: inPage('less-opaque'),
    zoomIn: inPage('zoom-in'),
    zoomOut: inPage('zoom-out'),
    zoomFit: inPage('zoom-fit'),
    zoomActual: inPage('zoom-actual'),
    saveModelSettings: () => saveModelSettings(services),
    exportModel: (...args) => exportModel(services, args),
    enableCuda: () => services.cuda.enable(engine, () => model.renew()),
    removeCuda: () => services.cuda.remove(engine, () => model.renew()),
    restartEngine: () => restartEngine(services),
    showMethods: () =>
      vscode.commands.executeCommand('markdown.showPreview', vscode.Uri.joinPath(services.extensionUri, METHODS)),
    showLog: () => log.show(),
  };

  const registered = Object.entries({ ...commands, ...services.datasets.commands }).map(([name, handler]) =>
    vscode.commands.registerCommand(`groupCam.${name}`, async (...args: unknown[]) => {
      try {
        return await handler(...args);
      } catch (thrown) {
        services.report(thrown);
      }
    }),
  );
  return vscode.Disposable.from(...registered);
}

/**
 * Explains images. A single image opens in its own editor, in its tab if it is open already; several images share one
 * panel, and very many are a dataset.
 */
async function explain({ editors, datasets }: CommandServices, args: readonly unknown[]): Promise<void> {
  const meant = imagesOf(args, activeFile());
  const chosen = meant.length > 0 ? meant : await pickImages();
  const [first, ...others] = chosen.length > 1 ? await withoutExports(chosen) : chosen;
  if (!first) return;
  if (others.length === 0) return openExplanation(first);
  const all = [first, ...others];
  const isDataset = all.length > MOST_IN_STRIP && all.every(({ scheme }) => scheme === 'file');
  if (isDataset) await datasets.inspect.images(all.map(({ fsPath }) => fsPath));
  else editors.openImages(all);
}

/** Removes pictures made by Group-CAM from a selection, and says so. */
async function withoutExports(images: readonly vscode.Uri[]): Promise<vscode.Uri[]> {
  const drawn = await Promise.all(images.map(isExport));
  const count = drawn.filter(Boolean).length;
  if (count > 0) notify(`Left out ${count} of ${images.length} images: Group-CAM has drawn them.`);
  return images.filter((_, i) => !drawn[i]);
}

async function showOriginal({ panels }: CommandServices, [clicked]: readonly unknown[]): Promise<void> {
  const panel = panels.current;
  const uri = isUri(clicked) ? (clicked as vscode.Uri) : (activeFile() ?? panel?.images[panel.state.active]?.uri);
  if (uri) await openOriginal(uri);
}

async function useModel({ model, panels }: CommandServices, args: readonly unknown[]): Promise<void> {
  const file = modelOf(args, activeFile());
  if (!file) return pickModel(model);
  await model.choose({ path: file.fsPath });
  tell(panels, `${nameOf(file)} explains images from now on`);
}

/** The model that was in use before this one, or the demo model. */
async function previousModel({ model, panels }: CommandServices): Promise<void> {
  const used = model.choice().path;
  const before = model.recent().find(({ path }) => path !== used);
  await model.choose(before ?? {});
  const name = before?.path === undefined ? 'The demo model' : nameOf(vscode.Uri.file(before.path));
  tell(panels, `${name} explains images from now on`);
}

async function saveModelSettings({ engine, model, panels }: CommandServices): Promise<void> {
  const choice = model.choice();
  if (choice.path === undefined) return tell(panels, 'The demo model has its settings already');
  const saved = await engine.call('saveSidecar', { model: choice }).catch(async (thrown) => {
    const error = toExplainError(thrown);
    if (error.code !== 'sidecar-exists') throw error;
    const question = `Replace the settings beside ${nameOf(vscode.Uri.file(choice.path!))}?`;
    const yes = await confirm(question, 'What is written there by hand is lost.', 'Replace');
    return yes ? engine.call('saveSidecar', { model: choice, replace: true }) : undefined;
  });
  if (saved) tell(panels, `Saved ${nameOf(vscode.Uri.file(saved.path))}`);
}

/** Shows a text in the panel on screen, or as a notification if there is none. */
function tell({ current }: Panels, text: string): void {
  if (current?.webviewPanel.visible) current.send({ type: 'notice', text });
  else notify(text);
}

/**
 * Restarts the engine. Running requests end with the process. All open explanations are computed again, without the
 * cache.
 */
async function restartEngine({ engine, model, maps }: CommandServices): Promise<void> {
  await maps.clear();
  engine.restart();
  model.renew();
}
