/** Histograms, classes, calibration, means and agreement, against the same computed from rows and maps one by one. */
import assert from 'node:assert/strict';
import type { Row, StoredMap } from '../../../src/protocol/dataset';
import type { RunFile } from '../../../src/runner/store/form';
import { openRunFile } from '../../../src/runner/store/open';
import { testFolder } from '../../support/folder';
import { CATEGORIES, CLASSES, datasetOf, LABELS, made, NO_EVENTS, rowFor, rowsOf, SIGNAL, VERSION } from './made';

const near = (found: number, wanted: number, tolerance = 1e-9) =>
  assert.ok(Math.abs(found - wanted) <= tolerance, `${found} is not ${wanted}`);

const numberOf = (row: Row, name: string): number | undefined =>
  name === 'p' ? row.top?.[0]?.[1] : ((row as never)[name] ?? (row.map as never)?.[name]);

/** What is shown of a map, by its largest value; undefined for a blank one. */
function shownOf({ lo, hi, values, offset }: StoredMap): number[] | undefined {
  const shown = [...values].map((byte) => Math.max(0, lo + (byte / 255) * (hi - lo) - offset));
  const most = Math.max(...shown);
  return most > 0 ? shown.map((value) => value / most) : undefined;
}

function correlationOf(a: readonly number[], b: readonly number[]): number {
  const mean = (list: readonly number[]) => list.reduce((x, y) => x + y, 0) / list.length;
  const covariance = (x: readonly number[], y: readonly number[]) =>
    mean(x.map((value, i) => (value - mean(x)) * (y[i]! - mean(y))));
  return covariance(a, b) / Math.sqrt(covariance(a, a) * covariance(b, b));
}

async function mapsOf(run: RunFile, rows: readonly Row[]): Promise<ReadonlyMap<number, StoredMap>> {
  const items = rows.filter(({ state }) => state === 'done').map(({ item }) => item);
  const found = await run.pictures({ version: 1, items, maps: true }, NO_EVENTS);
  return new Map(found.map(({ item, map }) => [item, map!]));
}

