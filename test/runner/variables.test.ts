/** Variables of the runner's process that are none. */
import assert from 'node:assert/strict';
import { createRunner } from '../../src/client/runner';
import { testFolder } from '../support/folder';
import { project } from '../support/shared';

describe('runner: variables', () => {
  const folder = testFolder();

  it('says that the space for copies of models is no number, where it took it for none', async () => {
    const environment = { GROUP_CAM_MODELS: folder.at('kept'), GROUP_CAM_KEPT_MODELS: 'many' };
    const module = project('dist', 'runner.js');
    const runner = createRunner({ module, environment: () => environment, log: () => {} });
    try {
      await assert.rejects(
        runner.call('open', { run: folder.at('r.groupcam') }),
        /GROUP_CAM_KEPT_MODELS many: must be a number of GiB, or 0 to keep none/,
      );
    } finally {
      runner.dispose();
    }
  });
});
