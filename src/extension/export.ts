/** Saves an explanation as a file: the user names it, the engine makes it. */
import * as vscode from 'vscode';
import { errors, reasonOf } from '../core/errors';
import type { Explanation, HeatStyle, RenderKind } from '../protocol/webview';
import type { WindowEngine } from './engine';
import { EXPORTS, exportName } from './export-names';
import { type ImageFile, sourceOf } from './image-file';
import { nameOf } from './targets';
import { folderOf } from './watch';

/** @returns the name of the file, or nothing when the user gave up */
export async function saveExplanation(
  engine: WindowEngine,
  image: ImageFile,
  kind: RenderKind,
  explanation: Explanation,
  style: HeatStyle,
): Promise<string | undefined> {
  const folder = image.bytes ? vscode.workspace.workspaceFolders?.[0]?.uri : folderOf(image.uri);
  const name = exportName(nameOf(image.uri), kind, explanation.class);
  const { title, extension, fileType } = EXPORTS[kind];
  const target = await vscode.window.showSaveDialog({
    title,
    filters: { [fileType]: [extension] },
    ...(folder && { defaultUri: vscode.Uri.joinPath(folder, name) }),
  });
  if (!target) return undefined;
  const params = { kind, explanation, style, image: await sourceOf(image) };
  if (target.scheme === 'file') {
    await engine.call('render', { ...params, output: target.fsPath });
  } else {
    const { bytes } = await engine.call('render', params);
    if (!bytes) throw errors.internal('render gave no bytes');
    await write(target, bytes);
  }
  return nameOf(target);
}

async function write(target: vscode.Uri, bytes: Uint8Array): Promise<void> {
  try {
    await vscode.workspace.fs.writeFile(target, bytes);
  } catch (thrown) {
    throw errors.outputUnwritable(target.toString(), reasonOf(thrown));
  }
}
