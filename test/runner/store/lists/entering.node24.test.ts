/** Items of a large dataset are written in steps, between which others are answered, and are seen all at once. */
import assert from 'node:assert/strict';
import { setImmediate } from 'node:timers/promises';
import { openRunFile } from '../../../../src/runner/store/open';
import { testFolder } from '../../../support/folder';
import { datasetOf, made, NO_EVENTS, rowsOf, SIGNAL } from '../made';

const MANY = 200_000;

describe('entering the items of a dataset', () => {
  const folder = testFolder();
  let files = 0;
  const at = () => folder.at(`entering-${++files}.groupcam`);

  it(`answers lists and takes tags while ${MANY.toLocaleString('en')} items are entered, which no list has before the end`, async () => {
    const run = await made(at(), 100);
    const before = await rowsOf(run, '');
    const large = datasetOf(MANY);
    let isEntered = false;
    const entering = run.enter(large, SIGNAL).finally(() => {
      isEntered = true;
    });
    let turns = 0;
    for (; !isEntered; turns++) {
      const { list, count } = await run.list({ version: 1, query: '', first: 5 }, NO_EVENTS);
      assert.equal(count, 100);
      if (turns % 10 === 0)
        run.tag({ version: 1, of: { list, ranges: [[turns, turns + 1]] }, tag: 'seen', on: true }, NO_EVENTS);
      await setImmediate();
    }
    assert.ok(turns > 10, `others had ${turns} turns`);
    const listing = run.setDataset(large, await entering);
    assert.deepEqual([listing.added, run.info().items], [MANY - 100 + listing.gone, MANY]);
    const { list, count } = await run.list({ version: 1, query: 'path ~ png', first: 0 }, NO_EVENTS);
    assert.equal(count, MANY);
    const first = run.rows({ version: 1, list, from: 0, count: 50 }, NO_EVENTS);
    assert.deepEqual(
      (await first).map(({ path }) => path),
      large.items.slice(0, 50).map(({ path }) => path),
    );
    assert.ok(before.length === 100);
    run.close();
  });

  it('comes to the same as listing in one piece, and as listing again', async () => {
    const [one, two] = [await made(at(), 700), await made(at(), 700)];
    const { items, ...rest } = datasetOf(3_000);
    const changed = {
      ...rest,
      items: items.map((item, i) => (i % 7 === 0 ? { ...item, mtime: 5, file: `/new/${i}` } : item)),
    };
    const listing = one.setDataset(changed);
    assert.deepEqual(two.setDataset(changed, await two.enter(changed, SIGNAL)), listing);
    assert.deepEqual(await rowsOf(two, ''), await rowsOf(one, ''));
    assert.deepEqual(two.item(5), one.item(5));
    assert.deepEqual(two.setDataset(changed, await two.enter(changed, SIGNAL)), { added: 0, changed: 0, gone: 0 });
    one.close();
    two.close();
  });

  it('that is cancelled changes nothing that is seen, also after the file is opened again', async () => {
    const file = at();
    const run = await made(file, 100);
    const before = await rowsOf(run, '');
    const large = datasetOf(20_000);
    const signal = { aborted: false };
    const entering = run.enter(large, signal);
    signal.aborted = true;
    await assert.rejects(entering, { code: 'cancelled' });
    assert.deepEqual(await rowsOf(run, ''), before);
    assert.equal(run.info().items, 100);
    run.close();
    const again = await openRunFile(file, {});
    assert.deepEqual(await rowsOf(again, ''), before);
    again.setDataset(large, await again.enter(large, SIGNAL));
    assert.equal(again.info().items, 20_000);
    assert.equal((await rowsOf(again, 'path ~ "000777"')).length, 1);
    again.close();
  });

  it('counts no more once another dataset was listed', async () => {
    const run = await made(at(), 100);
    const { items, ...rest } = datasetOf(200);
    const old = await run.enter({ ...rest, items }, SIGNAL);
    const other = { ...rest, items: items.map((item) => ({ ...item, mtime: 7 })) };
    run.setDataset(other);
    const { changed } = run.setDataset({ ...rest, items }, old);
    assert.equal(changed, 200);
    run.close();
  });
});
