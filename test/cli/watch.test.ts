import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { testFolder } from '../support/folder';
import { ENDLESS } from '../support/loop';
import { project } from '../support/shared';
import { tinyModel } from '../support/tiny-model';

describe('cli: the watch', () => {
  const folder = testFolder();

  const refused: readonly (readonly [variable: string, texts: readonly string[], wanted: string])[] = [
    ['GROUP_CAM_MEMORY', ['much', '-1', '0'], 'a number of GiB above 0'],
    ['GROUP_CAM_KEPT_MODELS', ['many', '-1', 'Infinity'], 'a number of GiB, or 0 to keep none'],
    ['GROUP_CAM_THREADS', ['many', '-1', '0', '1.5', '2000'], 'a whole number from 1 to 1024'],
    ['GROUP_CAM_PRIORITY', ['high'], 'low, or not set'],
  ];
  for (const [variable, texts, wanted] of refused) {
    it(`refuses ${variable} that is none, before a command does anything`, () => {
      for (const text of texts) {
        // Of one command the models run in this process, of the other in one that it starts.
        for (const args of [
          ['inspect', 'no.onnx'],
          ['query', 'no.groupcam'],
        ]) {
          const { status, stderr } = spawnSync(process.execPath, [project('dist', 'group-cam.js'), ...args], {
            encoding: 'utf8',
            env: { ...process.env, [variable]: text },
          });
          assert.equal(stderr, `error: ${variable} ${text}: must be ${wanted}.\n`);
          assert.equal(status, 1);
        }
      }
    });
  }

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
