/** The window's runner process, which owns run files. It starts with the first run file that is used. */
import * as vscode from 'vscode';
import { createRunner } from '../../../client/runner';
import type { RunnerRequests } from '../../../protocol/runner';
import type { Log } from '../../log';
import { createWindowProcess, type WindowProcess } from '../../window-process';

export type WindowRunner = WindowProcess<RunnerRequests>;

export function createWindowRunner(extensionUri: vscode.Uri, log: Log): WindowRunner {
  const module = vscode.Uri.joinPath(extensionUri, 'dist', 'runner.js').fsPath;
  return createWindowProcess('runner', { module }, createRunner, log);
}
