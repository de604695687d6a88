/** Errors of the real file system. */
import assert from 'node:assert/strict';
import { statSync, symlinkSync } from 'node:fs';
import { hasCode, isAbsent } from '../../src/core/system-errors';
import { testFolder } from '../support/folder';

describe('errors of the system', () => {
  const folder = testFolder();
  function thrownFor(file: string): unknown {
    try {
      statSync(file);
    } catch (thrown) {
      return thrown;
    }
    return assert.fail(`${file} is there`);
  }

  it('a file that is missing, or whose folder is missing or a file, is absent', () => {
    folder.write('file', 'text');
    for (const name of ['none', 'none/inside', 'file/inside']) assert.ok(isAbsent(thrownFor(folder.at(name))), name);
  });

  it('what is there and can not be looked at is not absent', () => {
    symlinkSync('circle', folder.at('circle'));
    const thrown = thrownFor(folder.at('circle'));
    assert.deepEqual([isAbsent(thrown), hasCode(thrown, 'EMLINK', 'ELOOP')], [false, true]);
  });

  it('other things that are thrown have no code', () => {
    for (const thrown of [new Error('ENOENT'), 'ENOENT', { code: 'ENOENT' }, undefined, null])
      assert.ok(!isAbsent(thrown), String(thrown));
  });
});
