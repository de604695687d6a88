/** Texts are found in paths as `includes` finds them, wherever blocks and paths begin and end. */
import assert from 'node:assert/strict';
import { openRunFile } from '../../../../src/runner/store/open';
import { testFolder } from '../../../support/folder';
import { datasetOf, rowsOf, VERSION } from '../made';

describe('texts in paths', () => {
  const folder = testFolder();

  for (const [kind, prefix] of [
    ['short', ''],
    ['long', 'folder/'.repeat(20)],
  ])
    it(`are found in each path that has them, once or often, at its start or its end: ${kind} ones`, async () => {
      // Of all lengths modulo four, with characters of several bytes, in more than two blocks.
      const paths = Array.from(
        { length: 2_500 },
        (_, i) => `${prefix}${'ab'.repeat(i % 5)}/${'é'.repeat(i % 3)}${i}.${i % 2 ? 'jpg' : 'x'}`,
      );
      const items = paths.toSorted().map((path) => ({ path, file: `/${path}`, bytes: 1, mtime: 1, categories: [] }));
      const run = await openRunFile(folder.at('paths.groupcam'), { create: true });
      run.setDataset(datasetOf(0, { items, splits: [] }));
      run.addVersion(VERSION);
      for (const text of [
        'a',
        'b/',
        '/',
        '7.jpg',
        '.x',
        'é',
        'éé1',
        'abababab/',
        '2499',
        '0.x',
        '1',
        'no such text',
        '/0.x',
      ]) {
        const found = (await rowsOf(run, `path ~ "${text}"`)).map(({ path }) => path);
        const expected = items.map(({ path }) => path).filter((path) => path.includes(text));
        assert.deepEqual(found, expected, text);
      }
      const more = [...items, { path: `${prefix}é7.jpg/last.x`, file: '/l', bytes: 1, mtime: 1, categories: [] }];
      more.sort((a, b) => (a.path < b.path ? -1 : 1));
      run.setDataset(datasetOf(0, { items: more, splits: [] }));
      for (const text of ['7.jpg', 'last']) {
        const expected = more.map(({ path }) => path).filter((path) => path.includes(text));
        assert.deepEqual(
          (await rowsOf(run, `path ~ "${text}"`)).map(({ path }) => path),
          expected,
        );
      }
      run.close();
    });
});
