import assert from 'node:assert/strict';
import { checkNode } from '../../src/runner/node-version';
import { groupCamEnds } from '../support/cli';

describe('runner: versions of Node', () => {
  for (const version of ['20.19.0', '21.9.0', '22.12.9'])
    it(`says that ${version} is too old`, () =>
      assert.throws(() => checkNode(version), {
        code: 'node-too-old',
        message: new RegExp(`this is Node ${version}`),
      }));

  for (const version of ['22.13.0', '22.15.1', '24.0.0']) it(`takes ${version}`, () => checkNode(version));

  it('the command line says so in one line', async () => {
    // The tests run with Node 20; with a newer one there is nothing to say.
    const isOld = Number(process.versions.node.split('.')[0]) < 22;
    const { code, stderr } = await groupCamEnds(['query', 'r.groupcam']);
    assert.equal(code, 1);
    assert.match(
      stderr,
      isOld ? /^error: datasets need Node 22\.13 or newer, and this is Node \S+\. .*\n$/ : /r\.groupcam/,
    );
  });
});
