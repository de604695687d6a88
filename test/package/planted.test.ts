/** `npm test` notices a failing test, also inside VS Code. */
import { strict as assert } from 'node:assert';
import { spawnSync } from 'node:child_process';
import { project } from '../support/shared';

it('a failing test inside VS Code fails the whole run', () => {
  const { status, stdout } = spawnSync(process.execPath, [project('scripts', 'test.mjs'), 'suite', '--built'], {
    encoding: 'utf8',
    env: { ...process.env, TEST_PLANTED: '1', TEST_RESULTS_FOLDER: 'planted' },
  });
  assert.equal(status, 1);
  assert.match(stdout, /^failed: fails on purpose: /m);
  assert.match(stdout, /^0 passed, \d failed$/m);
});
