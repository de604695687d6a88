import assert from 'node:assert/strict';
import { openRunFile } from '../../../src/runner/store/open';
import { testFolder } from '../../support/folder';

describe('a run file under a Node without node:sqlite', () => {
  const folder = testFolder();
  const { getBuiltinModule } = process;
  afterEach(() => {
    process.getBuiltinModule = getBuiltinModule;
  });

  it('is refused by one clear line, and loading the code does not fail', async () => {
    process.getBuiltinModule = () => undefined as never;
    await assert.rejects(openRunFile(folder.at('r.groupcam'), { create: true }), {
      code: 'node-too-old',
      message: `datasets need Node 22.13 or newer, and this is Node ${process.versions.node}. Update Node, or VS Code to 1.101.`,
    });
  });
});
