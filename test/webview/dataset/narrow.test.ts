/** The bar of the page of a run file in a narrow window, in Chromium. */
import assert from 'node:assert/strict';
import { type DatasetPage, datasetPages } from './support/dataset-page';

const SET = { items: 10_000, classes: 10 };

describe('the bar of a run file in a narrow window', () => {
  let page: DatasetPage;
  const open = datasetPages((opened) => {
    page = opened;
  });

  it('takes three lines where there is little room, whatever is asked for, and its parts are reached by Tab', async () => {
    await open({ ...SET, versions: 2, info: { notes: ['A note.'] } }, { width: 480 });
    await page.settled();
    await page.search('true = cat and p < 0.6 and wrong and margin > 0.01 and loss > 0.001 order by loss desc');
    for (const width of [420, 480, 680]) {
      await page.look({ width });
      const bar = (await page.page.locator('.bar').boundingBox())!;
      assert.ok(bar.height <= 110, `${bar.height} px at ${width}`);
      const tools = (await page.find('heat').boundingBox())!;
      assert.ok(tools.x + tools.width <= width);
    }
    await page.find('flag-failed').focus();
    assert.equal(await page.find('flag-failed').textContent(), 'failed', 'the name of what shows an icon alone');
    for (let chip = 0; chip < 4; chip++) {
      await page.page.keyboard.press('Tab');
      const remove = page.find(`remove-chip-${chip + (chip > 1 ? 1 : 0)}`);
      assert.ok(await remove.evaluate((element) => element === document.activeElement));
      const [inner, outer] = [await remove.boundingBox(), await page.page.locator('.chips').first().boundingBox()];
      assert.ok(inner!.x + inner!.width <= outer!.x + outer!.width + 1, 'what has the focus is scrolled into sight');
    }
  });
});
