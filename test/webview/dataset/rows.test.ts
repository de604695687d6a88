/** Windows of rows and packs of pictures: what is asked for, and what is kept. */
import assert from 'node:assert/strict';
import type { Row, TilePicture } from '../../../src/protocol/dataset';
import { packPictures, packRows } from '../../../src/protocol/packed/pack';
import { createPictures } from '../../../webview/dataset/grid/pictures';
import { createRows, WINDOW } from '../../../webview/dataset/grid/rows';

const rowAt = (item: number): Row => ({ item, path: `${item}`, categories: [], state: 'done', tags: [] });
const glimpsesOf = (items: readonly number[], looks = items.map(() => 1)) => ({ items, looks });
const settle = () => new Promise((done) => setImmediate(done));

describe('windows of rows', () => {
  /** A host that answers when it is told to. */
  function slowHost() {
    const asked: { list: number; from: number; count: number; answer: () => void }[] = [];
    const failures: unknown[] = [];
    const rows = createRows(
      (list, from, count) =>
        new Promise((done) => {
          const answer = () => done(packRows(Array.from({ length: count }, (_, i) => rowAt(from + i))));
          asked.push({ list, from, count, answer });
        }),
      () => {},
      (thrown) => failures.push(thrown),
    );
    const answerAll = async () => {
      for (let i = 0; i < asked.length; i++) {
        asked[i]!.answer();
        await settle();
      }
    };
    return { rows, asked, failures, answerAll };
  }

  it('are asked for one at a time, and what was passed by while scrolling is never asked for', async () => {
    const { rows, asked, answerAll } = slowHost();
    rows.show(1, 1_000_000);
    for (let at = 0; at < 900_000; at += 10_000) rows.want(at, at + 50);
    rows.want(900_000, 900_050);
    assert.equal(asked.length, 1);
    await answerAll();
    assert.ok(asked.length <= 4, `${asked.length} requests`);
    assert.equal(rows.at(900_049)?.item, 900_049);
    assert.equal(rows.at(400_000), undefined);
  });

  it('of an earlier list are ignored', async () => {
    const { rows, asked, answerAll } = slowHost();
    rows.show(1, 1_000);
    rows.want(0, 50);
    rows.show(2, 1_000);
    asked[0]!.answer();
    await settle();
    assert.equal(rows.at(0), undefined);
    await answerAll();
    assert.equal(asked.at(-1)!.list, 2);
    assert.equal(rows.at(0)?.item, 0);
  });

  it('that are stale are shown until the new ones are there', async () => {
    const { rows, asked, answerAll } = slowHost();
    rows.show(1, 100);
    rows.want(0, 50);
    await answerAll();
    const before = asked.length;
    rows.refresh();
    assert.equal(rows.at(7)?.item, 7);
    assert.equal(asked.length, before + 1);
    await answerAll();
    assert.equal(asked.length, before + 1);
  });

  it('far away are dropped', async () => {
    const { rows, answerAll } = slowHost();
    rows.show(1, 1_000_000);
    for (let window = 0; window < 60; window += 3) {
      rows.want(window * WINDOW, window * WINDOW + 10);
      await answerAll();
    }
    assert.equal(rows.at(0), undefined);
    assert.ok(rows.at(57 * WINDOW));
    let kept = 0;
    rows.each(() => {
      kept += 1;
    });
    assert.ok(kept <= 9, `${kept}`);
  });

  it('that the first rows of a list have are not asked for again', async () => {
    const { rows, asked } = slowHost();
    rows.show(1, 3, { from: 0, rows: packRows([0, 1, 2].map(rowAt)) });
    rows.want(0, 3);
    assert.equal(asked.length, 0);
    assert.equal(rows.at(2)?.item, 2);
  });

  it('that fail are not asked for again and again', async () => {
    let count = 0;
    const failures: unknown[] = [];
    const rows = createRows(
      () => {
        count += 1;
        return Promise.reject(new Error('gone'));
      },
      () => {},
      (thrown) => failures.push(thrown),
    );
    rows.show(1, 10);
    rows.want(0, 10);
    await settle();
    rows.want(0, 10);
    await settle();
    assert.deepEqual([count, failures.length], [1, 1]);
  });
});

describe('packs of pictures', () => {
  function host() {
    const asked: (readonly number[])[] = [];
    const dropped: number[] = [];
    const pictures = createPictures(
      async (items) => {
        asked.push(items);
        return packPictures(items.map((item): TilePicture => ({ item })));
      },
      () => {},
      (items) => dropped.push(...items),
      (thrown) => assert.fail(String(thrown)),
    );
    return { pictures, asked, dropped };
  }

  it('hold each item once, those on screen, and again when another map is there', async () => {
    const { pictures, asked } = host();
    const rows = glimpsesOf(Array.from({ length: 100 }, (_, i) => i));
    pictures.want(rows);
    await settle();
    assert.deepEqual(
      asked.flat().toSorted((a, b) => a - b),
      rows.items,
    );
    pictures.want(rows);
    await settle();
    assert.equal(asked.flat().length, 100);
    pictures.want(glimpsesOf([5], [2]));
    await settle();
    assert.deepEqual(asked.at(-1), [5]);
  });

  it('asked for before their row was computed are left out if they come after the new ones', async () => {
    const answers: (() => void)[] = [];
    const arrived: number[] = [];
    const pictures = createPictures(
      (items) => new Promise((done) => answers.push(() => done(packPictures(items.map((item) => ({ item })))))),
      (found, outdated) => arrived.push(...[...found.items].filter((item) => !outdated.includes(item))),
      () => {},
      (thrown) => assert.fail(String(thrown)),
    );
    pictures.want(glimpsesOf([1, 2], [0, 1]));
    pictures.want(glimpsesOf([1, 2]));
    assert.equal(answers.length, 2);
    answers[1]!();
    await settle();
    answers[0]!();
    await settle();
    assert.deepEqual(arrived, [1, 2]);
  });

  it('are kept up to a limit, and the least recently used are dropped first', async () => {
    const { pictures, dropped } = host();
    for (let at = 0; at < 3_000; at += 50) {
      pictures.want(glimpsesOf(Array.from({ length: 50 }, (_, i) => at + i)));
      await settle();
    }
    assert.ok(dropped.length >= 3_000 - 700 && dropped[0] === 0, `${dropped.length}`);
    assert.ok(!dropped.includes(2_999));
  });
});
