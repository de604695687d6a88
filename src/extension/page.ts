/** Gives a webview its page: what it may load, and the document that loads it. */
import * as vscode from 'vscode';
import { pageHtml } from './html';

/** VS Code now and then leaves a webview empty, so a page that has sent no message for this long is set again. */
const PATIENCE_MS = 10_000;
/** How often a page is set, the first time included. */
const MOST_TRIES = 3;

/**
 * @param folders what the page may load besides its own files
 * @param restore text that the page keeps in its saved state
 */
export function setPage(
  holder: vscode.WebviewPanel | vscode.WebviewView,
  extensionUri: vscode.Uri,
  page: 'editor' | 'classes',
  { folders = [], restore }: { folders?: readonly vscode.Uri[]; restore?: string } = {},
): void {
  const { webview } = holder;
  const root = vscode.Uri.joinPath(extensionUri, 'dist', 'webview');
  const address = (file: string) => webview.asWebviewUri(vscode.Uri.joinPath(root, file)).toString();
  webview.options = { enableScripts: true, localResourceRoots: [root, ...folders] };
  let tries = 0;
  const show = () => {
    if (tries > 0 && !holder.visible) return;
    // Never the same text twice, which VS Code would ignore: each has a nonce of its own.
    webview.html = pageHtml({
      title: 'Group-CAM',
      script: address(`${page}.js`),
      style: address(`${page}.css`),
      cspSource: webview.cspSource,
      ...(restore !== undefined && { restore }),
    });
    tries += 1;
    if (tries === MOST_TRIES) clearInterval(timer);
  };
  const timer = setInterval(show, PATIENCE_MS);
  const first = webview.onDidReceiveMessage(() => {
    clearInterval(timer);
    first.dispose();
  });
  holder.onDidDispose(() => clearInterval(timer));
  show();
}
