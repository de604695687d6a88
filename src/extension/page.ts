/** Sets the page of a webview: what it may load, and its document. */
import * as vscode from 'vscode';
import { pageHtml } from './html';

/** VS Code sometimes leaves a webview empty. A page that sends no message for this long is set again. */
const PATIENCE_MS = 10_000;
/** How often a page is set at most, including the first time. */
const MOST_TRIES = 3;

/**
 * @param folders folders that the page may load files from, besides its own
 * @param restore text that the page saves in its state
 */
export function setPage(
  holder: vscode.WebviewPanel | vscode.WebviewView,
  extensionUri: vscode.Uri,
  page: 'editor' | 'classes' | 'dataset',
  { folders = [], restore }: { folders?: readonly vscode.Uri[]; restore?: string } = {},
): void {
  const { webview } = holder;
  const root = vscode.Uri.joinPath(extensionUri, 'dist', 'webview');
  const address = (file: string) => webview.asWebviewUri(vscode.Uri.joinPath(root, file)).toString();
  webview.options = { enableScripts: true, localResourceRoots: [root, ...folders] };
  let tries = 0;
  const show = () => {
    if (tries > 0 && !holder.visible) return;
    // VS Code ignores a document that equals the current one. Each document has a new nonce, so they differ.
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
