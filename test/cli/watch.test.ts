import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { testFolder } from '../support/folder';
import { ENDLESS } from '../support/loop';
import { project } from '../support/shared';
import { tinyModel } from '../support/tiny-model';

describe('cli: the watch', () => {
  const folder = testFolder();

  it('refuses a limit that is no number', () => {
    for (const text of ['much', '-1', '0']) {
      const { status, stderr } = spawnSync(process.execPath, [project('dist', 'group-cam.js'), 'inspect', 'no.onnx'], {
        encoding: 'utf8',
        env: { ...process.env, GROUP_CAM_MEMORY: text },
      });
      assert.equal(status, 1);
      assert.equal(stderr, `error: GROUP_CAM_MEMORY ${text}: must be a number of GiB above 0.\n`);
    }
  });

  it('ends a command that holds too much memory, also in the middle of a run, with one line', () => {
    const model = folder.write('endless.onnx', tinyModel(ENDLESS));
    const { signal, stdout, stderr } = spawnSync(
      process.execPath,
      [project('dist', 'group-cam.js'), 'inspect', model],
      {
        encoding: 'utf8',
        env: { ...process.env, GROUP_CAM_MEMORY: '0.03' },
      },
    );
    assert.equal(signal, 'SIGKILL');
    assert.equal(stdout, '');
    assert.match(stderr, /^error: not enough memory \(this process may use 0\.03 GiB\)[^\n]*\n$/);
  });
});