describe('statistics of a run file', () => {
  const folder = testFolder();
  const open = () => made(folder.at('r.groupcam'), 900, 100);

  it('histograms count the rows of a query and all rows', async () => {
    const run = await open();
    const rows = await rowsOf(run, '');
    const wrong = await rowsOf(run, 'wrong limit 100');
    const found = await run.histograms({ version: 1, query: 'wrong limit 100', bins: 20 }, NO_EVENTS);
    assert.deepEqual(
      found.map(({ name }) => name),
      ['p', 'loss', 'margin', 'entropy', 'border', 'spread', 'energy'],
    );
    for (const { name, lo, hi, counts, all, unknown } of found) {
      const [wanted, total] = [wrong, rows].map((list) => {
        const bins = new Array(20).fill(0);
        for (const row of list) {
          const value = numberOf(row, name);
          if (value !== undefined) bins[Math.min(19, Math.floor(((value - lo) / (hi - lo)) * 20))]++;
        }
        return bins;
      });
      // Values at the edge of two bins may round to either.
      const off = [...counts].reduce((sum, count, i) => sum + Math.abs(count - wanted![i]), 0);
      assert.ok(off <= (name === 'margin' ? 20 : 0), `${name}: ${counts} instead of ${wanted}`);
      assert.equal(
        [...all].reduce((a, b) => a + b, 0),
        total!.reduce((a, b) => a + b, 0),
        name,
      );
      assert.equal(unknown, wrong.filter((row) => numberOf(row, name) === undefined).length, name);
    }
    run.close();
  });

  it('classes have the counts of their rows', async () => {
    const run = await open();
    const done = (await rowsOf(run, '')).filter(({ state }) => state === 'done');
    const { rows, judged, accuracy, categories, confusion } = await run.classes({ version: 1 }, NO_EVENTS);
    const labelled = done.filter(({ categories: of }) => of.length > 0);
    const known = labelled.filter(({ correct }) => correct !== undefined);
    assert.equal(rows, labelled.length);
    assert.equal(judged, known.length);
    assert.ok(judged < rows, 'some rows have a class that the model does not have');
    near(accuracy!, known.filter(({ correct }) => correct).length / known.length);
    assert.deepEqual([...confusion.columns].sort(), [0, 1, 2, 3]);
    const predicted = (row: Row) => row.top![0]![0];
    for (const [category] of [...CATEGORIES, ''].entries())
      for (const [column, index] of confusion.columns.entries()) {
        const has = ({ categories: of }: Row) =>
          category === CATEGORIES.length ? of.length === 0 : of.includes(category);
        const wanted = done.filter((row) => has(row) && predicted(row) === index).length;
        assert.equal(confusion.counts[category * confusion.columns.length + column], wanted);
      }
    for (const { category, count, predicted: said, correct, recall, precision } of categories) {
      const own = labelled.filter(({ categories: of }) => of.includes(category));
      const means = (row: Row) => CLASSES[category]!.includes(predicted(row));
      assert.deepEqual([count, said, correct], [own.length, labelled.filter(means).length, own.filter(means).length]);
      const hasClass = CLASSES[category]!.length > 0;
      assert.equal(recall, hasClass ? correct / count : undefined);
      assert.equal(precision, hasClass ? correct / said : undefined);
    }
    run.close();
  });

  it('calibration is that of Guo et al. on a set whose error is known', async () => {
    const run = await openRunFile(folder.at('c.groupcam'), { create: true });
    run.setDataset({ ...datasetOf(40), items: datasetOf(40).items.map((item) => ({ ...item, categories: ['dog'] })) });
    const version = run.addVersion(VERSION);
    // Twenty at p = 0.8, of which ten are right, and twenty at p = 0.65, of which all are: |0.5 - 0.8| / 2 + 0.35 / 2.
    run.commitRows(
      version,
      run.waiting(version, 40).map(({ id }, i) => {
        const row = rowFor(1, [1]);
        assert.ok('swept' in row);
        const p = i < 20 ? 0.8 : 0.65;
        return { ...row, item: id, correct: i >= 10, swept: { ...row.swept, top: [[i < 10 ? 0 : 2, p]] as const } };
      }),
    );
    const { calibration, accuracy } = await run.classes({ version }, NO_EVENTS);
    near(calibration.ece!, 0.325);
    near(accuracy!, 0.75);
    const filled = calibration.bins.flatMap(({ count, confidence, accuracy: right }, i) =>
      count ? [[i, count, Math.round(confidence * 1e9) / 1e9, right]] : [],
    );
    assert.deepEqual(filled, [
      [6, 20, 0.65, 1],
      [7, 20, 0.8, 0.5],
    ]);
    run.close();
  });

  it('nothing is known without rows', async () => {
    const run = await made(folder.at('e.groupcam'), 10, 10);
    const { rows, accuracy, calibration } = await run.classes({ version: 1 }, NO_EVENTS);
    assert.deepEqual([rows, accuracy, calibration.ece], [0, undefined, undefined]);
    assert.deepEqual(await run.histograms({ version: 1, query: '', bins: 5 }, NO_EVENTS), []);
    assert.deepEqual(await run.atlas(1, 'predicted', [0]), [{ by: 'predicted', index: 0, count: 0 }]);
    run.close();
  });

  for (const by of ['true', 'predicted'] as const)
    it(`the atlas has the mean of the maps, by ${by} class`, async () => {
      const run = await open();
      const done = (await rowsOf(run, '')).filter(({ state }) => state === 'done');
      const maps = await mapsOf(run, done);
      const indices = by === 'true' ? CATEGORIES.keys() : LABELS.keys();
      for (const { index, count, map } of await run.atlas(1, by, [...indices])) {
        const own = done.filter(({ categories, top }) =>
          by === 'true' ? categories.includes(index) : top![0]![0] === index,
        );
        assert.equal(count, own.length);
        const shown = own.flatMap(({ item }) => [shownOf(maps.get(item)!)].filter((each) => each !== undefined));
        for (let i = 0; i < 12; i++) {
          const mean = shown.reduce((sum, values) => sum + values[i]!, 0) / shown.length;
          near(map!.lo + (map!.values[i]! / 255) * (map!.hi - map!.lo), mean, (map!.hi - map!.lo) / 510 + 1e-4);
        }
        const some = run.atlasItems(1, by, index, 7);
        assert.equal(new Set(some).size, 7);
        assert.ok(some.every((item) => own.some((row) => row.item === item)));
      }
      run.close();
    });

  it('agreement is the correlation with the mean map of the class, and is kept', async () => {
    const run = await open();
    await run.updateAgreement(1, SIGNAL);
    const rows = await rowsOf(run, '');
    const maps = await mapsOf(run, rows);
    const classOf = (row: Row) => row.map?.class;
    for (const row of rows.filter(({ map }) => map)) {
      const own = shownOf(maps.get(row.item)!);
      if (!own) {
        assert.equal(row.map!.agreement, undefined);
        continue;
      }
      const shown = rows
        .filter((other) => classOf(other) === classOf(row))
        .flatMap(({ item }) => [shownOf(maps.get(item)!)].filter((each) => each !== undefined));
      const mean = own.map((_, i) => shown.reduce((sum, values) => sum + values[i]!, 0) / shown.length);
      near(row.map!.agreement!, correlationOf(own, mean), 1e-3);
    }
    run.close();
    const again = await openRunFile(folder.at('r.groupcam'), {});
    assert.deepEqual(await rowsOf(again, ''), rows);
    again.close();
  });

  it('agreement does not depend on the order in which rows came', async () => {
    const run = await open();
    const other = await openRunFile(folder.at('o.groupcam'), { create: true });
    other.setDataset(datasetOf(900));
    other.addVersion(VERSION);
    const done = (await rowsOf(run, 'not waiting')).map(({ item, categories }) => rowFor(item, categories));
    for (const row of done.reverse()) other.commitRows(1, [row]);
    for (const each of [run, other]) await each.updateAgreement(1, SIGNAL);
    assert.deepEqual(await rowsOf(other, ''), await rowsOf(run, ''));
    run.close();
    other.close();
  });
});
