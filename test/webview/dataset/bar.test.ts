/** The bar of filters, tags and work of the page of a run file in Chromium. */
import assert from 'node:assert/strict';
import type { Work } from '../../../src/protocol/dataset';
import { until } from '../../support/wait';
import { infoOf, isFailed, isWrong } from './support/data';
import { type DatasetPage, datasetPages } from './support/dataset-page';

const SET = { items: 10_000, classes: 10 };
const WRONG = Array.from({ length: 10_000 }, (_, i) => i).filter((item) => isWrong(item) && !isFailed(item));
const commas = (value: number) => value.toLocaleString('en');

const sweep: Work = {
  id: 7,
  kind: 'sweep',
  version: 1,
  state: 'running',
  done: 3_240,
  total: 10_000,
  failed: 3,
  rate: 118,
  left: 57,
};

describe('the bar of a run file', () => {
  let page: DatasetPage;
  const open = datasetPages((opened) => {
    page = opened;
  });
  const query = () => page.find('query').inputValue();
  const chips = () => page.find('chip').allTextContents();

  it('has menus that no edge of the window cuts off, wherever their buttons are', async () => {
    await open({ ...SET, info: { notes: ['A long note on what was left out of the dataset. '.repeat(8)] } });
    for (const width of [360, 520, 700, 1440]) {
      await page.look({ width });
      for (const id of ['notes', 'views', 'order']) {
        await page.find(id).click();
        const box = (await page.page.locator('.menu:not([hidden])').boundingBox())!;
        assert.ok(box.x >= 0 && box.x + box.width <= width, `${id} at ${width}: ${box.x} and ${box.width} more`);
        await page.press('Escape');
      }
    }
  });

  it('finds the wrong ones with a click, and says how many they are', async () => {
    await open(SET);
    await page.settled();
    await page.find('flag-wrong').click();
    await page.untilCount(`${commas(WRONG.length)} of 10,000`);
    await page.settled();
    assert.equal(await query(), 'wrong');
    assert.match((await page.nameOf(0))!, new RegExp(`image-${String(WRONG[0]).padStart(7, '0')}`));
    assert.equal(await page.find('flag-wrong').getAttribute('aria-pressed'), 'true');
    assert.equal(await page.page.locator('[role=status]').last().textContent(), `${commas(WRONG.length)} images`);
    await page.find('flag-wrong').click();
    await page.untilCount('10,000');
  });

  it('shows conditions as chips, which are removed one by one', async () => {
    await open(SET);
    await page.settled();
    await page.search('true = cat and p < 0.6 and wrong order by loss desc');
    assert.deepEqual(await chips(), ['true: cat', 'p < 0.6']);
    await page.find('remove-chip-0').click();
    await page.settled();
    assert.equal(await query(), 'p < 0.6 and wrong order by loss desc');
    await page.find('clear').click();
    await page.untilCount('10,000');
    assert.equal(await query(), '');
  });

  it('completes words and names by keys, and runs with Enter', async () => {
    await open(SET);
    await page.settled();
    const field = page.find('query');
    await field.pressSequentially('predicted = ice');
    await page.find('query-option-0').waitFor();
    await page.page.keyboard.press('ArrowDown');
    await page.page.keyboard.press('Enter');
    assert.equal(await query(), 'predicted = "ice cream" ');
    await page.page.keyboard.type('and wr');
    await page.page.keyboard.press('ArrowDown');
    await page.page.keyboard.press('Tab');
    await page.page.keyboard.press('Escape');
    await page.page.keyboard.press('Enter');
    await until('it is asked for', async () => (await page.asked('list')).at(-1)?.['query'] !== '');
    assert.equal((await page.asked('list')).at(-1)!['query'], 'predicted = "ice cream" and wrong');
  });

  it('marks the place of a fault, and keeps the list that was there', async () => {
    await open(SET);
    await page.settled();
    const asked = (await page.asked('list')).length;
    await page.search('wrong and los > 2');
    assert.equal(await page.find('query-fault-place').textContent(), 'los > 2');
    assert.match((await page.find('query-fault').textContent())!, /did you mean loss/);
    assert.equal(await page.find('query').getAttribute('aria-invalid'), 'true');
    assert.equal(await page.count(), '10,000');
    assert.equal((await page.asked('list')).length, asked);
  });

  it('says which tags no image has, until another query is asked', async () => {
    await open(SET);
    await page.settled();
    assert.equal(await page.find('query-note').count(), 0);
    await page.search('tag = absent');
    assert.equal((await page.find('query-note').textContent())!.trim(), 'No image has the tag "absent".');
    await page.search('wrong');
    assert.equal(await page.find('query-note').count(), 0);
  });

  it('orders the list, and says how', async () => {
    await open(SET);
    await page.settled();
    await page.find('order').click();
    await page.find('order-loss-desc').click();
    await page.settled();
    assert.equal(await query(), 'order by loss desc');
    assert.equal(await page.find('order').textContent(), 'loss ↓');
    assert.match((await page.nameOf(0))!, /loss 5\.\d/);
  });

  it('makes conditions of a brushed histogram, by the pointer and by keys', async () => {
    await open(SET);
    await page.settled();
    await page.find('histograms').click();
    await page.settled();
    const area = page.find('histogram-loss').locator('.histogram-area');
    const { x, y, width, height } = (await area.boundingBox())!;
    await page.page.mouse.move(x + width / 4, y + height / 2);
    await page.page.mouse.down();
    await page.page.mouse.move(x + width / 2, y + height / 2, { steps: 3 });
    await page.page.mouse.up();
    await page.settled();
    assert.equal(await query(), 'loss >= 1.5 and loss <= 3');
    await page.find('loss-to').focus();
    await page.page.keyboard.press('ArrowLeft');
    await page.page.keyboard.press('ArrowLeft');
    await page.page.keyboard.press('Enter');
    await page.settled();
    assert.equal(await query(), 'loss >= 1.5 and loss <= 2.7');
    await page.page.mouse.click(x + width * 0.9, y + height / 2);
    await page.settled();
    assert.equal(await query(), '');
  });

  it('saves a view, applies it and removes it', async () => {
    await open(SET);
    await page.settled();
    await page.search('wrong');
    await page.find('views').click();
    await page.find('view-name').fill('My errors');
    await page.page.keyboard.press('Enter');
    await page.find('view-My errors').waitFor();
    assert.deepEqual(await page.asked('saveView'), [{ view: { name: 'My errors', query: 'wrong' } }]);
    await page.page.keyboard.press('Escape');
    await page.find('clear').click();
    await page.untilCount('10,000');
    await page.find('views').click();
    await page.find('view-My errors').click();
    await page.untilCount(`${commas(WRONG.length)} of 10,000`);
    await page.find('views').click();
    await page.find('remove-view-My errors').click();
    await page.find('view-My errors').waitFor({ state: 'detached' });
  });

  it('sets a tag by its key on the selection, and takes it back', async () => {
    await open({ ...SET, tagged: [{ name: 'relabel', key: 'r', count: 0 }] });
    await page.settled();
    await page.find('grid').focus();
    await page.press('Shift+ArrowRight', 'r');
    await until('the tag is shown', async () => (await page.nameOf(1))?.includes('tagged relabel'));
    assert.match((await page.nameOf(0))!, /tagged relabel/);
    assert.doesNotMatch((await page.nameOf(2))!, /tagged/);
    await until('it is said', async () =>
      (await page.find('notice').textContent())?.startsWith('Tagged relabel: 2 images'),
    );
    await page.press('Control+z');
    await until('the tag is gone', async () => !(await page.nameOf(1))?.includes('tagged'));
    await page.press('Escape', 'r');
    await until('it is set', async () => (await page.nameOf(1))?.includes('tagged relabel'));
    await page.press('r');
    await until('set and taken off', async () => (await page.asked('tag')).length === 3);
    assert.deepEqual(
      (await page.asked('tag')).map(({ on }) => on),
      [true, true, false],
    );
  });

  it('sets a tag by a key that the host has not answered for yet', async () => {
    await open({ ...SET, delay: 300, tagged: [{ name: 'relabel', count: 0 }] });
    await page.settled();
    await page.find('tags').click();
    await page.find('key-relabel').fill('r');
    await page.page.keyboard.press('Escape');
    await page.find('grid').focus();
    await page.page.keyboard.press('r');
    await until('the tag is shown', async () => (await page.nameOf(0))?.includes('tagged relabel'));
  });

  it('makes a tag and gives it a key, but none that the grid has', async () => {
    await open(SET);
    await page.settled();
    await page.find('tags').click();
    await page.find('tag-name').fill('odd <b>one</b>');
    await page.page.keyboard.press('Enter');
    const key = page.find('key-odd <b>one</b>');
    await key.fill('h');
    await until('it is refused', async () => /h has another use/.test((await page.find('notice').textContent()) ?? ''));
    await key.fill('o');
    await until('the key is asked for', async () => (await page.asked('tagKey')).length === 1);
    assert.deepEqual(await page.asked('tagKey'), [{ tag: 'odd <b>one</b>', key: 'o' }]);
    assert.equal(await page.page.locator('b').count(), 0);
  });

  it('tells how the work goes, pauses, resumes and cancels it', async () => {
    await open({ ...SET, done: 3_240, work: [sweep] });
    await page.settled();
    const line = page.find('work-7');
    const text = 'Sweep of resnet20: 3,240 of 10,000, 118 a second, 57 s left, 3 failed';
    assert.equal(await line.locator('.work-text').textContent(), text);
    assert.equal(await line.getByRole('progressbar').getAttribute('aria-valuenow'), '32');
    await page.find('pause-7').click();
    await page.say({ type: 'work', work: [{ ...sweep, state: 'paused' }] });
    assert.match((await line.textContent())!, /paused/);
    await page.find('resume-7').click();
    await page.find('cancel-7').click();
    for (const name of ['pause', 'resume', 'cancel']) assert.deepEqual(await page.asked(name), [{ work: 7 }]);
    await page.say({ type: 'work', work: [{ ...sweep, state: 'failed', reason: 'the model is gone' }] });
    assert.match((await line.textContent())!, /the model is gone/);
  });

  it('asks for better maps, exports and paths of what is selected', async () => {
    await open(SET);
    await page.settled();
    const choose = async (menu: string, item: string) => {
      await page.find(menu).click();
      await page.find(item).click();
    };
    await choose('compute', 'compute-wrong');
    await choose('compute', 'compute-all');
    await page.find('grid').focus();
    await page.press('Shift+ArrowRight');
    await choose('compute', 'compute-selection');
    assert.deepEqual(
      (await page.postedOf('compute')).map(({ of }) => of),
      ['wrong', 'all', { list: 1, ranges: [[0, 2]] }],
    );
    await choose('export', 'export-parquet');
    await page.find('copy-paths').click();
    await page.find('grid').focus();
    await page.press('Escape');
    await choose('export', 'export-csv');
    assert.deepEqual(
      [...(await page.postedOf('export')), ...(await page.postedOf('copyPaths'))].map(({ kind, of }) => [kind, of]),
      [
        ['parquet', { list: 1, ranges: [[0, 2]] }],
        ['csv', { list: 1 }],
        [undefined, { list: 1, ranges: [[0, 2]] }],
      ],
    );
  });

  it('says which images failed, and why', async () => {
    await open(SET);
    await page.settled();
    await page.find('failures').click();
    await page.page.getByText('image-0000996.png: not a readable image').first().waitFor();
    await page.find('show-failed').click();
    await page.settled();
    assert.match((await page.nameOf(0))!, /failed: .*not a readable image/);
  });

  it('chooses among versions, and lists anew', async () => {
    const [version] = infoOf(SET, [], []).versions;
    const versions = [version!, { ...version!, id: 2, name: 'resnet20@2' }];
    await open({ ...SET, info: { versions } });
    await page.settled();
    assert.equal((await page.asked('list')).at(-1)!['version'], 2, 'the last version is shown first');
    await page.find('version').click();
    await page.page.locator('vscode-option').first().click();
    await until('the other version is listed', async () => (await page.asked('list')).at(-1)!['version'] === 1);
  });
});
