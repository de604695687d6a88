/** The page of classes in Chromium. */
import assert from 'node:assert/strict';
import type { VersionInfo, Work } from '../../../src/protocol/dataset';
import { matrixOf, mostConfused, pixelsOf, predictedIn } from '../../../webview/dataset/classes/matrix';
import type { Names } from '../../../webview/dataset/grid/draw/tiles';
import { accuracyText, tileOf, workText } from '../../../webview/dataset/texts';
import { readCanvas } from '../../support/canvas';
import { until } from '../../support/wait';
import { classesOf, classOf, labelOf, predictedOf } from './support/data';
import { type DatasetPage, datasetPages } from './support/dataset-page';

const SET = { items: 10_000, classes: 10 };
const SAVED = { page: 'classes' };

describe('the confusion matrix as numbers', () => {
  const info = classesOf({ items: 2_000, classes: 7 });
  const meant = Array.from({ length: 7 }, (_, i) => [i]);
  it('leaves out the row of items without a class where there is none', () => {
    const matrix = matrixOf(info, 7, meant);
    assert.deepEqual([matrix.rows, matrix.columns], [7, 7]);
    const counts = info.confusion.counts.slice();
    counts[7 * 7 + 2] = 5;
    assert.equal(matrixOf({ ...info, confusion: { ...info.confusion, counts } }, 7, meant).rows, 8);
  });
  it('lists the wrong cells with the most images, as sorting all cells does', () => {
    const matrix = matrixOf(info, 7, meant);
    const all = [...info.confusion.counts.slice(0, 49)]
      .map((count, i) => ({ row: Math.floor(i / 7), column: i % 7, count }))
      .filter(({ row, column, count }) => row !== column && count > 0)
      .sort((a, b) => b.count - a.count);
    assert.deepEqual(
      mostConfused(matrix, 5).map(({ count }) => count),
      all.slice(0, 5).map(({ count }) => count),
    );
  });
  it('tells which classes some image was taken for, with or without a class of its own', () => {
    const counts = Uint32Array.from([0, 2, 0, 0, 0, 0, 4, 0, 0]);
    assert.deepEqual(predictedIn({ ...info, confusion: { columns: [8, 5, 2], counts } }), [5, 8]);
  });
  it('shows the strongest of the cells that fall on one pixel, and right ones apart from wrong ones', () => {
    const counts = new Uint32Array(5 * 4);
    counts.set([90, 10, 0, 0, 0, 100, 0, 0, 0, 0, 100, 0, 0, 0, 0, 100]);
    const matrix = matrixOf({ ...info, confusion: { columns: [0, 1, 2, 3], counts } }, 4, meant);
    const part = { row: 0, column: 0, rows: 4, columns: 4 };
    const colors = { right: [0, 0, 255], wrong: [255, 0, 0] } as const;
    const whole = pixelsOf(matrix, part, 4, 4, colors);
    assert.deepEqual([...whole.subarray(0, 4)], [0, 0, 255, Math.round(255 * Math.sqrt(0.9))]);
    assert.deepEqual([...whole.subarray(4, 8)], [255, 0, 0, Math.round(255 * Math.sqrt(0.1))]);
    assert.equal(whole[4 * 2 + 3], 0);
    assert.deepEqual([...pixelsOf(matrix, part, 1, 1, colors)], [0, 0, 255, 255]);
  });
});

describe('words about classes', () => {
  const info = classesOf({ items: 2_000, classes: 7 });
  it('count images apart whose class the model does not have: none of them can be right', () => {
    assert.equal(accuracyText({ ...info, rows: 4, judged: 4, accuracy: 0.75 }), '75.00 % of 4 images are right.');
    assert.equal(
      accuracyText({ ...info, rows: 4, judged: 1, accuracy: 1 }),
      '100.00 % of 1 image is right. 3 images more have a class that the model does not know.',
    );
  });
  it('of a search for clusters count classes, and give no classes a second', () => {
    const work = { id: 1, version: 1, state: 'running', failed: 0, done: 4, total: 10, rate: 0.159, left: 38 } as const;
    const info = { name: 'net' } as VersionInfo;
    assert.equal(workText({ ...work, kind: 'clusters' } as Work, info), 'Clusters of net: 4 of 10 classes, 38 s left');
    assert.equal(
      workText({ ...work, kind: 'sweep' } as Work, info),
      'Sweep of net: 4 of 10, 0.159 a second, 38 s left',
    );
  });
  it('of a tile that failed begin with the name of its file and not with its folders', () => {
    const row = { item: 1, path: 'cat/broken.jpg', categories: [], state: 'failed', tags: [] } as const;
    const names = { info: { categories: [] } } as unknown as Names;
    const second = (error: string) => tileOf({ ...row, error }, names).second;
    assert.equal(second('/home/me/photos/cat/broken.jpg: no image'), 'broken.jpg: no image');
    assert.equal(second('the engine has ended'), 'the engine has ended');
  });
});

