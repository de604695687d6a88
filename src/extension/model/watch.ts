/** Watches files, and reports changes a moment after the last of several. */
import * as vscode from 'vscode';

/** Milliseconds to wait for further changes, since editors and exporters write a file in several steps. */
const SETTLE_MS = 300;

export function watchFiles(files: readonly string[], changed: () => void): vscode.Disposable {
  return watchUris(files.map(vscode.Uri.file), () => changed());
}

/** @param changed called with the addresses of the files that have changed since the last call */
export function watchUris(uris: readonly vscode.Uri[], changed: (uris: string[]) => void): vscode.Disposable {
  const wanted = new Set(uris.map(String));
  const folders = new Map(uris.map((uri) => [String(folderOf(uri)), folderOf(uri)]));
  const seen = new Set<string>();
  let timer: NodeJS.Timeout | undefined;
  const note = (uri: vscode.Uri): void => {
    if (!wanted.has(String(uri))) return;
    seen.add(String(uri));
    clearTimeout(timer);
    timer = setTimeout(() => {
      const all = [...seen];
      seen.clear();
      changed(all);
    }, SETTLE_MS);
  };
  // Whole folders are watched, since a file's name may contain characters with a meaning in globs.
  const watchers = [...folders.values()].flatMap((folder) => {
    const watcher = vscode.workspace.createFileSystemWatcher(new vscode.RelativePattern(folder, '*'));
    return [watcher, watcher.onDidChange(note), watcher.onDidCreate(note), watcher.onDidDelete(note)];
  });
  return new vscode.Disposable(() => {
    clearTimeout(timer);
    for (const watcher of watchers) watcher.dispose();
  });
}

export function folderOf(uri: vscode.Uri): vscode.Uri {
  return vscode.Uri.joinPath(uri, '..');
}
