/** Writes a model that makes its own map: the model that was clicked, or the one in use. */
import path from 'node:path';
import * as vscode from 'vscode';
import { EXPORTABLE, METHOD_NAMES } from '../../core/methods/names';
import type { ExportChoice } from '../../protocol/explanation';
import type { WindowEngine } from '../engine';
import { modelOf } from '../images/targets';
import type { CurrentModel } from '../model/model';
import { offer, progress } from '../notify';
import { readSettings } from '../settings';
import { pickOne } from './quick-pick';

const CLASSES: readonly (vscode.QuickPickItem & { readonly class: ExportChoice['class'] })[] = [
  { label: 'The most probable class', class: 'top' },
  { label: 'A class of choice', detail: 'The exported model gets an input "class" with its index', class: 'input' },
];

export async function exportModel(
  { engine, model }: { readonly engine: WindowEngine; readonly model: Pick<CurrentModel, 'choice'> },
  args: readonly unknown[],
): Promise<void> {
  const clicked = modelOf<vscode.Uri>(args, undefined);
  const used = model.choice();
  // The layer and the scores that were chosen for the model in use count wherever it is clicked.
  const choice = clicked && clicked.fsPath !== used.path ? { path: clicked.fsPath } : used;
  const settings = readSettings().method;
  // Other methods are exported as Group-CAM.
  const method = EXPORTABLE.includes(settings.method) ? settings.method : 'group-cam';
  const from = choice.path ?? path.join(vscode.workspace.workspaceFolders?.[0]?.uri.fsPath ?? '', 'demo-objects.onnx');
  const title = `Export Self-Explaining Model: ${path.basename(from)}, ${METHOD_NAMES[method].title}`;
  const picked = await pickOne(CLASSES, { title, placeHolder: 'What its map explains' });
  if (!picked) return;
  const target = await vscode.window.showSaveDialog({
    title,
    defaultUri: vscode.Uri.file(from.replace(/(\.explained)?\.onnx$/i, '.explained.onnx')),
    filters: { ONNX: ['onnx'] },
  });
  if (!target) return;
  const output = target.fsPath;
  const made = await progress(title, (_report, signal) =>
    engine.call(
      'export',
      {
        ...{ model: choice, output, method, class: picked.class, size: 'input' },
        ...{ options: settings.options[method] ?? {}, blur: settings.blur },
        // Where the weights lie beside the model, they are found from its folder alone.
        external: path.dirname(from) === path.dirname(output) ? 'keep' : 'pack',
      },
      { signal },
    ),
  );
  const notes = made.notes.map((note) => `; ${note}`).join('');
  const text = `${path.basename(output)} gives the map of ${METHOD_NAMES[made.method].title} beside its outputs${notes}`;
  if (await offer(text, 'Use for Explanations')) await vscode.commands.executeCommand('groupCam.useModel', target);
}
