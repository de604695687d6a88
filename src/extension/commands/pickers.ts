/** The pickers of the "choose" commands. Each changes one thing, or nothing if the user cancels it. */
import * as vscode from 'vscode';
import type { MethodChoice } from '../../core/methods/choice';
import { costOf } from '../../core/methods/cost';
import type { MethodName } from '../../core/methods/names';
import type { ModelInfo } from '../../core/model/info';
import type { OptionValues } from '../../core/options';
import type { DeviceChoice } from '../../protocol/devices';
import { IMAGE_EXTENSIONS } from '../../protocol/image-files';
import type { WindowEngine } from '../engine';
import { withClass } from '../explanation/comparison';
import { NOTHING_CHOSEN, withOptions } from '../explanation/method-choice';
import { inBothCases } from '../images/image-types';
import type { CurrentModel } from '../model/model';
import { withScores } from '../model/model-choice';
import { layerSize } from '../model/model-rows';
import type { Panel } from '../panel/panel-types';
import { readSettings, writeForWorkspace, writeSetting } from '../settings';
import { type MethodsHere, methodStep } from './method-steps';
import { classOrder } from './orders';
import { pickOne } from './quick-pick';
import { runSteps, type Step } from './steps';

const MOST_MODELS = 50;

/** Picks a model of the workspace, the demo model, or any file. */
export async function pickModel(model: CurrentModel): Promise<void> {
  const browse = { label: 'Browse…', iconPath: new vscode.ThemeIcon('folder-opened'), path: undefined };
  const items = [...(await modelItems(model)), browse];
  const picked = await pickOne(items, { title: 'Model for Explanations' });
  if (!picked) return;
  if (picked === browse) return pickModelFile(model);
  await model.choose(picked.path === undefined ? {} : { path: picked.path });
}

interface ModelItem extends vscode.QuickPickItem {
  /** Undefined for the demo model. */
  readonly path: string | undefined;
}

/** The model in use, then those of the workspace by name, then the demo model. */
export async function modelItems(model: Pick<CurrentModel, 'choice'>): Promise<ModelItem[]> {
  const found = await vscode.workspace.findFiles('**/*.onnx', '**/node_modules/**', MOST_MODELS);
  const inUse = model.choice().path;
  const local = found.filter((uri) => uri.scheme === 'file').map((uri) => uri.fsPath);
  const paths = new Set([...(inUse === undefined ? [] : [inUse]), ...local]);
  const demo = { label: 'Demo model', detail: '32 kinds of drawn objects', path: undefined };
  const files = [...paths].map((path) => ({ label: vscode.workspace.asRelativePath(path), path }));
  const items = [...files.sort((a, b) => a.label.localeCompare(b.label)), demo];
  const isInUse = (item: ModelItem) => item.path === inUse;
  const first = items.filter(isInUse).map((item) => ({ ...item, description: 'in use' }));
  return [...first, ...items.filter((item) => !isInUse(item))];
}

async function pickModelFile(model: CurrentModel): Promise<void> {
  const [file] = (await openDialog('Choose Model', 'Use for Explanations', 'ONNX model', ['onnx'])) ?? [];
  if (file) await model.choose({ path: file.fsPath });
}

/** Text with one label a line, or the forms of `core/model/classes/label-files.ts`. */
const LABEL_FILES = ['txt', 'json', 'yaml', 'yml', 'csv', 'tsv', 'names', 'labels'];

export async function pickLabels(model: CurrentModel): Promise<void> {
  const [file] = (await openDialog('Choose Labels', 'Use as Labels', 'Labels', LABEL_FILES)) ?? [];
  if (file) await model.choose({ ...model.choice(), labels: file.fsPath });
}

/** Picks one layer or, through the first item, several layers whose maps are averaged. */
export async function pickLayer(model: CurrentModel): Promise<void> {
  const info = await model.info();
  const { layer = info.layer.value } = model.choice();
  const inUse = [layer].flat();
  const items = layerItems(info);
  const average = {
    label: 'Average Several…',
    iconPath: new vscode.ThemeIcon('layers'),
    description: inUse.length > 1 ? 'in use' : '',
  };
  const single = items.map((item) =>
    inUse.length === 1 && item.label === inUse[0] ? { ...item, description: `${item.description}, in use` } : item,
  );
  const title = `Target Layer of ${info.name}`;
  let answer: readonly string[] = [];
  const take = (chosen: readonly vscode.QuickPickItem[]) => {
    answer = chosen.map(({ label }) => label);
    return undefined;
  };
  const several: Step<vscode.QuickPickItem> = {
    title,
    placeholder: 'The mean of the maps of the layers chosen here',
    items: () => items.map((item) => ({ ...item, picked: inUse.includes(item.label) })),
    several: (count) => `${count} chosen`,
    accept: take,
  };
  await runSteps<vscode.QuickPickItem>({
    title,
    items: () => [average, ...single],
    accept: (chosen) => (chosen[0] === average ? several : take(chosen)),
  });
  const [first, ...others] = answer;
  if (first === undefined) return;
  await model.choose({ ...model.choice(), layer: others.length > 0 ? [first, ...others] : first });
}