describe('the classes of a run file', () => {
  let page: DatasetPage;
  const open = datasetPages((opened) => {
    page = opened;
  });
  const names = () => page.find('class-table').locator('tbody th').allTextContents();
  const query = () => page.find('query').inputValue();

  it('are a table that is sorted by each column', async () => {
    await open(SET, { width: 1200, saved: SAVED });
    await page.find('class-table').waitFor();
    const { categories, accuracy } = classesOf(SET);
    const by = (measure: (c: (typeof categories)[number]) => number) =>
      categories.toSorted((a, b) => measure(a) - measure(b)).map(({ category }) => labelOf(category));
    assert.deepEqual(
      await names(),
      by(({ recall }) => recall!),
    );
    const sort = async (column: string) => {
      await page.find(`sort-${column}`).click();
      await page.settled();
    };
    await sort('precision');
    assert.deepEqual(
      await names(),
      by(({ precision }) => precision!),
    );
    await sort('precision');
    assert.deepEqual(
      await names(),
      by(({ precision }) => -precision!),
    );
    await sort('name');
    assert.deepEqual(await names(), (await names()).toSorted());
    assert.ok((await page.find('accuracy').textContent())!.startsWith(`${(100 * accuracy!).toFixed(2)} %`));
    await page.find('class-3').click();
    await page.settled();
    assert.equal(await query(), 'true = cat');
    assert.equal(await page.find('tab-grid').getAttribute('aria-selected'), 'true');
  });

  it('show all columns of their table, and what the sides of the matrix are, beside the side bar', async () => {
    // As wide as an editor there in a window of 1440 pixels.
    await open(SET, { width: 1083, saved: SAVED });
    const table = page.find('class-table');
    await table.waitFor();
    const [inner, outer] = await table.evaluate((element) => [element.scrollWidth, element.parentElement!.clientWidth]);
    assert.ok(inner! <= outer!, `${inner} of ${outer} pixels`);
    const heights = await table.locator('tbody tr').evaluateAll((rows) => rows.map((row) => row.clientHeight));
    assert.ok(Math.max(...heights) - Math.min(...heights) <= 2, `no cell of two lines: ${heights.join(', ')} pixels`);
    const matrix = (await page.find('confusion').boundingBox())!;
    for (const name of ['confusion-legend', 'confusion-text'])
      assert.ok((await page.find(name).boundingBox())!.y < matrix.y, name);
    assert.match((await page.find('confusion-legend').textContent())!, /^Rows are true classes, columns predicted/);
  });

  it('shorten long names before a column is out of sight, in every width', async () => {
    const categories = Array.from({ length: 10 }, (_, i) => `n0209960${i} golden retriever ${'x'.repeat(60)}`);
    await open({ ...SET, items: 1_000_000, info: { categories } }, { saved: SAVED });
    const table = page.find('class-table');
    await table.waitFor();
    for (const width of [520, 700, 1060, 1440]) {
      await page.look({ width });
      const [inner, outer] = await table.evaluate(({ scrollWidth, parentElement }) => [
        scrollWidth,
        parentElement!.clientWidth,
      ]);
      assert.ok(inner! <= outer!, `${inner} of ${outer} pixels at ${width}`);
    }
  });

  it('lead from a cell of the matrix to its images, by pointer and by keys', async () => {
    await open(SET, { width: 1200, saved: SAVED });
    const matrix = page.find('confusion');
    await matrix.waitFor();
    const { width, height } = (await matrix.boundingBox())!;
    const at = (row: number, column: number) => ({
      position: { x: ((column + 0.5) / 10) * width, y: ((row + 0.5) / 10) * height },
    });
    await matrix.hover(at(3, 5));
    const count = Array.from({ length: 10_000 }, (_, i) => i).filter(
      (item) => classOf(item, SET) === 3 && predictedOf(item, SET) === 5,
    ).length;
    assert.match(
      (await page.find('confusion-text').textContent())!,
      new RegExp(`true: cat, predicted: dog: ${count} of 1,000`),
    );
    await matrix.click(at(3, 5));
    await page.settled();
    assert.equal(await query(), 'true = cat and predicted = dog');
    await page.find('tab-classes').click();
    // The pointer would otherwise lie over the matrix as it appears, and its cell is where the keys start from.
    await page.page.mouse.move(0, 0);
    await matrix.waitFor();
    await page.settled();
    await matrix.focus();
    for (const key of ['ArrowDown', 'ArrowRight', 'ArrowRight']) await page.page.keyboard.press(key);
    await until('the cursor has moved', async () =>
      (await page.find('confusion-text').textContent())!.startsWith('true: automobile, predicted: bird'),
    );
    await page.page.keyboard.press('Enter');
    await page.settled();
    assert.equal(await query(), 'true = automobile and predicted = bird');
  });

  for (const [width, least] of [
    [1440, 480],
    [600, 400],
  ] as const) {
    it(`have names at the matrix, which takes the room that there is, in a window ${width} pixels wide`, async () => {
      await open(SET, { width, saved: SAVED });
      const matrix = (await page.find('confusion').boundingBox())!;
      assert.ok(matrix.width >= least && matrix.x + matrix.width <= width, JSON.stringify(matrix));
      assert.equal(matrix.width, matrix.height);
      for (const axis of ['rows', 'columns'] as const) {
        const names = page.find(`confusion-${axis}`).locator('span');
        assert.deepEqual(
          await names.allTextContents(),
          Array.from({ length: 10 }, (_, i) => labelOf(i)),
        );
        // Each is beside the middle of its row or column.
        for (const i of [0, 4, 9]) {
          const box = (await names.nth(i).boundingBox())!;
          const middle = axis === 'rows' ? box.y + box.height / 2 - matrix.y : box.x + box.width / 2 - matrix.x;
          const cell = Math.floor((middle / matrix.width) * 10);
          assert.equal(cell, i, `${axis} ${i} at ${middle}`);
        }
      }
    });
  }

  it('are drawn for a thousand classes, with a loupe for the single cell', async () => {
    await open({ items: 100_000, classes: 1_000 }, { width: 1200, saved: SAVED });
    await page.find('confusion').waitFor();
    const { width, rgba } = await readCanvas(page.find('confusion-canvas'));
    const isFilled = (row: number, column: number) => rgba[4 * (row * width + column) + 3]! > 0;
    for (let i = 0; i < width; i += 40) assert.ok(isFilled(i, i), `the diagonal at ${i}`);
    assert.ok(!isFilled(0, width - 20));
    assert.equal(await page.page.locator('.loupe').count(), 1);
    assert.equal(await page.find('confusion-rows').count(), 0, 'no room for names');
    await page.find('confusion').focus();
    await page.page.keyboard.press('ArrowRight');
    await until('one cell further', async () =>
      (await page.find('confusion-text').textContent())!.startsWith('true: airplane, predicted: automobile'),
    );
  });

  it('have an atlas, of which only what is seen is asked for', async () => {
    await open({ items: 100_000, classes: 1_000 }, { width: 1200, saved: SAVED });
    await until('some are there', async () => (await page.asked('atlas')).length > 0);
    const asked = (await page.asked('atlas')).flatMap(({ indices }) => indices as number[]);
    assert.ok(asked.length < 300, `${asked.length}`);
    await page.find('atlas-999').scrollIntoViewIfNeeded();
    await until('the last is asked for', async () =>
      (await page.asked('atlas')).some(({ indices }) => (indices as number[]).includes(999)),
    );
    await until(
      'it is drawn',
      async () => (await page.find('atlas-999').locator('canvas').getAttribute('width')) !== '1',
    );
    await page.find('atlas-predicted').click();
    await until('by predicted class', async () => (await page.asked('atlas')).at(-1)!['by'] === 'predicted');
    await page.find('atlas-2').click();
    await page.settled();
    assert.equal(await query(), 'predicted = bird');
  });

  it('are one stop of the Tab key in the table and one in the atlas, within which arrows move', async () => {
    await open(SET, { width: 1200, saved: SAVED });
    const focused = () => page.page.evaluate(() => (document.activeElement as HTMLElement).dataset['testid']);
    const inOrder = await page
      .find('class-table')
      .locator('tbody button')
      .evaluateAll((buttons) => buttons.map((button) => (button as HTMLElement).dataset['testid']));
    await page.page.locator(`[data-testid="${inOrder[0]}"]`).focus();
    await page.page.keyboard.press('ArrowDown');
    assert.equal(await focused(), inOrder[1]);
    await page.page.keyboard.press('End');
    assert.equal(await focused(), inOrder.at(-1));
    await page.page.keyboard.press('Tab');
    assert.ok(!inOrder.includes(await focused()));
    await page.page.keyboard.press('Shift+Tab');
    assert.equal(await focused(), inOrder.at(-1), 'the focus comes back to where it was');

    await page.find('atlas-0').focus();
    await page.page.keyboard.press('ArrowRight');
    assert.equal(await focused(), 'atlas-1');
    const columns = await page.find('atlas').evaluate((atlas) => {
      const tops = [...atlas.querySelectorAll('button')].map((card) => card.getBoundingClientRect().top);
      return tops.filter((top) => top === tops[0]).length;
    });
    await page.page.keyboard.press('ArrowDown');
    assert.equal(await focused(), `atlas-${Math.min(1 + columns, 9)}`);
    await page.page.keyboard.press('Enter');
    await page.settled();
    assert.match(await query(), /^true = /);
  });

  it('show how sure the model is, in words too', async () => {
    await open(SET, { width: 1200, saved: SAVED });
    await page.find('calibration').waitFor();
    assert.match((await page.find('calibration').getAttribute('aria-label'))!, /35 %: 32 % right of 300/);
    assert.match((await page.find('ece').textContent())!, /3\.0 %/);
  });
});
