/** Gives a webview its page: what it may load, and the document that loads it. */
import * as vscode from 'vscode';
import { pageHtml } from './html';

/**
 * @param folders what the page may load besides its own files
 * @param restore text that the page keeps in its saved state
 */
export function setPage(
  webview: vscode.Webview,
  extensionUri: vscode.Uri,
  page: 'editor' | 'classes',
  { folders = [], restore }: { folders?: readonly vscode.Uri[]; restore?: string } = {},
): void {
  const root = vscode.Uri.joinPath(extensionUri, 'dist', 'webview');
  const address = (file: string) => webview.asWebviewUri(vscode.Uri.joinPath(root, file)).toString();
  webview.options = { enableScripts: true, localResourceRoots: [root, ...folders] };
  webview.html = pageHtml({
    title: 'Group-CAM',
    script: address(`${page}.js`),
    style: address(`${page}.css`),
    cspSource: webview.cspSource,
    ...(restore !== undefined && { restore }),
  });
}
