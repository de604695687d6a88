/** What is kept in a run file over listings, commits and openings. */
import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import type { ListedDataset } from '../../../src/files/datasets/listed';
import { openRunFile } from '../../../src/runner/store/open';
import { testFolder } from '../../support/folder';
import { CATEGORIES, datasetOf, hashOf, LABELS, made, NO_EVENTS, rowFor, rowsOf, VERSION } from './made';

const COUNT = 300;

describe('a run file', () => {
  const folder = testFolder();
  const at = () => folder.at('r.groupcam');

  it('has the rows that were committed, exactly, also after it was closed', async () => {
    const first = await made(at(), COUNT, 20);
    const before = await rowsOf(first, '');
    first.close();
    const run = await openRunFile(at(), {});
    assert.deepEqual(await rowsOf(run, ''), before);
    for (const row of before) {
      const source = datasetOf(COUNT).items.find(({ path }) => path === row.path)!;
      assert.deepEqual(
        row.categories.map((index) => CATEGORIES[index]),
        source.categories,
      );
      assert.equal(row.split, source.split);
      if (row.state === 'waiting') continue;
      const committed = rowFor(row.item, row.categories);
      if ('error' in committed) {
        assert.equal(row.error, committed.error.message);
        continue;
      }
      const { swept, correct } = committed;
      assert.deepEqual(row.top, swept.top);
      assert.deepEqual([row.loss, row.margin, row.entropy], [swept.loss, swept.margin, swept.entropy]);
      assert.deepEqual(row.size, swept.size);
      assert.equal(row.correct, correct);
      const { method, layer, class: index, blank, ...measures } = row.map!;
      assert.deepEqual([method, layer, index, blank], ['grad-cam', 'relu5', swept.top[0]![0], swept.blank]);
      assert.deepEqual(measures, swept.measures);
    }
    assert.equal(before.filter(({ state }) => state === 'waiting').length, 20);
    run.close();
  });

  it('tells what it holds', async () => {
    const run = await made(at(), COUNT, 20);
    const { versions, ...info } = run.info();
    assert.deepEqual(info, {
      run: at(),
      source: '/data',
      root: '/data',
      items: COUNT,
      categories: CATEGORIES,
      splits: ['train', 'val'],
      notes: ['A note.'],
      tags: [],
      views: [],
      clusters: [],
    });
    const [version] = versions;
    const failed = (await rowsOf(run, 'failed')).length;
    assert.ok(failed > 10);
    assert.deepEqual(
      [version!.name, version!.labels, version!.done, version!.failed],
      ['net', LABELS, COUNT - 20 - failed, failed],
    );
    assert.deepEqual(run.versionChoice(1), { choice: { path: '/models/net.onnx' }, hash: 'abc+def', bytes: 10 });
    assert.equal(run.addVersion(VERSION), 1);
    assert.equal(run.addVersion({ ...VERSION, name: 'other', hash: 'x' }), 2);
    run.close();
  });

  it('gives maps and embeddings within half a step of what was committed, and thumbnails until their file is deleted', async () => {
    const run = await made(at(), COUNT, 0, folder.at('thumbnails'));
    const items = (await rowsOf(run, 'not failed')).map(({ item }) => item);
    const found = run.pictures({ version: 1, items, maps: true }, NO_EVENTS);
    for (const picture of await found) {
      const row = rowFor(picture.item, []);
      assert.ok('swept' in row);
      const { map, transform, thumbnail } = row.swept;
      assert.deepEqual(picture.transform, transform);
      assert.deepEqual(picture.inputSize, { width: 32, height: 32 });
      assert.deepEqual(picture.thumbnail && [...picture.thumbnail], [...thumbnail!]);
      const { lo, hi, values, height, width, offset, signed } = picture.map!;
      assert.deepEqual([height, width, offset, signed], [3, 4, 0.25, false]);
      for (const [i, value] of map!.map.entries())
        assert.ok(Math.abs(lo + (values[i]! / 255) * (hi - lo) - value) <= (hi - lo) / 510 + 1e-12);
    }
    run.close();
    rmSync(folder.at('thumbnails'), { recursive: true });
    const again = await openRunFile(at(), { thumbnails: folder.at('thumbnails') });
    const [picture] = await again.pictures({ version: 1, items: items.slice(0, 1), maps: false }, NO_EVENTS);
    assert.equal(picture!.thumbnail, undefined);
    again.keepThumbnails([[items[0]!, Uint8Array.of(9)]]);
    const [kept] = await again.pictures({ version: 1, items: items.slice(0, 1), maps: false }, NO_EVENTS);
    assert.deepEqual([...kept!.thumbnail!], [9]);
    again.close();
  });

  it('drops the rows of changed images, hides images that are gone, and shows them again', async () => {
    const run = await made(at(), COUNT);
    const before = await rowsOf(run, '');
    const { items, ...rest } = datasetOf(COUNT);
    const changed: ListedDataset = {
      ...rest,
      items: items
        .slice(10)
        .map((item, i) => (i === 0 ? { ...item, mtime: 1 } : i === 1 ? { ...item, categories: [] } : item)),
    };
    assert.deepEqual(run.setDataset(changed), { added: 0, changed: 2, gone: 10 });
    const now = await rowsOf(run, '');
    const plain = ({ duplicateOf: _, ...row }: (typeof before)[number]) => row;
    assert.deepEqual(now.slice(2).map(plain), before.slice(12).map(plain));
    assert.deepEqual(
      now.slice(0, 2).map(({ state, item }) => [state, item]),
      [10, 11].map((i) => ['waiting', before[i]!.item]),
    );
    assert.equal(run.info().items, COUNT - 10);
    assert.deepEqual(
      run.waiting(1, 5).map(({ id }) => id),
      now.slice(0, 2).map(({ item }) => item),
    );
    // The first image with the same bytes is one that is still there.
    const listed = new Set(now.map(({ item }) => item));
    for (const { duplicateOf } of now) assert.ok(duplicateOf === undefined || listed.has(duplicateOf));

    assert.deepEqual(run.setDataset(datasetOf(COUNT)), { added: 0, changed: 2, gone: 0 });
    const back = await rowsOf(run, '');
    assert.deepEqual(back.slice(0, 10).map(plain), before.slice(0, 10).map(plain));
    run.close();
  });

  it('takes another listing with fewer splits, and has those of the first again with its listing', async () => {
    const run = await made(at(), COUNT);
    const splits = async () => (await rowsOf(run, '')).map(({ split }) => split);
    const before = await splits();
    assert.ok(before.includes('val'));
    const other = { path: 'a.png', file: '/other/a.png', bytes: 1, mtime: 1, categories: [] };
    const without = datasetOf(COUNT, { items: [other], splits: [] });
    assert.deepEqual(run.setDataset(without), { added: 1, changed: 0, gone: COUNT });
    assert.deepEqual(await splits(), [undefined]);
    assert.deepEqual(run.setDataset(datasetOf(COUNT)), { added: 0, changed: 0, gone: 1 });
    assert.deepEqual(await splits(), before);
    run.close();
  });

  it('points identical files to the first, whatever the order in which they are computed', async () => {
    const run = await openRunFile(at(), { create: true });
    run.setDataset(datasetOf(20));
    const version = run.addVersion(VERSION);
    const ids = run.waiting(version, 20).map(({ id }) => id);
    const [a, b, c] = [ids[2]!, ids[5]!, ids[9]!];
    for (const item of [b, c, a])
      run.commitRows(version, [{ item, hash: hashOf(7), error: { code: 'internal', message: 'x' } }]);
    const duplicates = (await rowsOf(run, 'duplicate')).map(({ item, duplicateOf }) => [item, duplicateOf]);
    assert.deepEqual(duplicates, [
      [b, a],
      [c, a],
    ]);
    run.close();
  });

  it('copies the row of an item with the same bytes', async () => {
    const run = await openRunFile(at(), { create: true, thumbnails: folder.at('thumbnails') });
    run.setDataset(datasetOf(20));
    const version = run.addVersion(VERSION);
    const [from, to] = run.waiting(version, 2);
    assert.equal(run.twin(version, hashOf(1)), undefined);
    const row = rowFor(1, []);
    run.commitRows(version, [{ ...row, item: from!.id }]);
    assert.equal(run.twin(version, hashOf(1)), from!.id);
    run.copyRow(version, from!.id, to!.id);
    const [first, second] = await rowsOf(run, '');
    const { item: _a, path: _b, split: _c, categories: _d, ...original } = first!;
    const { item: _e, path: _f, split: _g, categories: _h, duplicateOf, ...copy } = second!;
    assert.deepEqual(copy, original);
    assert.equal(duplicateOf, from!.id);
    const [one, two] = await run.pictures({ version, items: [from!.id, to!.id], maps: true }, NO_EVENTS);
    assert.deepEqual({ ...two, item: 0 }, { ...one, item: 0 });
    run.close();
  });

  it('keeps better maps beside those of the sweep, and shows them', async () => {
    const run = await made(at(), COUNT);
    const [row] = await rowsOf(run, 'not failed');
    const method = { method: 'group-cam' as const, options: { groups: 8 }, blur: { kernel: 51, sigma: 50 } };
    const map = { height: 1, width: 2, offset: 0, signed: false, values: Float32Array.of(1, 3) };
    const better = { item: row!.item, method, layer: 'relu5', map, measures: { border: 0.25 } };
    run.commitMaps(1, [{ ...better, class: row!.top![0]![0] }]);
    const [shown] = (await rowsOf(run, '')).filter(({ item }) => item === row!.item);
    assert.deepEqual(shown!.map, { method: 'group-cam', layer: 'relu5', class: row!.top![0]![0], border: 0.25 });
    const [picture] = await run.pictures({ version: 1, items: [row!.item], maps: true }, NO_EVENTS);
    assert.deepEqual([picture!.map!.width, picture!.map!.lo, picture!.map!.hi], [2, 1, 3]);
    const others = (await rowsOf(run, '')).map(({ item }) => item);
    assert.deepEqual([...run.haveMap(1, method, others)], [row!.item]);
    assert.equal(run.haveMap(1, { ...method, options: {} }, others).size, 0);
    run.close();
  });

  it('gives what waits in the order of paths, what is on screen first', async () => {
    const run = await made(at(), COUNT, 50);
    const all = (await rowsOf(run, 'waiting')).map(({ item }) => item);
    assert.deepEqual(
      run.waiting(1, 3).map(({ id }) => id),
      all.slice(0, 3),
    );
    const done = (await rowsOf(run, 'not waiting'))[0]!.item;
    const first = [all[40]!, done, all[30]!];
    assert.deepEqual(
      run.waiting(1, 3, first).map(({ id }) => id),
      [all[40], all[30], all[0]],
    );
    assert.deepEqual(
      run.itemsOf(1, 'wrong'),
      (await rowsOf(run, 'wrong')).map(({ item }) => item),
    );
    assert.equal(run.itemsOf(1, 'all').length, run.info().versions[0]!.done);
    run.close();
  });

  it('drops rows whose classes mean other classes of the model than before', async () => {
    const run = await made(at(), COUNT);
    const dogs = (await rowsOf(run, 'true = dog')).filter(({ state }) => state !== 'waiting');
    assert.equal(run.addVersion({ ...VERSION, classes: [[0, 3], [1], [1], []] }), 1);
    const dropped = await rowsOf(run, 'waiting');
    const isDog = ({ categories }: { readonly categories: readonly number[] }) => categories.includes(1);
    assert.deepEqual(
      dropped.map(({ item }) => item),
      (await rowsOf(run, '')).filter(isDog).map(({ item }) => item),
    );
    assert.ok(dogs.length > 0);
    run.close();
  });
});
