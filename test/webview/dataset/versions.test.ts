/** The page of versions in Chromium. */
import assert from 'node:assert/strict';
import type { Work } from '../../../src/protocol/dataset';
import { until } from '../../support/wait';
import { classOf, isFailed, labelOf } from './support/data';
import { type DatasetPage, datasetPages } from './support/dataset-page';
import { comparisonOf, flipOf, shiftOf, trendOf, versionsOf } from './support/versions';

const SET = { items: 10_000, classes: 10, versions: 4 };
const SAVED = { page: 'versions' };
const ITEMS = Array.from({ length: SET.items }, (_, i) => i).filter((item) => !isFailed(item));
const commas = (value: number) => value.toLocaleString('en');

describe('the versions of a run file', () => {
  let page: DatasetPage;
  const open = datasetPages((opened) => {
    page = opened;
  });
  const text = async (id: string) => (await page.find(id).textContent()) ?? '';
  const query = () => page.find('query').inputValue();
  const listed = async () => (await page.asked('list')).at(-1)!;
  const shows = (id: string, wanted: string | RegExp) =>
    until(`${id}: ${wanted}`, async () => {
      const found = await text(id);
      return typeof wanted === 'string' ? found === wanted : wanted.test(found);
    });
  const wide = { width: 1200, saved: SAVED };

  it('are listed, the newest first, with what is known of each', async () => {
    await open(SET, wide);
    await page.find('flips').waitFor();
    const names = await page.find('versions').locator('tbody th').locator('button').allTextContents();
    assert.deepEqual(names, ['resnet20@4', 'resnet20@3', 'resnet20@2', 'resnet20']);
    const { accuracy } = trendOf(SET)[3]!;
    assert.ok((await text('version-4')).includes(`${(100 * accuracy!).toFixed(2)} %`));
    assert.match(await text('facts-4'), /23 Nov 2026.* · copy of the model kept, 1\.1 MB$/);
    assert.deepEqual(
      [await page.find('a-3').isChecked(), await page.find('b-4').isChecked()],
      [true, true],
      'the newest is compared with the one before',
    );
  });

  it('flip: counts and sentences, and a cell leads to its images under the later version', async () => {
    await open(SET, wide);
    const { flips } = comparisonOf(SET, 3, 4);
    await shows('summary', new RegExp(`^${flips.a} images got worse, ${flips.b} better\\.`));
    for (const flip of ['both', 'a', 'b', 'neither'] as const) {
      assert.equal(ITEMS.filter((item) => flipOf(item, 3, 4) === flip).length, flips[flip]);
      assert.ok((await text(`flip-${flip}`)).startsWith(commas(flips[flip])));
    }
    await page.find('flip-a').click();
    await page.untilCount(`${flips.a} of 10,000`);
    assert.equal(await query(), 'correct in "resnet20@3" and wrong in "resnet20@4"');
    assert.equal((await listed())['version'], 4);
    assert.equal(await page.find('tab-grid').getAttribute('aria-selected'), 'true');
    assert.deepEqual(await page.find('chip').allTextContents(), ['correct in resnet20@3', 'wrong in resnet20@4']);
    assert.equal(await page.find('flag-wrong').getAttribute('aria-pressed'), 'false');
  });

  it('are chosen by keys, and swap when one is chosen for the other side', async () => {
    await open(SET, wide);
    await page.find('flips').waitFor();
    await page.find('a-3').focus();
    await page.page.keyboard.press('ArrowDown');
    await until('2 and 4 are compared', async () => {
      const last = (await page.asked('compare')).at(-1);
      return last?.['a'] === 2 && last['b'] === 4;
    });
    await shows('summary', new RegExp(`${comparisonOf(SET, 2, 4).flips.a} images got worse`));
    await page.find('b-2').check();
    await until('4 and 2 are compared', async () => {
      const last = (await page.asked('compare')).at(-1);
      return last?.['a'] === 4 && last['b'] === 2;
    });
    assert.ok(await page.find('a-4').isChecked());
    await shows('summary', new RegExp(`${comparisonOf(SET, 4, 2).flips.a} images got worse`));
    await until('it is kept', async () => JSON.stringify(await page.saved()).includes('"compared":[4,2]'));
  });

  it('gain and lose by class, in the order of any column', async () => {
    await open(SET, { ...wide, saved: { ...SAVED, compared: [1, 4] } });
    await page.find('flips-by-class').waitFor();
    const names = () => page.find('flips-by-class').locator('tbody th').allTextContents();
    const { categories } = comparisonOf(SET, 1, 4);
    const by = (measure: (flips: (typeof categories)[number]['flips']) => number) =>
      categories
        .toSorted((one, other) => measure(one.flips) - measure(other.flips))
        .map(({ category }) => labelOf(category));
    const gain = ({ a, b, both, neither }: (typeof categories)[number]['flips']) => (b - a) / (a + b + both + neither);
    assert.deepEqual(await names(), by(gain));
    await page.find('sort-better').click();
    await page.settled();
    assert.deepEqual(
      await names(),
      by(({ b }) => -b),
    );
    const count = ITEMS.filter((item) => classOf(item, SET) === 9 && flipOf(item, 1, 4) === 'b').length;
    assert.equal(await text('class-9-b'), String(count));
    await page.find('class-9-b').click();
    await page.untilCount(`${count} of 10,000`);
    assert.equal(await query(), 'true = "ice cream" and wrong in resnet20 and correct in "resnet20@4"');
  });

  it('have a shift that is brushed, by keys too, and leads to the images that moved most', async () => {
    await open({ ...SET, shifted: 10_000 }, wide);
    const { mean } = comparisonOf({ ...SET, shifted: 10_000 }, 3, 4).shift;
    await shows('shift-mean', `Mean ${Number(mean!.toPrecision(3))}, of ${commas(ITEMS.length)} images.`);
    assert.equal(await page.find('find-shift').count(), 0);
    await page.find('shift-from').focus();
    for (let i = 0; i < 5; i++) await page.page.keyboard.press('ArrowRight');
    await page.page.keyboard.press('Enter');
    const moved = ITEMS.filter((item) => shiftOf(item) >= 0.5);
    await shows('show-shift', `Show ${commas(moved.length)} Images`);
    await page.find('show-shift').click();
    await page.untilCount(`${commas(moved.length)} of 10,000`);
    assert.equal(await query(), 'shift from "resnet20@3" >= 0.5 order by shift from "resnet20@3" desc');
    assert.equal(await text('order'), 'shift ↓');
    await page.find('tab-versions').click();
    await page.find('largest-shift').click();
    await page.untilCount('10,000');
    await page.settled();
    assert.equal(await query(), 'order by shift from "resnet20@3" desc');
    const most = ITEMS.toSorted((one, other) => shiftOf(other) - shiftOf(one))[0]!;
    assert.match((await page.nameOf(0))!, new RegExp(`image-${String(most).padStart(7, '0')}`));
  });

  it('have a shift that is computed on demand, with its progress', async () => {
    await open(SET, wide);
    await shows(
      'shift-rest',
      new RegExp(`^The shift of ${commas(ITEMS.length)} images is not known: maps by resnet20@4`),
    );
    await page.find('find-shift').click();
    assert.deepEqual(await page.postedOf('findShift'), [{ type: 'findShift', a: 3, b: 4 }]);
    const work: Work = {
      ...{ id: 9, kind: 'shift', version: 4, state: 'running', done: 2_000, total: 9_990, failed: 0 },
    };
    await page.say({ type: 'work', work: [work] });
    await shows('shift-work', /Shift of resnet20@4: 2,000 of 9,990/);
    assert.equal(await page.find('find-shift').count(), 0);
    await page.change({ shifted: 10_000 });
    await page.say({ type: 'work', work: [{ ...work, state: 'done', done: 9_990 }] });
    await shows('shift-mean', /^Mean 0\.\d+, of 9,990 images\.$/);
  });

  it('whose weights are gone say why a shift stays unknown', async () => {
    const versions = versionsOf({ ...SET, versions: 2 }).map((version) =>
      version.id === 2 ? { ...version, unavailable: 'net.onnx has changed' } : version,
    );
    await open({ ...SET, info: { versions } }, wide);
    await shows('facts-2', /weights gone: stored maps only$/);
    await shows('shift-rest', /can't be computed: net\.onnx has changed$/);
    assert.equal(await page.find('find-shift').count(), 0);
  });

  it('are renamed in place, pinned, and removed after a question of the host', async () => {
    await open(SET, wide);
    await page.find('rename-3').click();
    const field = page.find('name-3');
    assert.ok(await field.evaluate((element) => element === document.activeElement));
    await field.fill('after <b>epoch</b> 3');
    await page.page.keyboard.press('Enter');
    await shows('rename-3', 'after <b>epoch</b> 3');
    assert.equal(await page.page.locator('b').count(), 0);
    await until('the focus is back', () =>
      page.find('rename-3').evaluate((element) => element === document.activeElement),
    );
    await page.page.keyboard.press('Enter');
    await page.find('name-3').fill('resnet20');
    await page.page.keyboard.press('Enter');
    await shows('notice', 'resnet20 is taken.');
    await page.find('rename-3').click();
    await page.find('name-3').fill('x');
    await page.page.keyboard.press('Escape');
    await shows('rename-3', 'after <b>epoch</b> 3');
    assert.equal((await page.asked('nameVersion')).length, 2);
    await page.find('pin-3').click();
    await shows('facts-3', /kept, 1\.1 MB, pinned$/);
    assert.equal(await page.find('pin-3').getAttribute('aria-pressed'), 'true');
    await page.find('remove-1').click();
    assert.deepEqual(await page.postedOf('removeVersion'), [{ type: 'removeVersion', version: 1 }]);
  });

  it('that are renamed are named anew in the query', async () => {
    await open(SET, { ...wide, saved: { ...SAVED, query: 'wrong in "resnet20@3" and p > 0.5' } });
    await page.find('rename-3').click();
    await page.find('name-3').fill('third one');
    await page.page.keyboard.press('Enter');
    await until('the query', async () => (await query()) === 'wrong in "third one" and p > 0.5');
    await page.settled();
    assert.equal((await listed())['query'], 'wrong in "third one" and p > 0.5');
    assert.equal(await page.find('query-fault').count(), 0);
  });

  it('are lines from three versions on, with a text under the pointer', async () => {
    await open(SET, wide);
    await page.find('lines').waitFor();
    const points = trendOf(SET);
    const at = (i: number) => `${(100 * points[i]!.accuracy!).toFixed(2)} %`;
    assert.equal(await text('line-accuracy-at'), `resnet20@4: ${at(3)}`);
    const chart = page.find('line-accuracy').locator('.u-over');
    await chart.scrollIntoViewIfNeeded();
    await chart.hover({ position: { x: 20, y: 30 } });
    await shows('line-accuracy-at', `resnet20: ${at(0)}`);
    await shows('line-loss-at', new RegExp(`^resnet20: ${Number(points[0]!.loss!.toPrecision(3))}`));
    assert.match(
      (await page.find('line-change').locator('.line-chart').getAttribute('aria-label'))!,
      /^Change of maps over 4 versions: from resnet20@2: 0\.141 to resnet20@4: 0\.05$/,
    );
    assert.match(await text('converged'), /training has converged/);
    assert.equal(await page.find('line-energy').count(), 0, 'no box is known');
  });

  it('alone has no flips, and says how a second one comes', async () => {
    await open({ ...SET, versions: 1 }, wide);
    await shows('versions-alone', /second version/);
    for (const id of ['flips', 'lines', 'a-1']) assert.equal(await page.find(id).count(), 0);
    await page.find('add-model').click();
    assert.deepEqual(await page.postedOf('update'), [{ type: 'update' }]);
    await page.find('tab-grid').click();
    assert.equal(await page.find('side-by-side').count(), 0);
  });

  it('of images without a class have a shift and no flips', async () => {
    await open({ ...SET, unlabelled: true, shifted: 500 }, wide);
    await shows('summary', /: no class is known of the images\.$/);
    assert.equal(await page.find('flips').count(), 0);
    await shows('shift-mean', /^Mean .*, of 500 of 9,990 images\.$/);
  });

  it('explain an image side by side, from the grid by button, keys and command, and from the flips', async () => {
    await open(SET);
    await page.settled();
    await page.find('grid').focus();
    await page.press('ArrowRight', 'Shift+Enter');
    await page.find('side-by-side').click();
    await page.say({ type: 'command', command: 'sideBySide' });
    const place = { version: 4, item: 1, list: 1, position: 1, query: '' };
    const expected = { type: 'sideBySide', a: 3, b: 4, ...place };
    assert.deepEqual(await page.postedOf('sideBySide'), [expected, expected, expected]);
    await page.tile(4).click({ button: 'right' });
    await page.say({ type: 'command', command: 'sideBySide' });
    assert.equal((await page.postedOf('sideBySide')).at(-1)!['item'], 4, 'the row that the menu is opened on');
    assert.match((await page.find('grid').getAttribute('data-vscode-context'))!, /"webviewSection":"grid"/);
    await page.find('tab-versions').click();
    await page.find('walk-a').click();
    await until('the first of the worse ones', async () => (await page.postedOf('sideBySide')).length === 5);
    const worse = ITEMS.find((item) => flipOf(item, 3, 4) === 'a');
    const last = (await page.postedOf('sideBySide')).at(-1)!;
    assert.deepEqual([last['item'], last['position']], [worse, 0]);
    assert.equal(last['query'], 'correct in "resnet20@3" and wrong in "resnet20@4"');
  });

  it('a new one is told while the page is open, and shown when it is asked for', async () => {
    await open(SET);
    await page.settled();
    const lists = (await page.asked('list')).length;
    await page.change({ versions: 5 });
    await shows('added', /resnet20@5 is a new version/);
    await page.settled();
    assert.equal((await page.asked('list')).length, lists, 'the grid stays as it is');
    await page.change({ versions: 6 });
    await shows('added', /resnet20@5 and resnet20@6 are new versions/);
    await page.find('show-flips').click();
    await shows('summary', new RegExp(`^${comparisonOf(SET, 5, 6).flips.a} images got worse`));
    assert.equal(await page.find('added').count(), 0);
    assert.ok(await page.find('tab-versions').evaluate((tab) => tab === document.activeElement));
    await page.say({ type: 'compare', a: 1, b: 5 });
    await shows('summary', new RegExp(`^${comparisonOf(SET, 1, 5).flips.a} images got worse`));
  });

  it('can only be looked at where the file can only be read', async () => {
    await open({ ...SET, info: { readOnly: 'another window computes' } }, wide);
    await page.find('flips').waitFor();
    assert.equal(await page.find('rename-3').count(), 0);
    for (const id of ['pin-3', 'remove-3']) assert.notEqual(await page.find(id).getAttribute('disabled'), null);
    await shows('shift-rest', /can't be computed: another window computes$/);
  });
});
