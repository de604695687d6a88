/** Watching files by VS Code's own watchers. */
import { strict as assert } from 'node:assert';
import { writeFileSync } from 'node:fs';
import { Uri, workspace } from 'vscode';
import { watchUris } from '../../src/extension/model/watch';
import { until } from '../support/wait';

/** In the workspace's second folder, where tests may write. */
const scratch = (name: string) => Uri.joinPath(workspace.workspaceFolders![1]!.uri, name);

describe('a watch', () => {
  it('reports what changed before it was told to follow it', async () => {
    const [first, second] = [scratch('first.data'), scratch('second.data')];
    const reported: string[] = [];
    const watch = watchUris([first], (addresses) => reported.push(...addresses));
    try {
      // VS Code reports changes in their order: once the first file is there, it has told of the second.
      writeFileSync(second.fsPath, 'a');
      writeFileSync(first.fsPath, 'a');
      await until('the first file', () => reported.includes(String(first)));
      assert.deepEqual(reported, [String(first)]);
      watch.follow([first, second]);
      await until('the second file', () => reported.includes(String(second)));
    } finally {
      watch.dispose();
    }
  });
});
