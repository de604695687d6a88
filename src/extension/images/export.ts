/** Saves an explanation as a file, which the user names and the engine writes. */
import * as vscode from 'vscode';
import { errors, reasonOf } from '../../core/errors';
import type { HeatStyle } from '../../core/style';
import type { Explanation } from '../../protocol/explanation';
import type { RenderKind } from '../../protocol/requests';
import type { WindowEngine } from '../engine';
import { folderOf } from '../model/watch';
import { EXPORTS, exportName } from './export-names';
import { type ImageFile, sourceOf } from './image-file';
import { nameOf } from './targets';

export interface ExportServices {
  readonly engine: WindowEngine;
  /** The workspace's memory. */
  readonly memory: vscode.Memento;
  /** Files that an export must not replace, besides those of the explanation itself. */
  inputs(): readonly vscode.Uri[];
}

/** @returns the name of the file; undefined if the user cancels */
export async function saveExplanation(
  { engine, memory, inputs }: ExportServices,
  image: ImageFile,
  kind: RenderKind,
  explanation: Explanation,
  style: HeatStyle,
): Promise<string | undefined> {
  const { title, extension, fileType } = EXPORTS[kind];
  const folder = await exportFolder(image, memory);
  const name = exportName(nameOf(image.uri), kind, explanation);
  const target = await vscode.window.showSaveDialog({
    title,
    filters: { [fileType]: [extension] },
    ...(folder.uri && { defaultUri: vscode.Uri.joinPath(folder.uri, name) }),
  });
  try {
    if (!target) return undefined;
    const params = { kind, explanation, style, image: await sourceOf(image) };
    if (target.scheme === 'file') {
      const local = inputs().filter(({ scheme }) => scheme === 'file');
      await engine.call('render', { ...params, output: target.fsPath, inputs: local.map(({ fsPath }) => fsPath) });
    } else {
      const input = [image.uri, ...inputs()].map(String).find((other) => other === String(target));
      if (input !== undefined) throw errors.outputIsInput(input, input);
      const { bytes } = await engine.call('render', params);
      if (!bytes) throw errors.internal('render gave no bytes');
      await write(target, bytes);
    }
    await memory.update(FOLDER_KEY, String(folderOf(target)));
    return nameOf(target);
  } finally {
    await folder.leave();
  }
}

const FOLDER_KEY = 'exportFolder';

interface ExportFolder {
  readonly uri: vscode.Uri | undefined;
  /** Removes the folder if it was created for the dialog and nothing was saved there. */
  leave(): Promise<void>;
}

/**
 * The folder of the last export, or the folder `explanations` in the workspace or beside the image. It is created if it
 * is missing, since a dialog needs an existing folder.
 */
async function exportFolder({ uri, bytes }: ImageFile, memory: vscode.Memento): Promise<ExportFolder> {
  const { getWorkspaceFolder, workspaceFolders, fs } = vscode.workspace;
  const last = memory.get<string>(FOLDER_KEY);
  const base = (getWorkspaceFolder(uri) ?? workspaceFolders?.[0])?.uri ?? (bytes ? undefined : folderOf(uri));
  const folder = last === undefined ? base && vscode.Uri.joinPath(base, 'explanations') : vscode.Uri.parse(last);
  const keep = async () => {};
  if (!folder) return { uri: undefined, leave: keep };
  const there = await fs.stat(folder).then(
    () => true,
    () => false,
  );
  if (there) return { uri: folder, leave: keep };
  try {
    await fs.createDirectory(folder);
  } catch {
    // If the folder can't be created, the dialog starts in its parent folder.
    return { uri: base, leave: keep };
  }
  // This intentionally fails for a folder that is not empty.
  return { uri: folder, leave: async () => fs.delete(folder, { recursive: false }).then(undefined, () => {}) };
}

async function write(target: vscode.Uri, bytes: Uint8Array): Promise<void> {
  try {
    await vscode.workspace.fs.writeFile(target, bytes);
  } catch (thrown) {
    throw errors.outputUnwritable(target.toString(), reasonOf(thrown));
  }
}
