/** What `npm test` tells of its tests. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { testFolder } from '../support/folder';
import { resultsScript } from '../support/scripts';
import { project } from '../support/shared';

const FIRST = `
  const { existsSync, writeFileSync } = require('node:fs');
  const mark = __filename + '.tried';
  it('loses the first click', () => {
    if (existsSync(mark)) return;
    writeFileSync(mark, '');
    throw new Error('no click came');
  });
  it('is right', () => {});
  it('has no GPU', function () { this.skip(); });`;
const SECOND = `it('is wrong', () => { throw new Error('1 is not 2'); });`;

describe('the results of a run', () => {
  const folder = testFolder();

  async function run() {
    const files = [folder.write('first.test.js', FIRST), folder.write('second.test.js', SECOND)];
    const mocha = project('node_modules', 'mocha', 'bin', 'mocha.js');
    const reporter = project('scripts', 'test', 'reporter.cjs');
    const { status } = spawnSync(process.execPath, [mocha, '--reporter', reporter, '--retries', '1', ...files], {
      env: { ...process.env, TEST_RESULTS: folder.at('results.json') },
    });
    const { readResults, summaryOf } = await resultsScript();
    return summaryOf(readResults('a run', folder.at('results.json'), status!)).split('\n');
  }

  it('name what was skipped, tried again and failed', async () => {
    assert.deepEqual(await run(), [
      'skipped: has no GPU',
      'tried again: loses the first click: Error: no click came',
      'tried again: is wrong: Error: 1 is not 2',
      '2 of 4 tests were tried again',
      'failed: is wrong: Error: 1 is not 2',
      '',
      '2 passed, 1 failed, 1 skipped',
    ]);
  });

  it('count a run that broke off as a failed test', async () => {
    const { readResults, summaryOf } = await resultsScript();
    assert.equal(
      summaryOf(readResults('a run', folder.at('none.json'), 137)),
      'failed: a run: ended with code 137 after 0 tests\n\n0 passed, 1 failed',
    );
  });
});
