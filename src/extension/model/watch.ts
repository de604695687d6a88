/** Tells, a moment after the last of several changes, that one of some files has changed on disk. */
import * as vscode from 'vscode';

/** Editors and exporters write a file in several steps. */
const SETTLE_MS = 300;

export function watchFiles(files: readonly string[], changed: () => void): vscode.Disposable {
  return watchUris(files.map(vscode.Uri.file), () => changed());
}

/** @param changed gets the address of each file that has changed since it was last called */
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
  // Whole folders: a file's name may hold characters that a glob reads as its own.
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
