/** Folders of images: classes by folder, splits, and what is left out. */
import assert from 'node:assert/strict';
import { chmodSync, rmSync, symlinkSync } from 'node:fs';
import { listDataset } from '../../../src/files/datasets/listed';
import { marked } from '../../../src/files/mark';
import { testFolder } from '../../support/folder';
import { needs, shared } from '../../support/shared';
import { brief } from './brief';

describe('a folder as a dataset', () => {
  const folder = testFolder();
  const images = (...names: string[]) => {
    for (const name of names) folder.write(name, 'x');
  };
  const list = async (name = '', labels?: readonly string[]) => {
    const dataset = await listDataset(folder.at(name), labels ? { labels } : {});
    return { ...dataset, items: brief(dataset) };
  };

  it('gives each image the class of its own folder, however deep', async () => {
    images('b.PNG', 'cat/1.jpg', 'cat/10.jpg', 'cat/2.jpg', 'animals/dog/3.webp', 'dog/4.bmp');
    const { items, categories, splits, notes, root } = await list();
    assert.deepEqual(items, [
      ['animals/dog/3.webp', 'dog'],
      ['b.PNG', ''],
      ['cat/1.jpg', 'cat'],
      ['cat/10.jpg', 'cat'],
      ['cat/2.jpg', 'cat'],
      ['dog/4.bmp', 'dog'],
    ]);
    assert.deepEqual(
      { categories, splits, notes, root },
      { categories: ['cat', 'dog'], splits: [], notes: [], root: folder.at('') },
    );
  });

  it('has the names of many images as they are, in their order, without those of other files', async () => {
    const names = Array.from(
      { length: 300 },
      (_, i) => `${['猫', 'é', 'a', '😀', 'Z'][i % 5]}${'x'.repeat(i % 7)}${i}.jpg`,
    );
    images(...names.map((name) => `cat/${name}`), ...names.map((name) => `cat/${name}.md`), 'cat/notes.txt');
    const { items, notes } = await list();
    const wanted = [...names].sort().map((name) => [`cat/${name}`, 'cat']);
    assert.deepEqual(items, wanted);
    assert.match(notes.join(), /301 files are no images and were left out: 300 \.md, 1 \.txt/);
  });

  it('says of each image how large and how old its file is', async () => {
    folder.write('a/1.jpg', 'four');
    const [item] = (await listDataset(folder.at(''))).items;
    assert.equal(item!.bytes, 4);
    assert.equal(item!.file, folder.at('a', '1.jpg'));
    assert.ok(Math.abs(item!.mtime - Date.now()) < 600_000);
  });

  it('takes the given folder for a class if the model has one of its name', async () => {
    images('dogs/1.jpg');
    assert.deepEqual((await list('dogs', ['cat', 'dog'])).items, [['1.jpg', 'dogs']]);
    assert.deepEqual((await list('dogs', ['cat', 'bird'])).items, [['1.jpg', '']]);
    assert.deepEqual((await list('dogs')).items, [['1.jpg', '']]);
  });

  it('takes splits from folders, and the class from the folder below', async () => {
    images(
      'set/train/cat/1.jpg',
      'set/train/dog/2.jpg',
      'set/valid/cat/3.jpg',
      'set/Test/4.jpg',
      'set/extra/dog/5.jpg',
    );
    const { items, splits } = await list();
    assert.deepEqual(items, [
      ['set/Test/4.jpg', '', 'Test'],
      ['set/extra/dog/5.jpg', 'dog'],
      ['set/train/cat/1.jpg', 'cat', 'train'],
      ['set/train/dog/2.jpg', 'dog', 'train'],
      ['set/valid/cat/3.jpg', 'cat', 'valid'],
    ]);
    assert.deepEqual(splits, ['Test', 'train', 'valid']);
  });

  it('splits alone beside each other need no classes', async () => {
    images('train/1.jpg', 'val2017/2.jpg', 'test/images/3.jpg');
    const { items } = await list();
    assert.deepEqual(items, [
      ['test/images/3.jpg', '', 'test'],
      ['train/1.jpg', '', 'train'],
      ['val2017/2.jpg', '', 'val2017'],
    ]);
  });

  it('a class may be called train', async () => {
    images('bus/1.jpg', 'train/2.jpg', 'truck/3.jpg');
    assert.deepEqual((await list()).items, [
      ['bus/1.jpg', 'bus'],
      ['train/2.jpg', 'train'],
      ['truck/3.jpg', 'truck'],
    ]);
    images('deep/train/train/4.jpg', 'deep/train/bus/5.jpg', 'deep/val/train/6.jpg');
    assert.deepEqual((await list('deep')).items, [
      ['train/bus/5.jpg', 'bus', 'train'],
      ['train/train/4.jpg', 'train', 'train'],
      ['val/train/6.jpg', 'train', 'val'],
    ]);
  });

  it('leaves out what is hidden, what systems left, and what is no image, and counts it', async () => {
    images('cat/1.jpg', 'cat/._1.jpg', '.cache/2.jpg', '__MACOSX/cat/1.jpg', 'cat/notes.md', 'README', 'a.md');
    const { items, notes } = await list();
    assert.deepEqual(items, [['cat/1.jpg', 'cat']]);
    assert.deepEqual(notes, [
      '3 hidden files or folders were left out.',
      '3 files are no images and were left out: 2 .md, 1 without extension.',
    ]);
  });

  it('names the files beside the images that may say their classes', async () => {
    images('images/1.jpg', 'annotations.json', 'readme.txt', 'labels.csv');
    const { notes } = await list();
    assert.deepEqual(notes, [
      '3 files are no images and were left out: 1 .csv, 1 .json, 1 .txt.',
      'If the .json or .csv says the classes of the images, inspect that file in place of the folder.',
    ]);
  });

  it('leaves out pictures that Group-CAM has drawn', async () => {
    images('cat/1.jpg');
    const png = Buffer.from('89504e470d0a1a0a0000000d49484452000000010000000108000000003a7e9b55', 'hex');
    folder.write('cat/1.281.png', marked(png, 'a map'));
    folder.write('cat/2.png', png);
    const { items, notes } = await list();
    assert.deepEqual(items, [
      ['cat/1.jpg', 'cat'],
      ['cat/2.png', 'cat'],
    ]);
    assert.deepEqual(notes, ['1 picture that Group-CAM has drawn was left out: cat/1.281.png.']);
  });

  it('follows links once, and says which lead in circles or to nothing', async () => {
    images('cat/1.jpg', 'elsewhere/dog/2.jpg');
    images('set/a/1.jpg');
    symlinkSync(folder.at('set'), folder.at('set', 'a', 'loop'));
    symlinkSync(folder.at('elsewhere', 'dog'), folder.at('set', 'dog'));
    symlinkSync(folder.at('elsewhere', 'dog'), folder.at('set', 'hound'));
    symlinkSync(folder.at('cat', '1.jpg'), folder.at('set', 'a', '2.jpg'));
    symlinkSync(folder.at('nowhere'), folder.at('set', 'gone'));
    symlinkSync(folder.at('nowhere.jpg'), folder.at('set', 'gone.jpg'));
    const { items, notes } = await list('set');
    assert.deepEqual(items, [
      ['a/1.jpg', 'a'],
      ['a/2.jpg', 'a'],
      ['dog/2.jpg', 'dog'],
    ]);
    assert.deepEqual(notes, [
      "1 folder or link that can't be read was left out: gone (a link to nothing).",
      '2 links to folders that are listed already were left out: a/loop, hound.',
      '1 image that is not there was left out: gone.jpg.',
    ]);
  });

  it('goes on where a folder in it is locked', async () => {
    images('cat/1.jpg', 'locked/2.jpg');
    chmodSync(folder.at(''), 0o755);
    chmodSync(folder.at('locked'), 0);
    // Root can read any folder, so the test goes on as nobody.
    const isRoot = process.getuid?.() === 0;
    if (isRoot) process.seteuid!(65534);
    try {
      const { items, notes } = await list();
      assert.deepEqual(items, [['cat/1.jpg', 'cat']]);
      assert.deepEqual(notes, ["1 folder or link that can't be read was left out: locked (EACCES)."]);
    } finally {
      if (isRoot) process.seteuid!(0);
      chmodSync(folder.at('locked'), 0o700);
    }
  });

  it('a limit draws the same images each time, in order, and a higher one adds to them', async () => {
    images(...Array.from({ length: 40 }, (_, i) => `${i}.jpg`));
    const drawn = async (limit: number) =>
      [...(await listDataset(folder.at(''), { limit })).items].map((item) => item.path);
    const ten = await drawn(10);
    assert.equal(ten.length, 10);
    assert.deepEqual(ten, [...ten].sort());
    assert.deepEqual(await drawn(10), ten);
    const twenty = await drawn(20);
    assert.ok(ten.every((name) => twenty.includes(name)));
    const { notes } = await listDataset(folder.at(''), { limit: 10 });
    assert.deepEqual(notes, ['10 of 40 images were drawn at random.']);
    assert.equal((await drawn(99)).length, 40);
  });

  it('a limit draws the images again that were drawn before, whatever was added, and says how many are gone', async () => {
    images(...Array.from({ length: 40 }, (_, i) => `${i}.jpg`));
    const first = await listDataset(folder.at(''), { limit: 10 });
    assert.equal(first.limit, 10);
    const drawn = new Set([...first.items].map((item) => item.path));
    images(...Array.from({ length: 60 }, (_, i) => `new${i}.jpg`));
    const again = await listDataset(folder.at(''), { limit: 10, drawn });
    assert.deepEqual(
      [...again.items].map((item) => item.path),
      [...drawn],
    );
    assert.deepEqual(again.notes, ['10 of 100 images were drawn at random.']);
    const [lost] = drawn;
    rmSync(folder.at(lost!));
    const other = await listDataset(folder.at(''), { limit: 10, drawn });
    const paths = [...other.items].map((item) => item.path);
    assert.equal(paths.length, 10);
    assert.deepEqual(
      [...drawn].filter((path) => !paths.includes(path)),
      [lost],
    );
    assert.deepEqual(other.notes, [
      '10 of 99 images were drawn at random.',
      '1 image that was drawn before is gone; others were drawn.',
    ]);
    const fewer = await listDataset(folder.at(''), { limit: 5, drawn });
    assert.ok([...fewer.items].every(({ path }) => drawn.has(path)));
    assert.deepEqual(fewer.notes, ['5 of 99 images were drawn at random.']);
  });

  it('tells how far it is, and stops when it is told to', async () => {
    images(...Array.from({ length: 30 }, (_, i) => `${i}.jpg`));
    const told: number[] = [];
    await listDataset(folder.at(''), { listed: (count) => told.push(count) });
    assert.equal(told.at(-1), 30);
    await assert.rejects(listDataset(folder.at(''), { signal: AbortSignal.abort() }), { code: 'cancelled' });
  });

  it('a folder without an image, or that is not there, is one clear error', async () => {
    images('notes.md', '.hidden.jpg');
    await assert.rejects(list(), {
      code: 'dataset-invalid',
      message: `${folder.at('')}: not a usable dataset (no image was found in it; 1 hidden file or folder was left out; 1 file is no image and was left out: 1 .md).`,
    });
    await assert.rejects(list('nowhere'), { code: 'dataset-invalid', message: /nowhere: .*no such file/ });
  });

  it('lists folders as published datasets have them', async function () {
    const source = shared('cases', 'data', 'wrongname');
    needs(this, source, 'folders called cats for cat');
    const dataset = await listDataset(source);
    assert.deepEqual(
      brief(dataset).filter(([, category]) => category !== 'hidden'),
      [
        ['cats/1.png', 'cats'],
        ['dogs/1.png', 'dogs'],
      ],
    );
  });
});
