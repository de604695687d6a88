/** Trainings in a run file: what was told is there again after a kill, and the groups count what a loop over the rows counts. */
import assert from 'node:assert/strict';
import { DatabaseSync } from 'node:sqlite';
import type { StoredMap } from '../../../src/protocol/dataset';
import { type TrainingEpoch, trainingDefaults, type WatchedMap } from '../../../src/protocol/training';
import type { RunFile } from '../../../src/runner/store/form';
import { openRunFile } from '../../../src/runner/store/open';
import type { NewRepair } from '../../../src/runner/store/repairs/form';
import { testFolder } from '../../support/folder';
import { made, madeAgain, NO_EVENTS, rowsOf } from '../store/made';
import { setOf } from '../store/made-clusters';

const COUNT = 200;

const NEW: NewRepair = {
  version: 1,
  train: 'tag = mark',
  heldOut: '',
  options: trainingDefaults('head'),
  pasted: true,
  watched: [3],
  output: '/models/new.onnx',
  device: 'cpu',
  notes: ['A note.'],
  of: {
    train: [
      { item: 1, truth: [0], hash: 'ab' },
      { item: 2, truth: [1, 2], group: 4, hash: 'cd', suspect: true },
      {
        ...{ item: 1, truth: [0], group: 4, hash: 'ab' },
        pasted: { from: { item: 2, hash: 'cd' }, cells: { height: 1, width: 2, chosen: Uint8Array.of(0, 1) } },
      },
      {
        ...{ item: 2, truth: [1, 2], group: 0, hash: 'cd', suspect: true },
        pasted: { cells: { height: 2, width: 1, chosen: Uint8Array.of(1, 0) } },
      },
    ],
    heldOut: [{ item: 5, truth: [2], hash: 'ef' }],
    watched: [{ item: 3, truth: [0], hash: '01' }],
  },
};

const epochOf = (epoch: number): TrainingEpoch => ({
  epoch,
  step: 10 * epoch,
  loss: 1 / (epoch + 3),
  train: { accuracy: 0.1 + epoch / 7 },
  heldOut: { loss: 0.3, accuracy: epoch / 9 },
  seconds: 1.5,
  notes: [`epoch ${epoch}`],
});

const mapOf = (epoch: number, item: number): WatchedMap => ({
  epoch,
  item,
  map: { height: 1, width: 3, lo: -0.25, hi: 1 / 3, values: Uint8Array.of(0, epoch, 255), offset: 0.5, signed: false },
  top: [1, 0.7],
});

