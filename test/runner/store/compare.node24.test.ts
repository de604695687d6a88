/** Several versions in a run file: what changed between them, and names, pins and removal. */
import assert from 'node:assert/strict';
import { FLIPS } from '../../../src/protocol/versions';
import type { RunFile } from '../../../src/runner/store/form';
import { openRunFile } from '../../../src/runner/store/open';
import { testFolder } from '../../support/folder';
import { CATEGORIES, datasetOf, LABELS, made, madeAgain, NO_EVENTS, rowFor, rowsOf, SIGNAL } from './made';
import { mapOf, plainShift, shiftsOf, shownValues } from './shifts';

const COUNT = 700;
const NO_PAUSE = async () => {};
const close = (a: number | undefined, b: number | undefined, what: string) =>
  assert.ok(a !== undefined && b !== undefined && Math.abs(a - b) < 1e-9, `${what}: ${a}, not ${b}`);

/** Maps are kept as bytes between their least and their largest value; the ReLU comes after that. */
function asStored(values: Float32Array): readonly number[] {
  const [lo, hi] = [Math.min(...values), Math.max(...values)];
  return [...values].map((value) => Math.max(lo + (Math.round((255 * (value - lo)) / (hi - lo)) / 255) * (hi - lo), 0));
}

describe('versions of a run file', () => {
  const folder = testFolder();
  let run: RunFile;
  const byItem = async (version: number) => new Map((await rowsOf(run, '', version)).map((row) => [row.item, row]));
  const update = (a: number, b: number) => run.updateShifts(a, b, NO_PAUSE, () => {});
  afterEach(() => run.close());

  it('are compared by who is right, of all rows and by category', async () => {
    run = await made(folder.at('r.groupcam'), COUNT, 50);
    const second = madeAgain(run, 1, 90);
    const [before, after] = [await byItem(1), await byItem(second)];
    const flips = { both: 0, a: 0, b: 0, neither: 0 };
    const categories = CATEGORIES.map(() => ({ ...flips }));
    for (const row of before.values()) {
      const [a, b] = [row.correct, after.get(row.item)!.correct];
      if (a === undefined || b === undefined) continue;
      const flip = a && b ? 'both' : a ? 'a' : b ? 'b' : 'neither';
      flips[flip]++;
      for (const category of row.categories) categories[category]![flip]++;
    }
    const found = await run.compare(1, second, SIGNAL);
    assert.deepEqual(found.flips, flips);
    assert.ok(FLIPS.every((flip) => flips[flip] > 10));
    assert.equal(found.rows, flips.both + flips.a + flips.b + flips.neither);
    assert.deepEqual(
      found.categories,
      categories.map((counted, category) => ({ category, flips: counted })),
    );
    const other = await run.compare(second, 1, SIGNAL);
    assert.deepEqual(other.flips, { ...flips, a: flips.b, b: flips.a });
    for (const [flip, query] of [
      ['both', `correct and correct in net`],
      ['a', `wrong and correct in net`],
      ['b', `correct and wrong in net`],
      ['neither', `wrong and wrong in net`],
    ] as const)
      assert.equal((await rowsOf(run, query, second)).length, flips[flip], flip);
  });

  it('have the shift of each row of which both predict the same class, and say which rows wait for maps', async () => {
    run = await made(folder.at('r.groupcam'), COUNT);
    const second = madeAgain(run, 1, 30);
    const [before, after] = [await byItem(1), await byItem(second)];
    const missing = await update(1, second);
    const expected = shiftsOf(run, 1, second, [...after.values()], before);
    const items = [...after.keys()];
    const shifts = run.shifts(1, second, items);
    for (const [i, item] of items.entries()) {
      const shift = expected.get(item);
      if (shift === undefined) assert.ok(Number.isNaN(shifts[i]!), `item ${item}`);
      else close(shifts[i], shift, `item ${item}`);
    }
    const others = items.filter((item) => {
      const [a, b] = [before.get(item)!.top?.[0]?.[0], after.get(item)!.top?.[0]?.[0]];
      return a !== undefined && b !== undefined && a !== b;
    });
    assert.deepEqual(
      missing.map(({ item }) => item),
      others,
    );
    for (const { item, class: index } of missing) assert.equal(index, before.get(item)!.top![0]![0]);
    const { shift } = await run.compare(1, second, SIGNAL);
    assert.equal(shift.known, expected.size);
    assert.equal(shift.wanted, expected.size + others.length);
    close(shift.mean, [...expected.values()].reduce((sum, value) => sum + value, 0) / expected.size, 'the mean');
    const counts = new Array(20).fill(0);
    for (const value of expected.values()) counts[Math.min(19, Math.floor(value * 10))]++;
    assert.deepEqual([...shift.counts], counts);
  });

  it('keep maps of the other class beside the own one, with their shifts, over a reopening', async () => {
    run = await made(folder.at('r.groupcam'), 200);
    const second = madeAgain(run, 1);
    const missing = await update(1, second);
    const values = (item: number) => Float32Array.from({ length: 12 }, (_, i) => Math.sin(item * (i + 1)));
    const given = missing.slice(0, 40);
    const own = mapOf(run, second, given[0]!.item);
    run.commitShifts(
      1,
      second,
      given.map(({ item, class: index }) => ({
        item,
        class: index,
        layer: 'relu5',
        map: { height: 3, width: 4, values: values(item), offset: 0, signed: false },
        measures: {},
      })),
      [missing[40]!.item],
    );
    assert.deepEqual(mapOf(run, second, given[0]!.item), own, 'another map is shown');
    run.close();
    run = await openRunFile(folder.at('r.groupcam'), {});
    const shifts = run.shifts(
      1,
      second,
      given.map(({ item }) => item),
    );
    for (const [i, { item }] of given.entries()) {
      const shift = plainShift(shownValues(mapOf(run, 1, item)!), asStored(values(item)));
      if (shift === undefined) assert.ok(Number.isNaN(shifts[i]!));
      else close(shifts[i], shift, `item ${item}`);
    }
    assert.deepEqual(await update(1, second), missing.slice(41), 'what is known is asked for again');
    const [first] = (await run.compare(1, second, SIGNAL)).categories;
    assert.equal(first!.category, 0);
  });

  it('match classes by their labels, and scale the smaller map up', async () => {
    run = await made(folder.at('r.groupcam'), 120);
    const labels = [...LABELS].reverse();
    const second = run.addVersion({ ...run.info().versions[0]!, name: 'x', hash: 'x+x', labels, bytes: 1, choice: {} });
    const todo = run.waiting(second, 120).filter(({ id }) => id % 11 !== 0);
    const [before, sizes] = [await byItem(1), { height: 6, width: 2 }];
    run.commitRows(
      second,
      todo.map(({ id, categories }) => {
        const row = rowFor(id, categories, 3);
        if (!('swept' in row)) return row;
        const predicted = before.get(id)!.top![0]![0];
        const map = { ...sizes, map: Float32Array.from({ length: 12 }, (_, i) => i), offset: 0, signed: false };
        return { ...row, swept: { ...row.swept, map, top: [[LABELS.length - 1 - predicted, 0.9]] as const } };
      }),
    );
    assert.deepEqual(await update(1, second), [], 'the classes are the same by their labels');
    const item = todo.find(({ id }) => id % 13 !== 0 && (id + 3) % 11 !== 0)!.id;
    const [shift] = run.shifts(1, second, [item]);
    // Half-pixel centres, clamped: rows 3 -> 6 and columns 2 -> 4.
    const grid = (rows: number, columns: number, valueAt: (y: number, x: number) => number) =>
      Array.from({ length: rows * columns }, (_, i) => valueAt(Math.floor(i / columns), i % columns));
    const raw = mapOf(run, 1, item)!;
    const value = (y: number, x: number) => raw.lo + (raw.values[y * 4 + x]! / 255) * (raw.hi - raw.lo);
    const first = grid(6, 4, (y, x) => {
      const at = Math.max((y + 0.5) / 2 - 0.5, 0);
      const [low, weight] = [Math.min(Math.floor(at), 2), at - Math.floor(at)];
      const high = Math.min(low + 1, 2);
      return Math.max(Math.fround(value(low, x) * (1 - weight) + value(high, x) * weight - raw.offset), 0);
    });
    const last = grid(6, 4, (y, x) => {
      const at = Math.min(Math.max((x + 0.5) / 2 - 0.5, 0), 1);
      return 2 * y + at;
    });
    assert.ok(Math.abs(shift! - plainShift(first, last)!) < 0.02, `${shift}, not ${plainShift(first, last)}`);
  });

  it('forget the shifts of rows that have changed in either', async () => {
    run = await made(folder.at('r.groupcam'), 150);
    const second = madeAgain(run, 1);
    await update(1, second);
    const known = async () => (await run.compare(1, second, SIGNAL)).shift.known;
    const before = await known();
    const items = (await rowsOf(run, 'shift from net >= 0', second)).map(({ item }) => item);
    assert.equal(items.length, before);
    await assert.rejects(rowsOf(run, 'shift from "net@2" >= 0', second), /from net@2 to itself/);
    run.commitRows(1, [rowFor(items[0]!, [], 5)]);
    assert.equal(await known(), before - 1);
    run.commitRows(second, [rowFor(items[1]!, [], 5)]);
    assert.equal(await known(), before - 2);
    const changed = datasetOf(150);
    run.setDataset({ ...changed, items: changed.items.map((item) => ({ ...item, mtime: item.mtime + 1 })) });
    assert.equal(await known(), 0);
  });

  it('have lines of accuracy, loss, energy and change', async () => {
    run = await made(folder.at('r.groupcam'), COUNT, 40);
    const [second, third] = [madeAgain(run, 1), madeAgain(run, 2, 10)];
    const points = await run.trend(SIGNAL);
    assert.deepEqual(
      points.map(({ version }) => version),
      [1, second, third],
    );
    const mean = (values: readonly (number | undefined)[]) => {
      const known = values.filter((value) => value !== undefined);
      return known.reduce((sum, value) => sum + value, 0) / known.length;
    };
    let before: ReadonlyMap<number, Awaited<ReturnType<typeof rowsOf>>[number]> | undefined;
    for (const [i, point] of points.entries()) {
      const now = await byItem(point.version);
      const rows = [...now.values()];
      assert.equal(point.rows, rows.filter(({ state }) => state === 'done').length);
      close(
        point.accuracy,
        mean(rows.map(({ correct }) => (correct === undefined ? undefined : Number(correct)))),
        'accuracy',
      );
      close(point.loss, mean(rows.map(({ loss }) => loss)), 'loss');
      close(point.energy, mean(rows.map(({ map }) => map?.energy)), 'energy');
      if (before) {
        const shifts = shiftsOf(run, points[i - 1]!.version, point.version, rows, before);
        close(point.change, mean([...shifts.values()]), 'change');
      } else assert.equal(point.change, undefined);
      before = now;
    }
  });

  it('are named, and saved queries follow', async () => {
    run = await made(folder.at('r.groupcam'), 100);
    const second = madeAgain(run, 1, 0, { name: 'night 1' });
    const query = 'wrong in "night 1" and not (shift from "night 1" > 0.5 or path ~ "night 1")';
    run.saveView({ view: { name: 'changed', query: `${query} order by shift from "night 1" desc` } }, NO_EVENTS);
    run.saveView({ view: { name: 'own', query: 'wrong   in net' } }, NO_EVENTS);
    run.nameVersion(second, ' day "2" ');
    const info = run.info();
    assert.equal(info.versions[1]!.name, 'day "2"');
    const views = new Map(info.views.map((view) => [view.name, view.query]));
    const named = String.raw`"day \"2\""`;
    assert.equal(
      views.get('changed'),
      `wrong in ${named} and not (shift from ${named} > 0.5 or path ~ "night 1") order by shift from ${named} desc`,
    );
    assert.equal(views.get('own'), 'wrong   in net');
    await assert.rejects(rowsOf(run, 'wrong in "night 1"'), {
      code: 'query-invalid',
      message: /no version is called "night 1"/,
    });
    assert.throws(() => run.nameVersion(second, 'net'), {
      code: 'bad-option',
      message: /"net": another version has it/,
    });
    assert.throws(() => run.nameVersion(second, '  '), { code: 'bad-option' });
    run.nameVersion(second, 'day "2"');
    run.pinVersion(second, true);
    run.close();
    run = await openRunFile(folder.at('r.groupcam'), {});
    assert.deepEqual(
      run.info().versions.map(({ name, pinned }) => [name, pinned]),
      [
        ['net', false],
        ['day "2"', true],
      ],
    );
    assert.ok(Math.abs(run.info().versions[1]!.added - Date.now()) < 3_600_000);
  });

  it('are removed with all that is of them, and their number is not given again', async () => {
    run = await made(folder.at('r.groupcam'), 150);
    const second = madeAgain(run, 1);
    const missing = await update(1, second);
    await update(second, 1);
    const kept = await rowsOf(run, '');
    run.commitShifts(
      1,
      second,
      [],
      missing.slice(0, 3).map(({ item }) => item),
    );
    run.removeVersion(second);
    assert.deepEqual(
      run.info().versions.map(({ id }) => id),
      [1],
    );
    assert.deepEqual(await rowsOf(run, ''), kept);
    await assert.rejects(rowsOf(run, '', second), { code: 'run-file-invalid' });
    await assert.rejects(rowsOf(run, 'wrong in "net@2"'), { code: 'query-invalid' });
    run.close();
    const { openDb } = await import('../../../src/runner/store/file/sqlite');
    const db = openDb(folder.at('r.groupcam'), { readOnly: true });
    const counts = ['rows', 'embeddings', 'maps'].map((table) =>
      Number(db.get(`SELECT count(*) AS n FROM ${table} WHERE key >= ?`, second * 2 ** 32)!['n']),
    );
    assert.deepEqual(counts, [0, 0, 0]);
    for (const table of ['shift_blocks', 'row_blocks WHERE version <> 1', 'kinds WHERE version <> 1'])
      assert.equal(db.get(`SELECT count(*) AS n FROM ${table}`)!['n'], 0, table);
    db.close();
    run = await openRunFile(folder.at('r.groupcam'), {});
    assert.ok(madeAgain(run, 4) > second);
  });
});
