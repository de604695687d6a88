/** The grid of a run file while the explanation editor walks through its list, in Chromium. */
import assert from 'node:assert/strict';
import { until } from '../../support/wait';
import { type DatasetPage, datasetPages } from './support/dataset-page';

const SET = { items: 10_000, classes: 10 };

describe('the grid of a run file that is walked through', () => {
  let page: DatasetPage;
  const open = datasetPages((opened) => {
    page = opened;
  });
  const focused = async () => Number((await page.find('grid').getAttribute('aria-activedescendant'))?.slice(5));

  it('follows the explanation editor through the list', async () => {
    await open(SET);
    await page.settled();
    await page.say({ type: 'walked', item: 4_321 });
    await page.settled();
    assert.equal(await focused(), 4_321);
    assert.match((await page.nameOf(4_321))!, /image-0004321/);
  });

  it('keeps its place while another page is shown', async () => {
    await open(SET);
    const scrollTop = () => page.find('grid').evaluate((grid) => grid.scrollTop);
    await page.find('grid').evaluate((grid) => {
      grid.scrollTop = 6_000;
    });
    await page.settled();
    const first = page.page.locator('.tile:not([hidden])').first();
    const before = await first.getAttribute('aria-label');
    for (let i = 0; i < 2; i++) {
      await page.find('tab-classes').click();
      await page.find('class-table').waitFor();
      await page.find('tab-grid').click();
      await page.settled();
      assert.equal(await scrollTop(), 6_000);
      assert.equal(await first.getAttribute('aria-label'), before);
    }
  });

  it('is where the explanation editor has gone while the page was hidden', async () => {
    await open({ ...SET, walked: 4_321 });
    await until('the focus', async () => (await focused()) === 4_321);
    await page.settled();
    assert.match((await page.nameOf(4_321))!, /image-0004321/);
  });
});