describe('trainings of a run file', () => {
  const folder = testFolder();
  const at = () => folder.at('r.groupcam');

  it('are as they were after the file was closed, and what was in work is interrupted', async () => {
    const run = await made(at(), COUNT);
    const id = run.repairs.add(NEW);
    const other = run.repairs.add({ ...NEW, heldOut: 'correct' });
    assert.equal(run.repairs.get(id).state, 'waiting');
    run.repairs.change(id, { state: 'running' });
    run.repairs.addEpoch(id, epochOf(0), [0.5]);
    run.repairs.addEpoch(id, epochOf(1), [0.25, Number.NaN]);
    run.repairs.addEpoch(id, { ...epochOf(1), loss: 0.125 }, [0.25, 0.125]);
    run.repairs.addMap(id, mapOf(0, 3));
    run.repairs.addMap(id, mapOf(1, 3));
    run.repairs.addMap(id, mapOf(1, 3));
    run.repairs.change(other, { state: 'failed', reason: 'The disk is full.' });
    run.close();

    const again = await openRunFile(at(), {});
    const found = again.repairs.get(id);
    const { version, of, ...choice } = NEW;
    assert.deepEqual(found, {
      ...choice,
      repair: id,
      version,
      state: 'interrupted',
      images: { train: 4, heldOut: 1 },
      epochs: [epochOf(0), { ...epochOf(1), loss: 0.125 }],
      losses: [0.25, 0.125],
    });
    assert.deepEqual(again.repairs.images(id), of);
    assert.deepEqual(again.repairs.maps(id), [mapOf(0, 3), mapOf(1, 3)]);
    assert.deepEqual(
      [again.repairs.get(other).state, again.repairs.get(other).reason],
      ['failed', 'The disk is full.'],
    );
    again.repairs.change(other, { state: 'running' });
    assert.equal(again.repairs.get(other).reason, undefined, 'the reason goes with its state');
    again.repairs.change(id, { state: 'done', best: 1, added: 9 });
    assert.deepEqual([again.repairs.get(id).best, again.repairs.get(id).added], [1, 9]);
    again.repairs.remove(id);
    assert.deepEqual(
      again.repairs.all().map(({ repair }) => repair),
      [other],
    );
    assert.throws(() => again.repairs.get(id), /no training/);
    again.removeVersion(1);
    assert.deepEqual(again.repairs.all(), [], 'they go with the version that was trained');
    again.close();
  });

  it('are in a file of form 1 once it is opened to be written, and what is only read has none', async () => {
    (await made(at(), 20)).close();
    const db = new DatabaseSync(at());
    for (const table of ['repairs', 'repair_epochs', 'repair_maps']) db.exec(`DROP TABLE ${table}`);
    db.exec('PRAGMA user_version = 1');
    db.close();
    const reader = await openRunFile(at(), { readOnly: 'another process writes' });
    assert.deepEqual([reader.info().items, reader.repairs.all(), reader.repairs.accuracies(1, 1).length], [20, [], 1]);
    const writer = await openRunFile(at(), {});
    const id = writer.repairs.add(NEW);
    assert.deepEqual(
      reader.repairs.all().map(({ repair }) => repair),
      [id],
      'the reader sees what the writer has made since',
    );
    writer.close();
    reader.close();
    assert.equal((await openRunFile(at(), {})).repairs.images(id).train.length, 4);
  });

  it('that somebody has made up are refused with one line', async () => {
    const run = await made(at(), COUNT);
    const id = run.repairs.add(NEW);
    run.repairs.addMap(id, mapOf(0, 3));
    run.close();
    const spoiled = async (sql: string, read: (file: RunFile) => unknown, reason: RegExp) => {
      const db = new DatabaseSync(at());
      db.exec(sql);
      db.close();
      const file = await openRunFile(at(), {});
      assert.throws(
        () => read(file),
        (thrown: Error) => reason.test(thrown.message) && thrown.message.startsWith(at()),
      );
      file.close();
    };
    await spoiled(`UPDATE repair_maps SET map = x'00'`, (file) => file.repairs.maps(id), /another size/);
    await spoiled(
      `UPDATE repairs SET images = '{"train": [[9999, [0], null, "a"]], "heldOut": [], "watched": []}'`,
      (file) => file.repairs.images(id),
      /no item 9999/,
    );
    await spoiled(`UPDATE repairs SET data = '{}'`, (file) => file.repairs.all(), /must be|missing/);
    await spoiled(`UPDATE repairs SET state = 'asleep'`, (file) => file.repairs.all(), /not as it must be/);
  });
});

/** The share of what is above the smallest value, after the ReLU, in the chosen cells. */
function shareOf({ values, lo, hi, offset }: StoredMap, chosen: Uint8Array): number | undefined {
  const shown = Array.from(values, (byte) => Math.max(0, lo + ((hi - lo) * byte) / 255 - offset));
  const heat = shown.map((value) => value - Math.min(...shown));
  const sum = (of: readonly number[]) => of.reduce((all, value) => all + value, 0);
  return sum(heat) > 0 ? sum(heat.filter((_, i) => chosen[i] === 1)) / sum(heat) : undefined;
}

