import assert from 'node:assert/strict';
import path from 'node:path';
import { readItems, sample } from '../../../src/cli/evaluate/items';
import { testFolder } from '../../support/folder';

const LABELS = ['tabby, house cat', 'crane', 'dog', 'crane'];

describe('what is evaluated', () => {
  const folder = testFolder();
  const read = (name: string, mapping?: string) => readItems(folder.at(name), LABELS, mapping);

  it('of a folder: images, whose own folder may be named after a class', async () => {
    for (const name of ['set/dog/1.jpg', 'set/dog/notes.txt', 'set/house cat/2.PNG', 'set/other/3.webp', 'set/4.bmp'])
      folder.write(name, '');
    assert.deepEqual(
      (await read('set')).map(({ name, target }) => [name, target]),
      [
        ['4.bmp', 'top'],
        ['dog/1.jpg', { index: 2 }],
        ['house cat/2.PNG', { index: 0 }],
        ['other/3.webp', 'top'],
      ],
    );
    folder.write('set/crane/5.jpg', '');
    await assert.rejects(read('set'), { code: 'ambiguous-class' });
  });

  it('of a list: images relative to it, with a class by label or index, or the top one', async () => {
    folder.write('lists/all.csv', 'image,note,class\na.jpg,,dog\n"b, c.jpg",x,3\n../d.jpg,"two\nlines",\n');
    assert.deepEqual(await read('lists/all.csv'), [
      { name: 'a.jpg (dog)', image: folder.at('lists', 'a.jpg'), target: { index: 2 } },
      { name: 'b, c.jpg (3)', image: folder.at('lists', 'b, c.jpg'), target: { index: 3 } },
      { name: '../d.jpg', image: folder.at('d.jpg'), target: 'top' },
    ]);
  });

  it('of annotations: each category of an image that the model has classes for', async () => {
    const boxes = [
      { image_id: 1, category_id: 1, bbox: [0, 0, 5, 5] },
      { image_id: 1, category_id: 2, bbox: [5, 5, 5, 5] },
      { image_id: 1, category_id: 1, bbox: [1, 1, 2, 2] },
    ];
    folder.write('coco.json', {
      images: [{ id: 1, file_name: 'a.jpg', width: 10, height: 10 }],
      categories: [
        { id: 1, name: 'dog' },
        { id: 2, name: 'bird' },
      ],
      annotations: boxes,
    });
    folder.write('a.jpg', '');
    const targets = async (mapping?: string) =>
      (await read('coco.json', mapping)).map(({ name, target, category }) => [name, target, category]);
    assert.deepEqual(await targets(), [['a.jpg (dog)', { among: [2] }, 'dog']]);
    const mapping = folder.write('mapping.json', { categories: { bird: [1, 3] } });
    assert.deepEqual(await targets(mapping), [['a.jpg (bird)', { among: [1, 3] }, 'bird']]);
  });

  for (const [what, text, message] of [
    ['a column without a name', 'file\na.jpg\n', /list.csv:2: .*no "image"/],
    ['an image twice', 'image\na.jpg\na.jpg\n', /list.csv:3: .*twice/],
    ['a class that the model has not', 'image,class\na.jpg,dgo\n', /list.csv:2: .*dgo.*dog/],
    ['no line', 'image\n', /no image/],
    ['a torn quote', 'image\n"a.jpg\n', /list.csv: /],
  ] as const) {
    it(`a list with ${what} is refused by name`, async () => {
      folder.write('list.csv', text);
      await assert.rejects(read('list.csv'), (error: Error & { code: string }) => {
        assert.equal(error.code, 'list-invalid');
        assert.match(error.message, message);
        return true;
      });
    });
  }

  it('a missing folder is one clear error', async () => {
    await assert.rejects(read('nowhere'), { code: 'list-invalid' });
  });

  it('a limit draws from all of them, and a higher one adds to those', () => {
    const items = Array.from(
      { length: 50 },
      (_, i) => ({ name: `${i}`, image: path.join('/', `${i}`), target: 'top' }) as const,
    );
    const names = (limit: number, seed = 0) => sample(items, limit, seed).map(({ name }) => name);
    assert.equal(names(10).length, 10);
    assert.ok(names(10).some((name) => Number(name) >= 25));
    assert.ok(names(10).every((name) => names(20).includes(name)));
    assert.deepEqual(
      names(20).map(Number),
      names(20)
        .map(Number)
        .sort((a, b) => a - b),
    );
    assert.notDeepEqual(names(10), names(10, 1));
    assert.equal(names(99).length, 50);
  });
});
