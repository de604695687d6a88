/** The work that finds clusters, on a run file with made up rows. */
import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { errors } from '../../../src/core/errors';
import type { RunFile } from '../../../src/runner/store/form';
import { testFolder } from '../../support/folder';
import { LABELS, rowsOf } from '../store/made';
import { COUNT, preparedRun, work } from './cluster-work';

describe('work on clusters', () => {
  const folder = testFolder();

  const prepared = (name?: string) => preparedRun(folder, name);
  const judged = (run: RunFile) =>
    Object.fromEntries(run.clusters.classes(1, 'predicted').map((one) => [one.class, one.set?.judged]));

  it('finds the clusters of all classes, in which each image with a map is once', async () => {
    const run = await prepared();
    const { told, transplants, last } = await work(run);
    assert.deepEqual(last, { done: 4, failed: 0, total: 4 });
    assert.deepEqual(
      told.map(({ done }) => done),
      [0, 1, 2, 3, 4],
    );
    assert.deepEqual(
      transplants.map((asked) => asked.class),
      [0, 1, 2, 3],
    );
    const sets = run.clusters.sets(1, 'predicted');
    assert.deepEqual(sets.map(({ name }) => name).sort(), [...LABELS].sort());
    const rows = await rowsOf(run, 'not failed');
    for (const set of sets) {
      const of = rows.filter(({ top }) => top![0]![0] === set.class);
      assert.equal(set.images, of.length);
      assert.equal(set.blank, of.filter(({ map }) => map!.blank).length);
      assert.ok(set.clusters.length >= 2 && set.clusters.every(({ suspicion, image }) => suspicion && image));
      const found = await Promise.all(set.clusters.map(({ name }) => rowsOf(run, `cluster = "${name}"`)));
      assert.deepEqual(
        found
          .flat()
          .map(({ item }) => item)
          .sort((a, b) => a - b),
        of
          .filter(({ map }) => !map!.blank)
          .map(({ item }) => item)
          .sort((a, b) => a - b),
      );
      set.clusters.forEach(({ examples }, k) => {
        const members = new Set(found[k]!.map(({ item }) => item));
        assert.equal(examples.length, Math.min(9, members.size));
        assert.ok(examples.every((item) => members.has(item)));
      });
      const { layout, places } = run.clusters.scatter(1, set.name);
      assert.equal(layout, 'umap');
      assert.ok(places.every((place) => place >= 0 && place <= 1) && new Set(places).size > of.length);
    }
    run.close();
  });

  it('gives the same clusters and the same places each time', async () => {
    const a = await prepared('a.groupcam');
    await work(a);
    const b = await prepared('b.groupcam');
    await work(b, { classes: [3, 2] });
    await work(b);
    assert.deepEqual(b.clusters.sets(1, 'predicted'), a.clusters.sets(1, 'predicted'));
    for (const name of LABELS) assert.deepEqual(b.clusters.scatter(1, name), a.clusters.scatter(1, name));
    a.close();
    b.close();
  });

  it('keeps what is done when it is cancelled, and does the rest the next time', async () => {
    const run = await prepared();
    const first = await work(run, { cancelAt: 2 });
    assert.equal(first.ended, 'cancelled');
    assert.deepEqual(
      run.clusters
        .sets(1, 'predicted')
        .map((set) => set.class)
        .sort(),
      [0, 1],
    );
    const second = await work(run);
    assert.deepEqual(
      second.transplants.map((asked) => asked.class),
      [2, 3],
    );
    assert.deepEqual(
      run.clusters.classes(1, 'predicted').map(({ set }) => set!.layout),
      Array(4).fill('umap'),
    );
    assert.deepEqual((await work(run)).last, { done: 0, failed: 0, total: 0 });
    run.commitRows(1, [
      { item: (await rowsOf(run, 'predicted = dog'))[0]!.item, error: { code: 'x', message: 'broken' } },
    ]);
    assert.deepEqual(
      (await work(run)).transplants.map((asked) => asked.class),
      [2],
      'only the class that has changed',
    );
    run.close();
  });

  it('is cancelled in the midst of a class, of which then nothing is kept', async () => {
    const run = await prepared();
    let asked = 0;
    const { ended } = await work(run, {
      before: () => {
        if (++asked === 2) throw errors.cancelled();
      },
    });
    assert.equal(ended, 'cancelled');
    assert.deepEqual(
      run.clusters.sets(1, 'predicted').map((set) => set.class),
      [0],
    );
    run.close();
  });

  it('asks again when the engine has ended; where it always ends, only that class has no suspicion', async () => {
    const run = await prepared();
    let deaths = 0;
    const once = await work(run, {
      classes: [0],
      before: () => {
        if (deaths++ < 2) throw errors.engineCrashed('signal SIGSEGV');
      },
    });
    assert.deepEqual([once.transplants.length, once.last], [3, { done: 1, failed: 0, total: 1 }]);
    const { last } = await work(run, {
      before: (asked) => {
        if (asked.class === 2) throw errors.engineCrashed('signal SIGSEGV');
      },
    });
    assert.deepEqual([last.done, last.failed, last.total], [2, 1, 3]);
    assert.match(last.reason!, /^dog: its clusters were found without their suspicion: .*SIGSEGV/);
    assert.deepEqual(judged(run), { 0: true, 1: true, 2: false, 3: true });
    await work(run);
    assert.deepEqual(judged(run), { 0: true, 1: true, 2: true, 3: true });
    run.close();
  });

  it('finds clusters without a suspicion where the model is gone or changes meanwhile, and says so', async () => {
    const run = await prepared();
    const gone = async () => {
      throw errors.modelMissing('/models/net.onnx');
    };
    const { last, transplants } = await work(run, { check: gone });
    assert.equal(transplants.length, 0);
    assert.deepEqual([last.done, last.failed, last.total], [4, 0, 4]);
    assert.match(last.reason!, /^Clusters were found without their suspicion: \/models\/net\.onnx: no such model file/);
    assert.deepEqual(judged(run), { 0: false, 1: false, 2: false, 3: false });
    let checks = 0;
    await work(run, { check: async () => void (++checks > 2 && (await gone())) });
    assert.deepEqual(judged(run), { 0: true, 1: false, 2: false, 3: false });
    run.close();
  });

  it('has no suspicion where the images that it needs have changed or are gone', async () => {
    const run = await prepared();
    for (let i = 0; i < COUNT; i++) rmSync(folder.at(`${i}.png`));
    const { last, transplants } = await work(run, { classes: [1] });
    assert.equal(transplants.length, 0);
    assert.match(
      last.reason!,
      /icecream: its clusters were found without their suspicion: its images can't be read \(.*no such/,
    );
    run.close();
  });

  it('names the classes that have too few images, and forgets the clusters of one that had enough', async () => {
    const run = await prepared();
    await work(run, { classes: [3] });
    const rows = await rowsOf(run, 'predicted = bird');
    run.commitRows(
      1,
      rows.slice(0, rows.length - 5).map(({ item }) => ({ item, error: { code: 'x', message: 'broken' } })),
    );
    const { last } = await work(run, { classes: [3] });
    assert.deepEqual(last, {
      ...{ done: 0, failed: 1, total: 1 },
      reason: 'too few images for clusters, which need 20: bird (5)',
    });
    assert.deepEqual(run.clusters.sets(1, 'predicted'), []);
    run.close();
  });

  it('of true classes are not found any more once the classes are listed in another order', async () => {
    const run = await prepared();
    const { items, ...dataset } = run.listed(1).dataset;
    const listed = { ...dataset, items: [...items], categories: [...dataset.categories].reverse() };
    const before = () => void run.setDataset(listed);
    const { ended, told } = await work(run, { by: 'true', classes: [0, 1], before });
    assert.equal(ended, 'work-failed');
    assert.equal(told.at(-1)!.done, 0);
    assert.deepEqual(run.clusters.sets(1, 'true'), []);
    assert.equal((await work(run, { by: 'predicted', before })).ended, undefined);
  });

  it('by the true class looks for the class of the model that the category means', async () => {
    const run = await prepared();
    const { transplants, last } = await work(run, { by: 'true', classes: [0, 1, 3] });
    // `cats` means two classes, of which the one that is predicted more often is meant; `none` means no class.
    const cats = (await rowsOf(run, 'true = cats')).filter(({ top }) => top);
    const count = (index: number) => cats.filter(({ top }) => top![0]![0] === index).length;
    assert.deepEqual(
      transplants.map((asked) => asked.class),
      [count(3) > count(0) ? 3 : 0, 2],
    );
    assert.match(
      last.reason!,
      /^none: its clusters were found without their suspicion: no class of the model means it/,
    );
    assert.deepEqual(
      run.clusters
        .sets(1, 'true')
        .map(({ name }) => name)
        .sort(),
      ['true cats', 'true dog', 'true none'],
    );
    run.close();
  });
});
