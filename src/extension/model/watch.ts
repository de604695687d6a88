/** Watches files, and reports changes a moment after the last of several. */
import * as vscode from 'vscode';
import { createNoticed } from './noticed';
import { settledChanges } from './settled';

export interface Watch extends vscode.Disposable {
  /**
   * Watches these files instead of those before. Changes of the latter that were noticed by then are still reported, and so
   * are those of the new files since the last call, as far as they lie in folders that were watched.
   */
  follow(uris: readonly vscode.Uri[]): void;
}

/** @param changed called with the addresses of the files that have changed since the last call */
export function watchUris(uris: readonly vscode.Uri[], changed: (addresses: string[]) => void): Watch {
  const changes = settledChanges(changed);
  let wanted = new Set<string>();
  let folders = new Map<string, vscode.Disposable>();
  /** What has changed since the last call beside the wanted files. */
  const beside = createNoticed();
  const note = (uri: vscode.Uri): void => {
    const address = String(uri);
    if (wanted.has(address)) changes.note(address);
    else beside.note(address);
  };
  // Whole folders are watched, since a file's name may contain characters with a meaning in globs.
  const watchFolder = (folder: vscode.Uri): vscode.Disposable => {
    const watcher = vscode.workspace.createFileSystemWatcher(new vscode.RelativePattern(folder, '*'));
    return vscode.Disposable.from(
      watcher,
      watcher.onDidChange(note),
      watcher.onDidCreate(note),
      watcher.onDidDelete(note),
    );
  };
  const watch: Watch = {
    follow(next) {
      const before = wanted;
      wanted = new Set(next.map(String));
      for (const address of wanted) if (!before.has(address) && beside.has(address)) changes.note(address);
      beside.clear();
      const needed = new Map(next.map((uri) => [String(folderOf(uri)), folderOf(uri)]));
      // A folder that is still needed keeps its watcher: a new one would miss what changes before it has started.
      const kept = new Map([...needed].map(([key, folder]) => [key, folders.get(key) ?? watchFolder(folder)]));
      for (const [key, watcher] of folders) if (!kept.has(key)) watcher.dispose();
      folders = kept;
    },
    dispose() {
      changes.dispose();
      for (const watcher of folders.values()) watcher.dispose();
    },
  };
  watch.follow(uris);
  return watch;
}

export function folderOf(uri: vscode.Uri): vscode.Uri {
  return vscode.Uri.joinPath(uri, '..');
}
