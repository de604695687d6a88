/** The menu of the status bar: what explains images now, each with its picker. */
import path from 'node:path';
import * as vscode from 'vscode';
import { METHOD_NAMES } from '../../core/methods/names';
import type { ModelInfo } from '../../core/model/info';
import type { WindowEngine } from '../engine';
import { methodChoice, NOTHING_CHOSEN } from '../explanation/method-choice';
import type { CurrentModel } from '../model/model';
import type { Panels } from '../panel/panels';
import { readSettings } from '../settings';
import { optionsText } from '../status/summary';
import { pickDevice, pickLabels, pickLayer, pickMethod, pickModel } from './pickers';
import { pickOne } from './quick-pick';

interface Services {
  readonly engine: WindowEngine;
  readonly model: CurrentModel;
  readonly panels: Panels;
}

/** How many labels there are, none of which the model has where they are assumed. */
function labelsNow(info: ModelInfo | undefined): string {
  if (!info) return '';
  return info.labels.origin === 'assumed' ? 'none' : `${info.labels.value.length}`;
}

interface Row extends vscode.QuickPickItem {
  act(): unknown;
}

export async function pickWhat({ engine, model, panels }: Services): Promise<void> {
  const panel = panels.current;
  const { path: used, labels, layer } = model.choice();
  const info = model.inspection.kind === 'ready' ? model.inspection.info : undefined;
  const settings = readSettings();
  const { method, options } = methodChoice(settings.method, panel?.state.chosen ?? NOTHING_CHOSEN);
  const layers = [layer ?? info?.layer.value ?? []].flat();
  const row = (label: string, icon: string, description: string, act: Row['act']): Row => ({
    label,
    iconPath: new vscode.ThemeIcon(icon),
    description,
    act,
  });
  const picked = await pickOne<Row>(
    [
      row('Model', 'symbol-structure', used === undefined ? 'the demo model' : named(used), () => pickModel(model)),
      ...recentRows(model),
      row('Method', 'settings', [METHOD_NAMES[method].title, ...optionsText(method, options)].join(', '), () =>
        pickMethod(panel),
      ),
      row('Target Layer', 'layers', layers.length > 1 ? `the mean of ${layers.length}` : (layers[0] ?? ''), () =>
        pickLayer(model),
      ),
      row('Labels', 'tag', labels === undefined ? labelsNow(info) : named(labels), () => pickLabels(model)),
      row('Device', 'chip', settings.device, () => pickDevice(engine)),
      row('All Commands…', 'list-unordered', '', () =>
        vscode.commands.executeCommand('workbench.action.quickOpen', '>Group-CAM: '),
      ),
    ],
    { title: 'What Explains Images', matchOnDescription: true },
  );
  await picked?.act();
}

const named = (file: string) => path.basename(file);

/** Other models that were in use in this workspace. */
function recentRows(model: CurrentModel): Row[] {
  const used = model.choice().path;
  return model.recent().flatMap((choice) =>
    choice.path === undefined || choice.path === used
      ? []
      : [
          {
            label: named(choice.path),
            iconPath: new vscode.ThemeIcon('history'),
            description: path.dirname(vscode.workspace.asRelativePath(choice.path)),
            act: () => model.choose(choice),
          },
        ],
  );
}
