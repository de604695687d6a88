/** A package that can't be passed on with its licence is not packaged. */
import { strict as assert } from 'node:assert';
import path from 'node:path';
import { testFolder } from '../support/folder';
import { noticesScript } from '../support/scripts';
import { root } from '../support/shared';

describe('third-party notices', () => {
  const folder = testFolder();
  const noticesOf = async (license: string, text?: string) => {
    folder.write('node_modules/x/package.json', { name: 'x', version: '1.2.3', license });
    if (text !== undefined) folder.write('node_modules/x/LICENSE.md', text);
    const { noticesOf: of } = await noticesScript();
    return of([path.relative(root, folder.at('node_modules', 'x'))]);
  };

  it('name a package, its version and its licence, with the text', async () => {
    assert.match(
      await noticesOf('(MIT AND ISC)', 'Copyright (c) X'),
      /^x 1\.2\.3 \(\(MIT AND ISC\)\)\n.*Copyright \(c\) X$/ms,
    );
  });

  it('refuse a licence that is not listed, one without its text, and none', async () => {
    await assert.rejects(noticesOf('GPL-3.0', 'text'), /x: its licence GPL-3\.0 is not among/);
    await assert.rejects(noticesOf('MIT AND LGPL-3.0-or-later', 'text'), /licence LGPL-3\.0-or-later/);
    await assert.rejects(noticesOf('MIT', ' \n'), /x: without the text of its licence MIT/);
    await assert.rejects(noticesOf('', 'text'), /licence /);
  });

  it('know the package that a file is of, also one inside another', async () => {
    const { packagesOf } = await noticesScript();
    const files = ['src/a.ts', 'node_modules/a/b.js', 'node_modules/@s/a/node_modules/b/c.js', 'node_modules/a/c.js'];
    assert.deepEqual(packagesOf(files), ['node_modules/@s/a/node_modules/b', 'node_modules/a']);
  });
});
