/** The window's engine process, which explains images. */
import * as vscode from 'vscode';
import { createEngine } from '../client/engine';
import type { Requests } from '../protocol/requests';
import type { Log } from './log';
import { createWindowProcess, type WindowProcess } from './window-process';

export type WindowEngine = WindowProcess<Requests>;

export const createWindowEngine = (extensionUri: vscode.Uri, log: Log): WindowEngine =>
  createWindowProcess('engine', { module: engineModule(extensionUri) }, createEngine, log);

/** The path of the program that the engine's process runs. */
export function engineModule(extensionUri: vscode.Uri): string {
  return vscode.Uri.joinPath(extensionUri, 'dist', 'engine.js').fsPath;
}
