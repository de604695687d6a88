import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { readItems } from '../../src/files/items';
import { sample } from '../../src/files/sample';
import { testFolder } from '../support/folder';
import { needs, project, shared } from '../support/shared';

const LABELS = ['tabby, house cat', 'crane', 'dog', 'crane'];

describe('what is evaluated', () => {
  const folder = testFolder();
  let said: string[] = [];
  beforeEach(() => {
    said = [];
  });
  const read = (name: string, mapping?: string, labels = LABELS) =>
    readItems(folder.at(name), labels, mapping, (text) => said.push(text));

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

  it('of a folder: not what is hidden; folders that were guessed, and those not understood, are named', async () => {
    for (const name of ['1.jpg', 'dogs/1.jpg', 'dog/2.jpg', 'elk/3.jpg', 'elk/4.jpg', '.cache/5.jpg', 'dog/._2.jpg'])
      folder.write(`set/${name}`, '');
    folder.write('set/__MACOSX/dog/1.jpg', '');
    const targets = async (mapping?: string) => (await read('set', mapping)).map(({ name, target }) => [name, target]);
    const dogs = [
      ['dog/2.jpg', { index: 2 }],
      ['dogs/1.jpg', { index: 2 }],
    ];
    assert.deepEqual(await targets(), [['1.jpg', 'top'], ...dogs, ['elk/3.jpg', 'top'], ['elk/4.jpg', 'top']]);
    assert.equal(said.length, 2);
    assert.match(said[0]!, /^folders taken for classes: dogs for dog$/);
    assert.match(said[1]!, /^1 of 3 folders mean no class .*top class: elk\. .*--mapping/);
    said = [];
    const mapping = folder.write('mapping.json', { categories: { elk: ['dog', 0], dogs: [] } });
    assert.deepEqual(await targets(mapping), [
      ['1.jpg', 'top'],
      dogs[0],
      ['elk/3.jpg', { among: [2, 0] }],
      ['elk/4.jpg', { among: [2, 0] }],
    ]);
    assert.deepEqual(said, []);
  });

  it('of a folder with the name of a class: images directly in it have that class', async () => {
    folder.write('dogs/1.jpg', '');
    assert.deepEqual(
      (await read('dogs')).map(({ target }) => target),
      [{ index: 2 }],
    );
    assert.match(said.join(), /dogs for dog/);
  });

  it('of YOLO: the dataset, its labels alone, and images with their labels beside them', async () => {
    folder.write('set/images/1.jpg', '');
    folder.write('set/labels/1.txt', '1 0.5 0.5 0.5 0.5');
    folder.write('set/classes.txt', 'elk\ndog');
    for (const [name, text] of Object.entries({ '1.png': '', '1.txt': '0 0.5 0.5 0.5 0.5', 'classes.txt': 'dog' }))
      folder.write(`flat/${name}`, text);
    for (const source of ['set', 'set/labels', 'flat']) {
      const [item, ...others] = await read(source);
      assert.deepEqual([item!.category, others], ['dog', []], source);
      assert.ok(existsSync(item!.image), item!.image);
    }
  });

  it('a folder without images, and a file of another kind, are refused', async () => {
    folder.write('set/notes.txt', '');
    await assert.rejects(read('set'), /set: .*there is no image in it/);
    await assert.rejects(read('set/notes.txt'), /notes\.txt: .*it is no folder, and no \.json or \.csv file/);
  });

  it('of a folder as published datasets have it', async function () {
    const source = shared('cases', 'data', 'wrongname');
    needs(this, source, 'folders called cats for cat');
    const labels = readFileSync(project('media', 'demo', 'demo-objects.labels.txt'), 'utf8')
      .trim()
      .split('\n');
    const items = await readItems(source, labels, undefined, (text) => said.push(text));
    assert.deepEqual(
      items.map(({ name, target }) => [name, target]),
      [
        ['cats/1.png', { index: labels.indexOf('cat') }],
        ['dogs/1.png', { index: labels.indexOf('dog') }],
      ],
    );
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