/** Picks one of the tensors that could be the class scores. */
export async function pickScores(model: CurrentModel): Promise<void> {
  const { name, output } = await model.info();
  const items = output.candidates.map((scores) => ({
    label: scores.name,
    description: `${scores.classes} classes${scores.name === output.name ? ', in use' : ''}`,
    scores,
  }));
  const picked = await pickOne(items, { title: `Class Scores of ${name}`, matchOnDescription: true });
  if (!picked || picked.label === output.name) return;
  const sameClasses = picked.scores.classes === output.classes;
  await model.choose(withScores(model.choice(), picked.label, sameClasses));
}

/** The items for the layers, the last layer first. */
export function layerItems(info: ModelInfo) {
  const first = info.layers.findIndex(({ cut }) => cut);
  const items = info.layers.map((layer, i) => ({
    label: layer.tensor,
    description: `${layer.operator} ${layerSize(layer)}`,
    // Without a layer before it that all paths run through, the gradient starts at the image.
    ...((first < 0 || i < first) && { detail: 'Not the only path to the scores: each class costs a full pass' }),
  }));
  return items.reverse();
}

export async function pickDevice(engine: WindowEngine): Promise<void> {
  const inUse = readSettings().device;
  const items = engine.call('devices', {}).then((reports) =>
    reports.map(({ device, available, detail }) => ({
      label: device,
      iconPath: new vscode.ThemeIcon(available ? 'check' : 'circle-slash'),
      ...(device === inUse && { description: 'in use' }),
      detail,
      device,
    })),
  );
  const picked = await pickOne(items, { title: 'Device' });
  if (picked) await writeSetting('device', picked.device satisfies DeviceChoice);
}

/**
 * Picks a method, and its options, for a panel; without a panel the method is written as the setting. The panel's method can
 * be made that of the workspace.
 */
export async function pickMethod(panel: Panel | undefined): Promise<void> {
  const settings = readSettings().method;
  let picked: { readonly method: MethodName; readonly options: OptionValues } | undefined;
  let asDefault: MethodName | undefined;
  const here: MethodsHere = {
    chosen: panel?.state.chosen,
    seconds: secondsHere(panel),
    makeDefault: (method) => {
      asDefault = method;
    },
  };
  await runSteps(
    methodStep(settings, here, (method, options) => {
      picked = { method, options };
    }),
  );
  if (asDefault) return writeForWorkspace('method', asDefault);
  if (!picked) return;
  const { method, options } = picked;
  if (!panel) return method === settings.method ? undefined : writeSetting('method', method);
  panel.choose(withOptions(panel.state.chosen, settings, method, options));
  panel.refresh('changed');
}

/** By the time that the explanation in front took. */
function secondsHere(panel: Panel | undefined): NonNullable<MethodsHere['seconds']> {
  const slots = panel?.state.images[panel.state.active]?.slots ?? [];
  const known = slots.find(({ explanation }) => explanation)?.explanation;
  const inspection = panel?.model.inspection;
  const layer =
    inspection?.kind === 'ready' ? inspection.info.layers.find(({ tensor }) => tensor === known?.layer) : undefined;
  const channels = layer?.shape[1] ?? Number.NaN;
  const passes = known && costOf(known.method, known.options, channels);
  return (method, options) => {
    const wanted = costOf(method, options, channels);
    if (!known || !passes || !wanted) return undefined;
    return (wanted / passes) * (known.milliseconds.total / 1000);
  };
}

/** Picks a method and its options for one piece of work; settings stay as they are. */
export async function pickChoice(): Promise<MethodChoice | undefined> {
  const settings = readSettings().method;
  let picked: MethodChoice | undefined;
  await runSteps(
    methodStep(settings, { chosen: NOTHING_CHOSEN }, (method, options) => {
      picked = { method, options, blur: settings.blur };
    }),
  );
  return picked;
}

/** Picks a class. The most probable class of the panel's image is first. */
export async function pickClass(panel: Panel): Promise<void> {
  const info = await panel.model.info();
  const picked = await pickOne(classItems(info, panel), {
    title: 'Class to Explain',
    matchOnDescription: true,
  });
  if (picked) panel.explain(withClass(panel.wanted, { target: { index: picked.index }, title: picked.label }));
}

export function classItems(info: ModelInfo, { state }: Panel) {
  const probabilities = state.images[state.active]?.probabilities;
  const items = info.labels.value.map((label, index) => ({
    label,
    description: probabilities ? `#${index}, ${((probabilities[index] ?? 0) * 100).toFixed(1)} %` : `#${index}`,
    index,
  }));
  return probabilities ? classOrder(probabilities).flatMap((index) => items[index] ?? []) : items;
}

export async function pickImages(): Promise<readonly vscode.Uri[]> {
  return (await openDialog('Explain Images', 'Explain', 'Image', IMAGE_EXTENSIONS, true)) ?? [];
}

function openDialog(
  title: string,
  openLabel: string,
  kind: string,
  extensions: readonly string[],
  canSelectMany = false,
) {
  return vscode.window.showOpenDialog({
    title,
    openLabel,
    filters: { [kind]: inBothCases(extensions) },
    canSelectMany,
  });
}
