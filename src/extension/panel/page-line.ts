/** The connection from a panel to its page, which exists only while it is visible. */
import type * as vscode from 'vscode';
import type { PageCommand, ToEditor } from '../../protocol/webview';
import { createFrameGate } from './frame-gate';

export interface PageLine {
  /** Sends a message to the current page, if there is one. A new page gets the whole state anyway. */
  send(message: ToEditor): void;
  /** Brings the page to the front and sends a command, as soon as the page has loaded. */
  command(command: PageCommand): void;
  /** Called when a page has loaded. */
  ready(everything: ToEditor): void;
  /** Called when the page has drawn the last frame. */
  drawn(): void;
  /** Called when the page no longer exists. */
  gone(): void;
}

export function createPageLine(webviewPanel: Pick<vscode.WebviewPanel, 'webview' | 'reveal'>): PageLine {
  const gate = createFrameGate((message) => void webviewPanel.webview.postMessage(message));
  let isThere = false;
  let waiting: ToEditor[] = [];
  return {
    send(message) {
      if (isThere) gate.send(message);
    },
    command(command) {
      webviewPanel.reveal();
      const message: ToEditor = { type: 'command', command };
      if (isThere) gate.send(message);
      else waiting.push(message);
    },
    ready(everything) {
      isThere = true;
      for (const message of [everything, ...waiting]) gate.send(message);
      waiting = [];
    },
    drawn: gate.drawn,
    gone() {
      isThere = false;
    },
  };
}
