/** Sets of clusters in a run file: what is written comes back, and what has changed since is known. */
import assert from 'node:assert/strict';
import { DatabaseSync } from 'node:sqlite';
import { openRunFile } from '../../../src/runner/store/open';
import { testFolder } from '../../support/folder';
import { CATEGORIES, CLASSES, datasetOf, LABELS, made, NO_EVENTS, rowFor, rowsOf, VERSION } from './made';
import { setOf } from './made-clusters';

const COUNT = 300;

describe('clusters of a run file', () => {
  const folder = testFolder();
  const at = () => folder.at('r.groupcam');

  it('come back as they were written, also after the file was closed', async () => {
    const run = await made(at(), COUNT, 20);
    const rows = await rowsOf(run, '');
    const dogs = rows.filter(({ top }) => top?.[0]?.[0] === 2);
    const set = setOf(run, 'predicted', 2);
    assert.deepEqual(
      [...set.items],
      dogs.map(({ item }) => item),
    );
    run.clusters.commit(1, set);
    const found = run.clusters.sets(1, 'predicted');
    run.close();
    const again = await openRunFile(at(), {});
    assert.deepEqual(again.clusters.sets(1, 'predicted'), found);
    assert.deepEqual(again.clusters.sets(1, 'true'), []);
    const [dog] = found;
    assert.deepEqual(
      { ...dog, clusters: [] },
      {
        name: 'dog',
        by: 'predicted',
        class: 2,
        images: dogs.length,
        blank: Math.floor(dogs.length / 10),
        outdated: false,
        clusters: [],
      },
    );
    dog!.clusters.forEach((cluster, k) => {
      const members = dogs.filter((_, n) => n % 10 !== 9 && n % 3 === k);
      const judged = members.filter(({ correct }) => correct !== undefined);
      assert.equal(cluster.name, `dog ${k + 1}`);
      assert.equal(cluster.size, members.length);
      assert.equal(cluster.accuracy, judged.filter(({ correct }) => correct).length / judged.length);
      assert.deepEqual(
        { ...cluster.map, values: [...cluster.map.values] },
        { ...set.clusters[k]!.map, values: [...set.clusters[k]!.map.values] },
      );
      assert.deepEqual(
        cluster.image && { ...cluster.image, rgb: [...cluster.image.rgb] },
        k === 0 ? { ...set.clusters[0]!.image!, rgb: [...set.clusters[0]!.image!.rgb] } : undefined,
      );
      assert.deepEqual(cluster.suspicion, set.clusters[k]!.suspicion);
      assert.deepEqual(cluster.examples, set.clusters[k]!.examples);
    });
    const scatter = again.clusters.scatter(1, 'dog');
    assert.equal(scatter.layout, 'pca');
    assert.deepEqual(scatter.items, set.items);
    assert.deepEqual(scatter.places, set.places);
    assert.deepEqual(scatter.cluster, set.cluster);
    assert.deepEqual(
      [...scatter.correct],
      dogs.map(({ correct }) => (correct === undefined ? 2 : Number(correct))),
    );
    again.close();
  });

  it('the set with the most suspicious cluster comes first, and one without a suspicion last', async () => {
    const run = await made(at(), COUNT);
    run.clusters.commit(1, setOf(run, 'predicted', 0, [0.9, 0.2]));
    run.clusters.commit(1, setOf(run, 'predicted', 1, [undefined, undefined]));
    run.clusters.commit(1, setOf(run, 'predicted', 2, [1.2, 1.9]));
    run.clusters.commit(1, setOf(run, 'predicted', 3, [1.4]));
    run.clusters.commit(1, setOf(run, 'true', 1, [2.5]));
    assert.deepEqual(
      run.clusters.sets(1, 'predicted').map(({ name }) => name),
      ['dog', 'bird', 'cat', 'ice cream, icecream'],
    );
    assert.deepEqual(run.info().clusters, [
      { version: 1, sets: 5, suspicious: ['true dog 1', 'dog 2', 'bird 1', 'dog 1'] },
    ]);
    assert.deepEqual(
      run.clusters.classes(1, 'predicted').map(({ set }) => set),
      [true, false, true, true].map((judged, i) => ({ name: LABELS[i], outdated: false, judged, layout: 'pca' })),
    );
    run.close();
  });

  it('of classes with the same label have different names, and keep them when they are found again', async () => {
    const run = await openRunFile(at(), { create: true });
    run.setDataset(datasetOf(COUNT));
    run.addVersion({ ...VERSION, labels: ['crane', 'crane', 'true dog', ''], classes: [[0], [1], [2], [3]] });
    run.commitRows(
      1,
      run.waiting(1, COUNT).map(({ id, categories }) => rowFor(id, categories)),
    );
    for (const index of [0, 1, 2, 3]) run.clusters.commit(1, setOf(run, 'predicted', index));
    run.clusters.commit(1, setOf(run, 'true', 1));
    const names = () =>
      [...run.clusters.sets(1, 'predicted'), ...run.clusters.sets(1, 'true')].map(({ name }) => name).sort();
    const expected = ['class 3', 'crane', 'crane@2', 'true dog', 'true dog@2'];
    assert.deepEqual(names(), expected);
    run.clusters.commit(1, setOf(run, 'predicted', 0));
    assert.deepEqual(names(), expected);
    run.close();
  });

  it('are outdated once a row of the class has changed, and others are not', async () => {
    const run = await made(at(), COUNT, 40);
    const commit = () => {
      for (const index of [0, 1, 2, 3]) run.clusters.commit(1, setOf(run, 'predicted', index));
    };
    const outdated = () =>
      run.clusters
        .sets(1, 'predicted')
        .filter((set) => set.outdated)
        .map(({ name }) => name)
        .sort();
    commit();
    assert.deepEqual(outdated(), []);
    // Tags, better maps and failures change nothing.
    const { list } = await run.list({ version: 1, query: '', first: 0 }, NO_EVENTS);
    run.tag({ version: 1, of: { list }, tag: 'x', on: true }, NO_EVENTS);
    const waiting = run.waiting(1, 40).map(({ id, categories }) => rowFor(id, categories));
    run.commitRows(
      1,
      waiting.filter((row) => 'error' in row),
    );
    assert.deepEqual(outdated(), []);
    const cat = waiting.find((row) => 'swept' in row && row.swept.top[0]![0] === 0)!;
    run.commitRows(1, [cat]);
    assert.deepEqual(outdated(), ['cat']);
    commit();
    assert.deepEqual(outdated(), []);
    // Another image at the same path, of which the same class is predicted.
    const dog = (await rowsOf(run, 'predicted = dog'))[0]!;
    const row = rowFor(dog.item, dog.categories);
    assert.ok('swept' in row);
    run.commitRows(1, [{ ...row, swept: { ...row.swept, entropy: 0.123 } }]);
    assert.deepEqual(outdated(), ['dog']);
    commit();
    // Other boxes, though the network says the same.
    const dataset = datasetOf(COUNT);
    const bird = (await rowsOf(run, 'predicted = bird'))[0]!;
    const items = dataset.items.map((item) =>
      item.path === bird.path
        ? { ...item, annotated: { file: 'a.json', size: { width: 4, height: 4 }, regions: [] } }
        : item,
    );
    run.setDataset({ ...dataset, items });
    run.commitRows(1, [rowFor(bird.item, bird.categories)]);
    assert.deepEqual(outdated(), ['bird']);
    run.close();
    const again = await openRunFile(at(), {});
    assert.ok(again.clusters.sets(1, 'predicted').find(({ name }) => name === 'bird')!.outdated);
    again.close();
  });

  it('can be read when images are gone, and know their category when it has another position', async () => {
    const run = await made(at(), COUNT);
    run.clusters.commit(1, setOf(run, 'predicted', 2));
    run.clusters.commit(1, setOf(run, 'true', 1));
    run.clusters.commit(1, setOf(run, 'true', 0));
    const before = run.clusters.scatter(1, 'dog');
    const dataset = datasetOf(COUNT);
    const gone = new Set((await rowsOf(run, 'cluster = "dog 1"')).map(({ path }) => path));
    const { size } = run.clusters.sets(1, 'predicted')[0]!.clusters[0]!;
    assert.equal(gone.size, size);
    const categories = ['ice', 'dog', 'none'];
    run.setDataset({
      ...dataset,
      categories,
      items: dataset.items
        .filter(({ path }) => !gone.has(path))
        .map((item) => ({ ...item, categories: item.categories.filter((name) => categories.includes(name)) })),
    });
    const [dog] = run.clusters.sets(1, 'predicted');
    assert.deepEqual([dog!.outdated, dog!.clusters[0]!.size, dog!.clusters[0]!.examples], [true, 0, []]);
    assert.equal(dog!.images, before.items.length - size);
    assert.equal(run.clusters.scatter(1, 'dog').items.length, before.items.length - size);
    assert.deepEqual(
      run.clusters.sets(1, 'true').map(({ name, class: index }) => [name, index]),
      [['true dog', 1]],
    );
    assert.deepEqual(await rowsOf(run, 'cluster = "dog 1"'), []);
    run.close();
  });

  it('by the true class hold the rows of the category, each with the class that is predicted', async () => {
    const run = await made(at(), COUNT, 30);
    const rows = (await rowsOf(run, '')).filter(({ state, categories }) => state === 'done' && categories.includes(1));
    const { items, predicted } = run.clusters.members(1, 'true', 1);
    assert.deepEqual(
      [...items],
      rows.map(({ item }) => item),
    );
    assert.deepEqual(
      [...predicted],
      rows.map(({ top }) => top![0]![0]),
    );
    assert.equal(run.clusters.classes(1, 'true')[1]!.images, rows.length);
    assert.equal(CLASSES.length, CATEGORIES.length);
    const others = run.clusters.others(1, 2, 50);
    assert.equal(new Set(others).size, 50);
    const dogs = new Set((await rowsOf(run, 'predicted = dog')).map(({ item }) => item));
    assert.ok(others.every((item) => !dogs.has(item)));
    run.close();
  });

  it('move to other places only while they are of the same rows', async () => {
    const run = await made(at(), COUNT, 20);
    const set = setOf(run, 'predicted', 2);
    run.clusters.commit(1, set);
    const places = set.places.map((place) => 1 - place);
    run.clusters.place(1, 'predicted', 2, 'other rows', places);
    assert.equal(run.clusters.scatter(1, 'dog').layout, 'pca');
    run.clusters.place(1, 'predicted', 2, set.digest, places);
    assert.deepEqual([run.clusters.scatter(1, 'dog').layout, run.clusters.scatter(1, 'dog').places], ['umap', places]);
    run.clusters.remove(1, 'predicted', 2);
    assert.deepEqual(run.clusters.sets(1, 'predicted'), []);
    run.close();
  });

  it('that are unknown are refused with those that there are', async () => {
    const run = await made(at(), COUNT);
    const refused = (query: string, message: RegExp) =>
      assert.rejects(rowsOf(run, query), (thrown: Error & { code?: string }) => {
        assert.equal(thrown.code, 'query-invalid');
        assert.match(thrown.message, message);
        return true;
      });
    await refused(
      'cluster = "dog 1"',
      /"dog 1": no clusters of net are found yet\. Find them by group-cam clusters \S+r\.groupcam --version net, or by Find Clusters on the page Clusters\./,
    );
    run.clusters.commit(1, setOf(run, 'predicted', 2));
    await refused(
      'cluster = "dgo 2"',
      /there is no cluster "dgo 2"; did you mean "dog 2"\? There are: dog 1, dog 2, dog 3\./,
    );
    await refused('cluster = zebra', /there is no cluster "zebra"\. There are: dog 1, dog 2, dog 3\./);
    await refused('lasso = "cat: 0 0, 1 0, 1 1"', /there is no set of clusters "cat"\. There are: dog\./);
    assert.throws(() => run.clusters.scatter(1, 'dogs'), { code: 'query-invalid' });
    run.close();
  });

  it('are refused where the file is damaged', async () => {
    const damages = [
      "UPDATE cluster_sets SET data = '{}'",
      "UPDATE cluster_sets SET by = 'guess'",
      "UPDATE cluster_sets SET layout = 'x'",
      'UPDATE cluster_sets SET items = zeroblob(8)',
      'UPDATE cluster_sets SET cluster = zeroblob(3)',
      "UPDATE cluster_sets SET places = CAST(x'0000c07f' || substr(places, 5) AS BLOB)",
      'DELETE FROM cluster_pictures',
      'UPDATE cluster_pictures SET map = zeroblob(2)',
      'UPDATE cluster_pictures SET image = NULL',
    ];
    for (const [i, damage] of damages.entries()) {
      const file = folder.at(`${i}.groupcam`);
      const run = await made(file, 100);
      run.clusters.commit(1, setOf(run, 'predicted', 2));
      run.close();
      const db = new DatabaseSync(file);
      db.exec(damage);
      db.close();
      const read = async () => {
        const damaged = await openRunFile(file, {});
        try {
          damaged.clusters.sets(1, 'predicted');
        } finally {
          damaged.close();
        }
      };
      await assert.rejects(read(), { code: 'run-file-invalid' }, damage);
    }
  });
});
