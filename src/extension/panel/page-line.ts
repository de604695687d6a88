/** What a panel tells its page, which is there only while it is seen: what it shows, and what it is to do. */
import type * as vscode from 'vscode';
import type { PageCommand, ToEditor } from '../../protocol/webview';
import { createFrameGate } from './frame-gate';

export interface PageLine {
  /** To the page that is there now; the next one is told everything anyway. */
  send(message: ToEditor): void;
  /** Brings the page to the front. What it is to do waits until it is there. */
  command(command: PageCommand): void;
  /** A page has loaded. */
  ready(everything: ToEditor): void;
  /** The page has drawn what it got last. */
  drawn(): void;
  /** There is no page any more. */
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
