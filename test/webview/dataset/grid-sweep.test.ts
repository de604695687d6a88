/** The grid of a run file in Chromium, while images are computed. */
import assert from 'node:assert/strict';
import { until } from '../../support/wait';
import { isFailed, isWrong } from './support/data';
import { type DatasetPage, datasetPages } from './support/dataset-page';

const SET = { items: 10_000, classes: 10 };

describe('the grid of a run file that is swept', () => {
  let page: DatasetPage;
  const open = datasetPages((opened) => {
    page = opened;
  });

  it('fills while the sweep runs, without moving, and tells what is on screen, so that it is computed first', async () => {
    await open({ ...SET, done: 0 });
    await page.settled();
    assert.match((await page.nameOf(5))!, /not computed yet/);
    await page.find('grid').evaluate((grid) => {
      grid.scrollTop = 2_000;
    });
    await page.settled();
    const first = await page.page.locator('.tile:not([hidden])').first().getAttribute('id');
    const shown = await until('the host is told', async () => {
      const [last] = (await page.asked('show')).slice(-1);
      return last && (last['items'] as number[]).includes(Number(first!.slice(5))) && last;
    });
    assert.ok((shown['items'] as number[]).length < 200);
    await page.advance(10_000);
    await until('the rows are there', async () => {
      const name = await page.page.locator(`#${first}`).getAttribute('aria-label');
      return name?.includes('predicted');
    });
    assert.equal(await page.find('grid').evaluate((grid) => grid.scrollTop), 2_000);
    assert.equal((await page.asked('list')).length, 1, 'nothing else can match: the list stays');
  });

  it('offers another list when results have changed, and keeps the place', async () => {
    await open({ ...SET, done: 5_000 });
    await page.settled();
    await page.search('order by loss desc');
    await page.find('grid').evaluate((grid) => {
      grid.scrollTop = 3_000;
    });
    await page.settled();
    await page.advance(10_000);
    await page.find('refresh').waitFor();
    assert.equal((await page.asked('list')).length, 2);
    const tiles = page.page.locator('.tile:not([hidden])');
    // The first that is seen whole, and where it is.
    const before = (await tiles.nth(0).getAttribute('aria-label'))!.split(';')[0]!;
    const y = (await tiles.nth(0).boundingBox())!.y;
    await page.find('refresh').click();
    await page.settled();
    await until('the list is another', async () => (await page.asked('list')).length === 3);
    await page.settled();
    const same = page.page.locator(`.tile[aria-label^="${before};"]:not([hidden])`);
    assert.ok(Math.abs((await same.boundingBox())!.y - y) < 1);
    assert.equal(await page.find('refresh').count(), 0);
  });

  it('lists by itself while there is room left', async () => {
    await open({ ...SET, done: 0 });
    await page.settled();
    await page.search('wrong');
    assert.equal(await page.count(), '0 of 10,000');
    const wrong = Array.from({ length: 100 }, (_, i) => i).filter((item) => isWrong(item) && !isFailed(item));
    await page.advance(100);
    await page.untilCount(`${wrong.length} of 10,000`);
    await page.settled();
    assert.match((await page.nameOf(0))!, /wrong/);
  });
});
