/** The output channel. Names of models and files are written as plain text. */
import * as vscode from 'vscode';
import { oneLine, stackLines } from '../protocol/plain-text';

export interface Log extends vscode.Disposable {
  info(line: string): void;
  debug(line: string): void;
  warn(line: string): void;
  /** A failure with its stack, or one line. */
  error(thrown: Error | string): void;
  show(): void;
}

export function createLog(): Log {
  const channel = vscode.window.createOutputChannel('Group-CAM', { log: true });
  return {
    info: (line) => channel.info(oneLine(line)),
    debug: (line) => channel.debug(oneLine(line)),
    warn: (line) => channel.warn(oneLine(line)),
    error: (thrown) => channel.error(stackLines(thrown).join('\n')),
    show: () => channel.show(),
    dispose: () => channel.dispose(),
  };
}
