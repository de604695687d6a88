/** Our extension as the tests inside VS Code see it. */
import { strict as assert } from 'node:assert';
import path from 'node:path';
import { extensions, Uri, workspace } from 'vscode';
import type { GroupCamApi } from '../../src/extension/api';

export const ID = 'group-cam.group-cam';

export async function activated(): Promise<GroupCamApi> {
  const extension = extensions.getExtension<GroupCamApi>(ID);
  assert.ok(extension, `${ID} is not installed`);
  return extension.activate();
}

/** A file of the workspace's first folder, the demo. */
export function demoFile(...parts: readonly string[]): Uri {
  const [demo] = workspace.workspaceFolders ?? [];
  assert.ok(demo, 'no workspace');
  return Uri.file(path.join(demo.uri.fsPath, ...parts));
}
