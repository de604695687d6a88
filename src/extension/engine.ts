/** The window's engine process, which explains images. */
import * as vscode from 'vscode';
import { createEngine } from '../client/engine';
import type { Requests } from '../protocol/requests';
import type { Log } from './log';
import { createWindowProcess, type WindowProcess } from './window-process';

export type WindowEngine = WindowProcess<Requests>;

/** Variables of all processes that run models, or start those that do. */
export type EngineEnvironment = () => Readonly<Record<string, string>>;

export const createWindowEngine = (extensionUri: vscode.Uri, environment: EngineEnvironment, log: Log): WindowEngine =>
  createWindowProcess('engine', { module: engineModule(extensionUri), environment }, createEngine, log);

/** The path of the program that the engine's process runs. */
export function engineModule(extensionUri: vscode.Uri): string {
  return vscode.Uri.joinPath(extensionUri, 'dist', 'engine.js').fsPath;
}