describe('accuracy by group and the heat on regions', () => {
  const folder = testFolder();

  it('counts tags, clusters and the rest as a loop over the rows does, without what was trained on', async () => {
    const run = await made(folder.at('r.groupcam'), COUNT);
    const b = madeAgain(run, 1, 30);
    const marked = (await rowsOf(run, 'true = dog')).map(({ item }) => item);
    const { list } = await run.list({ version: 1, query: 'true = dog', first: 0 }, NO_EVENTS);
    await run.tag({ version: 1, of: { list }, tag: 'a mark', on: true }, NO_EVENTS);
    const set = setOf(run, 'predicted', 2);
    // Of the size of the maps.
    const map = { height: 3, width: 4, values: Uint8Array.of(0, 9, 8, 7, 255, 200, 6, 5, 4, 3, 2, 1) };
    run.clusters.commit(1, { ...set, clusters: set.clusters.map((one) => ({ ...one, map: { ...one.map, ...map } })) });
    run.clusters.commit(1, setOf(run, 'true', 1));
    const known = async (version: number) =>
      new Map((await rowsOf(run, '', version)).map((row) => [row.item, row.correct] as const));
    const [before, after] = [await known(1), await known(b)];

    const check = async (groups: ReturnType<RunFile['repairs']['accuracies']>, trained: ReadonlySet<number>) => {
      const inGroups = new Set<number>();
      for (const { group, query, count, trained: left = 0, a, b: second } of groups) {
        const rows = (await rowsOf(run, query)).map(({ item }) => item);
        if (group !== 'the rest') for (const item of rows) inGroups.add(item);
        else
          assert.ok(
            rows.every((item) => !inGroups.has(item)),
            'the rest is in no group',
          );
        const both = rows.filter((item) => before.get(item) !== undefined && after.get(item) !== undefined);
        const own = both.filter((item) => !trained.has(item));
        assert.deepEqual([count, left], [own.length, both.length - own.length], query);
        const share = (of: ReadonlyMap<number, boolean | undefined>) =>
          own.length === 0 ? undefined : own.filter((item) => of.get(item)).length / own.length;
        assert.deepEqual([a, second], [share(before), share(after)], query);
      }
    };
    const groups = run.repairs.accuracies(1, b);
    assert.equal(groups[0]!.group, 'a mark');
    const names = groups.map(({ group }) => group);
    assert.deepEqual(
      names,
      ['a mark', 'dog 2', 'dog 3', 'dog 1', 'the rest'],
      'suspicious clusters first, and only those by prediction',
    );
    await check(groups, new Set());

    const clusters = run.repairs.groups(1);
    for (const { group, query, heat } of groups) {
      const cluster = clusters.find(({ name, suspicious }) => name === group && suspicious);
      assert.equal(heat !== undefined, cluster !== undefined, group);
      if (!cluster || !heat) continue;
      const isKnown = (item: number) => before.get(item) !== undefined && after.get(item) !== undefined;
      const items = (await rowsOf(run, query)).map(({ item }) => item).filter(isKnown);
      const { chosen } = cluster.region!().cells;
      const shares = async (version: number) => {
        const pictures = await run.pictures({ version, items, maps: true }, NO_EVENTS);
        return new Map(pictures.map(({ item, map: own }) => [item, own && shareOf(own, chosen)]));
      };
      const [sharesBefore, sharesAfter] = [await shares(1), await shares(b)];
      const pairs = items.flatMap((item) => {
        const own = [sharesBefore.get(item), sharesAfter.get(item)];
        return own.every((one) => one !== undefined) ? [own as number[]] : [];
      });
      assert.ok(pairs.length > 5);
      for (const [k, found] of [heat.a, heat.b].entries())
        assert.ok(Math.abs(found - pairs.reduce((sum, own) => sum + own[k]!, 0) / pairs.length) < 1e-9);
      assert.equal(heat.count, pairs.length);
    }

    const some = marked.slice(0, 20);
    const id = run.repairs.add({
      ...NEW,
      of: { ...NEW.of, train: some.map((item) => ({ item, truth: [2], hash: '' })) },
    });
    run.repairs.change(id, { state: 'done', added: b });
    const left = run.repairs.accuracies(1, b);
    assert.ok(left[0]!.trained! > 0);
    await check(left, new Set(some));

    const none = madeAgain(run, 2, COUNT);
    const alone = run.repairs.accuracies(1, none);
    assert.ok(alone.every(({ a, b: second }) => a !== undefined && second === undefined));
    run.close();
  });
});
