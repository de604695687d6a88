/** Plans: their ids, how they are shared, and which are refused. */
import assert from 'node:assert/strict';
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import type { ListedItem } from '../../../src/files/datasets/listed';
import { openPlan, sharePlan } from '../../../src/runner/shards/plan';
import { testFolder } from '../../support/folder';
import { datasetOf, VERSION } from '../store/made';
import { PRODUCT, planned, WITH_MAPS } from './made';

const BOX = { left: 1, top: 2, width: 3.5, height: 4 };

/** The same images with something else about the one at this position. */
const changed = (at: number, change: Partial<ListedItem>) => ({
  items: datasetOf(25).items.map((item, i) => (i === at ? { ...item, ...change } : item)),
});

describe('plans', () => {
  const folder = testFolder();

  it('have the same id wherever images and model lie, and another for all that results depend on', async () => {
    const first = await planned(25);
    const elsewhere = await planned(
      25,
      {
        root: '/mnt/b',
        source: '/mnt/b',
        notes: ['Another.'],
        items: datasetOf(25).items.map((item) => ({ ...item, file: `/mnt/b/${item.path}` })),
      },
      WITH_MAPS,
      { ...VERSION, model: '/mnt/net.onnx', name: 'other', choice: { path: '/mnt/net.onnx' } },
    );
    assert.equal(elsewhere.file.id, first.file.id);
    const others = await Promise.all([
      planned(24),
      planned(25, changed(3, { bytes: 7 })),
      planned(25, changed(3, { mtime: 7 })),
      planned(25, changed(3, { categories: [] })),
      planned(25, changed(24, { split: 'other' })),
      planned(
        25,
        changed(24, {
          annotated: { file: 'x', size: { width: 1, height: 1 }, regions: [{ category: 'a', box: BOX }] },
        }),
      ),
      planned(25, {}, { for: 'wrong' }),
      planned(25, {}, { ...WITH_MAPS, for: 'all' }),
      planned(25, {}, WITH_MAPS, { ...VERSION, hash: 'other+def' }),
      planned(25, {}, WITH_MAPS, { ...VERSION, classes: [[0], [2], [1], []] }),
      planned(25, {}, WITH_MAPS, VERSION, '1.2.4'),
    ]);
    const ids = new Set([first, ...others].map(({ file }) => file.id));
    assert.equal(ids.size, 12);
  });

  it('are read as they were made, by any root', async () => {
    const outline = {
      polygons: [
        [
          { x: 1, y: 2 },
          { x: 3, y: 4 },
          { x: 1, y: 9 },
        ],
      ],
    };
    const regions = [
      { category: 'dog', box: BOX, outline },
      { category: 'cats', box: BOX, outline: { runs: [3, 4, 5] } },
    ];
    const { items } = datasetOf(25);
    const annotated = { file: items[12]!.file, size: { width: 9, height: 8 }, regions };
    const made = await planned(25, changed(12, { annotated }));
    const plan = await sharePlan(folder.at('a', 'b'), made);
    assert.deepEqual([plan.shards, plan.range(2)], [3, { from: 20, to: 25 }]);
    const read = (await Promise.all([0, 1, 2].map((shard) => plan.itemsOf(shard, undefined, '/elsewhere')))).flat();
    const names = datasetOf(25).categories;
    assert.deepEqual(
      read.map(({ categories, annotated: found, ...item }) => ({
        ...item,
        categories: categories.map((i) => names[i]),
        regions: found?.regions,
      })),
      items.map(({ file: _, ...item }, position) => ({
        ...item,
        position,
        file: path.join('/elsewhere', item.path),
        regions: position === 12 ? regions : undefined,
      })),
    );
    assert.equal(read[12]!.annotated!.file, read[12]!.file);
    assert.deepEqual(
      (await plan.itemsOf(1, { from: 13, to: 15 })).map(({ position }) => position),
      [13, 14],
    );
  });

  it('are written anew where one was begun and never ended', async () => {
    const made = await planned(25);
    const whole = JSON.stringify(made.file, null, 2);
    for (const [i, torn] of ['', whole.slice(0, 300), whole].entries()) {
      mkdirSync(folder.at(`torn${i}`));
      writeFileSync(folder.at(`torn${i}`, 'plan.json'), torn);
      assert.equal((await sharePlan(folder.at(`torn${i}`), made)).file.id, made.file.id);
      assert.equal((await openPlan(folder.at(`torn${i}`))).file.id, made.file.id);
    }
  });

  it('are written once, however many machines come at the same moment', async () => {
    const plans = await Promise.all(
      Array.from({ length: 8 }, async () => sharePlan(folder.at('s'), await planned(25))),
    );
    assert.equal(new Set(plans.map(({ file }) => file.id)).size, 1);
    const names = readdirSync(folder.at('s')).map((name) => name.replace(/-[0-9a-f]{16}/, ''));
    assert.deepEqual(names.sort(), ['plan.index', 'plan.items', 'plan.json']);
  });

  it('that differ are refused with what differs, and nothing is written', async () => {
    await sharePlan(folder.at('s'), await planned(25));
    const before = readdirSync(folder.at('s'));
    const third = datasetOf(25).items[13]!.path;
    for (const [other, message] of [
      [planned(24), /the number of images there, 25, is not that here, 24/],
      [planned(25, changed(13, { mtime: 7 })), new RegExp(`${third} here is not ${third} there, .*modification time`)],
      [planned(25, changed(24, { split: 'other' })), /known of the images from number 20 on/],
      [planned(25, {}, { for: 'wrong' }), /choice of maps there, group-cam for wrong, is not that here, no maps/],
      [
        planned(25, {}, WITH_MAPS, { ...VERSION, hash: 'other+def' }),
        /its model is another file than \/models\/net.onnx/,
      ],
      [planned(25, {}, WITH_MAPS, { ...VERSION, hash: 'abc+other' }), /preprocessing, layer or labels/],
      [planned(25, {}, WITH_MAPS, VERSION, '1.2.4'), /made by Group-CAM 1\.2\.3 \(protocol 4\), and this is 1\.2\.4/],
      [planned(25, {}, WITH_MAPS, { ...VERSION, classes: [[0], [2], [1], []] }), /mean to the model/],
    ] as const)
      await assert.rejects(sharePlan(folder.at('s'), await other), { code: 'plan-differs', message });
    assert.deepEqual(readdirSync(folder.at('s')), before);
  });

  for (const name of ['../outside.png', '/etc/outside.png', 'a/../../outside.png', 'C:\\outside.png'])
    it(`have no image outside of the dataset: ${name}`, async () => {
      await assert.rejects(planned(25, changed(4, { path: name })), {
        code: 'dataset-invalid',
        message: /outside of the folder/,
      });
    });

  it('that are not there, damaged, made up or no files are refused with one line', async () => {
    const at = folder.at('s');
    await assert.rejects(openPlan(at), { code: 'shared-invalid', message: /no plan is in it/ });
    const made = await planned(25);
    const part = (ending: string) => path.join(at, readdirSync(at).find((name) => name.endsWith(ending))!);
    const refused = async (damage: () => void, message: RegExp, use = async () => void (await openPlan(at))) => {
      rmSync(at, { recursive: true, force: true });
      await sharePlan(at, made);
      damage();
      await assert.rejects(use(), (thrown: Error & { code?: string }) => {
        assert.equal(thrown.code, 'shared-invalid', thrown.message);
        assert.match(thrown.message, message);
        assert.ok(!thrown.message.includes('\n'));
        return true;
      });
    };
    const edit = (ending: string, from: string | RegExp, to: string) => () =>
      writeFileSync(part(ending), readFileSync(part(ending), 'latin1').replace(from, to), 'latin1');
    const readItems = async () => void (await (await openPlan(at)).itemsOf(1));
    await refused(edit('.json', '"items": 25', '"items": 24'), /content is not what its id says/);
    await refused(edit('.json', '"hash": "abc+def"', '"hash": "abc+dee"'), /content is not what its id says/);
    await refused(edit('.json', '"size": 10', '"size": "ten"'), /size: must be a number/);
    await refused(edit('.json', '{', '['), /not JSON/);
    await refused(() => appendFileSync(part('.index'), 'x'), /109 bytes instead of 108/);
    await refused(edit('.index', /^./s, 'x'), /content is not what its id says/);
    await refused(edit('.items', /val\/0/g, 'val/1'), /images of shard 2 are not what the plan says/, readItems);
    await refused(() => rmSync(part('.items')), /plan-.*\.items/, readItems);
    for (const ending of ['.json', '.index', '.items'])
      await refused(
        () => {
          const file = part(ending);
          writeFileSync(folder.at('elsewhere'), readFileSync(file));
          rmSync(file);
          symlinkSync(folder.at('elsewhere'), file);
        },
        /it is a link/,
        readItems,
      );
    await refused(() => {
      rmSync(part('.json'));
      mkdirSync(path.join(at, 'plan.json'));
    }, /it is a folder/);
  });

  it('made up by somebody with images outside of the root are refused before one is opened', async () => {
    const at = folder.at('s');
    const { createHash } = await import('node:crypto');
    const made = await planned(25);
    await sharePlan(at, made);
    // Lines, index and id that agree with each other, as only a program makes them.
    const items = readFileSync(path.join(at, readdirSync(at).find((name) => name.endsWith('.items'))!), 'utf8');
    const lines = items
      .split('\n')
      .slice(0, 10)
      .map((line) => `${line}\n`);
    lines[4] = lines[4]!.replace(/"path":"[^"]*"/, '"path":"../../../etc/passwd"');
    const text = lines.join('');
    const index = Buffer.alloc(36);
    index.writeUInt32LE(Buffer.byteLength(text), 0);
    createHash('sha256').update(text).digest().copy(index, 4);
    const { form, product, size, dataset, version, options } = made.file;
    const maps = options.maps!;
    const method = [maps.method, Object.entries(maps.options), maps.blur.kernel, maps.blur.sigma];
    const known = [
      form,
      product,
      method,
      options.for,
      size,
      10,
      dataset.categories,
      dataset.splits,
      version.hash,
      version.classes,
    ];
    const id = createHash('sha256').update(JSON.stringify(known)).update(index).digest('hex');
    rmSync(at, { recursive: true });
    mkdirSync(at);
    writeFileSync(path.join(at, 'plan.json'), JSON.stringify({ ...made.file, items: 10, id }));
    writeFileSync(path.join(at, `plan-${id.slice(0, 16)}.index`), index);
    writeFileSync(path.join(at, `plan-${id.slice(0, 16)}.items`), text);
    const plan = await openPlan(at);
    await assert.rejects(plan.itemsOf(0), { code: 'shared-invalid', message: /image 4: it lies outside/ });
    assert.ok(existsSync('/etc/passwd'));
    assert.equal(made.file.product, PRODUCT);
  });
});
