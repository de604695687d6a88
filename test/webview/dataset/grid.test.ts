/** The grid of a run file in Chromium. */
import assert from 'node:assert/strict';
import { DEFAULT_STYLE } from '../../../src/core/style';
import { frameOf } from '../../../webview/dataset/grid/draw/album';
import { draw } from '../../../webview/heat/painting';
import { readCanvas } from '../../support/canvas';
import { until } from '../../support/wait';
import { isFailed, isWrong, mapOf, probabilityOf } from './support/data';
import { type DatasetPage, datasetPages } from './support/dataset-page';

const SET = { items: 10_000, classes: 10 };
const MILLION = { items: 1_000_000, classes: 10 };
const wrongItems = (items: number) =>
  Array.from({ length: items }, (_, i) => i).filter((item) => isWrong(item) && !isFailed(item));

describe('the grid of a run file', () => {
  let page: DatasetPage;
  const open = datasetPages((opened) => {
    page = opened;
  });
  const focused = async () => Number((await page.find('grid').getAttribute('aria-activedescendant'))?.slice(5));
  const scrollTop = () => page.find('grid').evaluate((grid) => grid.scrollTop);

  it('shows each image with its prediction, and says in words whether it is wrong', async () => {
    await open(SET, { width: 1440, height: 900 });
    await page.settled();
    assert.equal(await page.count(), '10,000');
    const [wrong] = wrongItems(40);
    const right = Array.from({ length: 40 }, (_, i) => i).find((item) => !isWrong(item))!;
    assert.match((await page.nameOf(wrong!))!, /; wrong, predicted \w+/);
    assert.doesNotMatch((await page.nameOf(right))!, /wrong/);
    const percent = (100 * probabilityOf(right)).toFixed(1);
    assert.ok((await page.nameOf(right))!.includes(`${percent} %`), (await page.nameOf(right))!);
    assert.equal(await page.tile(0).getAttribute('aria-setsize'), '10000');
    assert.equal(await page.page.locator('img').count(), 0);
  });

  it('draws heat as the core draws it, on the very pixels of the picture', async () => {
    await open({ ...SET, side: 128 }, { width: 434, height: 600, saved: { tile: 200 } });
    await page.settled();
    await page.say({ type: 'style', style: { ...DEFAULT_STYLE, opacity: 1 } });
    await page.settled();
    const canvas = await readCanvas(page.find('tiles'));
    const layer = (await page.find('tiles').boundingBox())!;
    for (const item of [0, 1]) {
      const tile = (await page.tile(item).boundingBox())!;
      const side = tile.width;
      const image = { width: 128, height: 128 };
      const frame = frameOf({
        item,
        map: mapOf(item),
        transform: { scaleX: 4, scaleY: 4, offsetX: 0, offsetY: 0, image },
        inputSize: { width: 32, height: 32 },
      })!;
      const { pixels } = draw({
        drawing: { kind: 'map', frame },
        size: { width: side, height: side },
        style: DEFAULT_STYLE,
      });
      const [left, top] = [tile.x - layer.x, tile.y - layer.y];
      let compared = 0;
      // Signs lie over the upper corners.
      for (let y = 24; y < side; y++) {
        for (let x = 0; x < side; x++) {
          const [at, own] = [4 * ((top + y) * canvas.width + left + x), 4 * (y * side + x)];
          for (let c = 0; c < 3; c++) assert.equal(canvas.rgba[at + c], pixels[own + c], `${item} at ${x}, ${y}`);
          compared += 1;
        }
      }
      assert.ok(compared > 20_000, `${compared}`);
    }
  });

  it('hides the heat by one key, and shows it again', async () => {
    await open(SET);
    await page.settled();
    const before = await readCanvas(page.find('tiles'));
    await page.find('grid').focus();
    await page.settled();
    await page.press('h');
    const bare = await readCanvas(page.find('tiles'));
    assert.notDeepEqual(bare.rgba, before.rgba);
    assert.equal(await page.find('heat').getAttribute('aria-pressed'), 'false');
    await page.press('h');
    assert.equal(await page.find('heat').getAttribute('aria-pressed'), 'true');
    assert.notDeepEqual((await readCanvas(page.find('tiles'))).rgba, bare.rgba);
  });

  it('is scrolled over a million images from end to end, by keys and by the bar', async () => {
    await open(MILLION);
    await page.settled();
    assert.equal(await page.count(), '1,000,000');
    await page.find('grid').focus();
    await page.press('End');
    assert.equal(await focused(), 999_999);
    assert.match((await page.nameOf(999_999))!, /image-0999999\.png/);
    await page.press('Home');
    assert.equal(await scrollTop(), 0);
    assert.match((await page.nameOf(0))!, /image-0000000\.png/);
    for (const share of [0.25, 0.5, 0.75, 1]) {
      await page.find('grid').evaluate((grid, part) => {
        grid.scrollTop = part * (grid.scrollHeight - grid.clientHeight);
      }, share);
      await page.settled();
      await until(
        'names of what is on screen',
        async () => (await page.page.locator('.tile:not([hidden])').count()) > 10,
      );
      const shown = await page.page
        .locator('.tile:not([hidden])')
        .evaluateAll((tiles) => tiles.map((tile) => [Number(tile.id.slice(5)), tile.ariaLabel] as const));
      for (const [position, name] of shown) {
        assert.ok(name!.includes(String(position).padStart(7, '0')), `${position}: ${name}`);
      }
      const middle = shown[Math.floor(shown.length / 2)]![0];
      assert.ok(Math.abs(middle / 1_000_000 - share) < 0.01, `${middle} at ${share}`);
    }
  });

  it('shows what it rests on after a scroll that passed many screens', async () => {
    await open(MILLION);
    await page.settled();
    await page.find('grid').evaluate(async (grid) => {
      const way = (grid.scrollHeight - grid.clientHeight) / 2;
      for (let step = 1; step <= 20; step++) {
        grid.scrollTop = (way * step) / 20;
        await new Promise(requestAnimationFrame);
      }
    });
    await page.settled();
    const rested = await readCanvas(page.find('tiles'));
    const names = await page.page
      .locator('.tile:not([hidden])')
      .evaluateAll((tiles) => tiles.map((tile) => tile.ariaLabel));
    // The same place, drawn when nothing has moved.
    await page.find('grid').focus();
    await page.press('h');
    await page.press('h');
    await page.find('grid').evaluate((grid) => (grid as HTMLElement).blur());
    await page.settled();
    assert.deepEqual((await readCanvas(page.find('tiles'))).rgba, rested.rgba);
    assert.ok(names.length > 10 && names.every((name) => /image-0(499|500)/.test(name!)), names.join(', '));
  });

  it('reaches every row where the list is longer than a browser can scroll, and goes on row by row', async () => {
    await open(MILLION, { width: 600, height: 700, saved: { tile: 400 } });
    await page.settled();
    await page.page.mouse.move(300, 400);
    const top = async () => (await page.tile(0).boundingBox())?.y ?? Number.NaN;
    /** How far the tiles move with a turn of the wheel, which the browser does in its own time. */
    const turn = async (pixels: number) => {
      const before = await top();
      await page.page.mouse.wheel(0, pixels);
      await until('the tiles have moved', async () => Math.abs(before - (await top())) >= pixels - 1);
      await page.settled();
      return before - (await top());
    };
    const moved = [await turn(300), await turn(100)].map(Math.round);
    assert.ok(Math.abs(moved[0]! - 300) <= 1 && Math.abs(moved[1]! - 100) <= 1, `the wheel moves ${moved}`);
    await page.find('grid').focus();
    await page.press('End');
    assert.match((await page.nameOf(999_999))!, /image-0999999/);
    await page.press('ArrowUp');
    assert.equal(await focused(), 999_998);
    assert.match((await page.nameOf(999_998))!, /image-0999998/);
  });

  it('is moved through with arrows and pages; Enter explains, with its place in the list', async () => {
    await open(SET);
    await page.settled();
    await page.find('grid').focus();
    await page.press('ArrowRight', 'ArrowRight', 'ArrowLeft');
    assert.equal(await focused(), 1);
    await page.press('ArrowDown');
    const columns = (await focused()) - 1;
    assert.ok(columns > 3, `${columns} columns`);
    await page.press('PageDown');
    const rows = ((await focused()) - 1 - columns) / columns;
    assert.ok(Number.isInteger(rows) && rows >= 2, `${rows} rows`);
    await page.press('Enter');
    const position = await focused();
    assert.deepEqual(await page.postedOf('explain'), [
      { type: 'explain', version: 1, item: position, list: 1, position, query: '' },
    ]);
    await page.tile(position).dblclick();
    assert.equal((await page.postedOf('explain')).length, 2);
  });

  it('selects with Space, Shift and Ctrl, by keys and by the pointer, and tells the host', async () => {
    await open(SET);
    await page.settled();
    await page.find('grid').focus();
    const ranges = async () => (await page.postedOf('at')).at(-1)!['ranges'];
    await page.press(' ');
    assert.deepEqual(await ranges(), [[0, 1]]);
    await page.press('ArrowRight', 'ArrowRight');
    await page.press('Shift+ArrowRight');
    assert.deepEqual(await ranges(), [[2, 4]]);
    await page.tile(8).click({ modifiers: ['Control'] });
    assert.deepEqual(await ranges(), [
      [2, 4],
      [8, 9],
    ]);
    assert.equal(await page.find('selected').textContent(), ', 3 selected');
    await page.tile(5).click();
    assert.deepEqual(await ranges(), []);
    await page.tile(9).click({ modifiers: ['Shift'] });
    assert.deepEqual(await ranges(), [[5, 10]]);
    await page.settled();
    assert.equal(await page.tile(7).getAttribute('aria-selected'), 'true');
    await page.press('Control+a');
    assert.deepEqual(await ranges(), [[0, 10_000]]);
    await page.press('Escape');
    assert.deepEqual(await ranges(), []);
  });

  it('goes to the query with Ctrl+F and /, before the next key', async () => {
    await open(SET);
    await page.settled();
    for (const key of ['Control+f', '/']) {
      await page.find('grid').focus();
      await page.press(key);
      assert.equal(await page.find('query').evaluate((input) => input === document.activeElement), true, key);
    }
  });

  it('changes the size of tiles by slider and keys, and keeps it over a reload', async () => {
    await open(SET);
    await page.settled();
    const width = async () => (await page.tile(0).boundingBox())!.width;
    const before = await width();
    await page.find('size').fill('240');
    await page.settled();
    assert.ok((await width()) >= 240 && before < 200, `${before} ${await width()}`);
    await page.find('grid').focus();
    await page.press('-', '-', 'h');
    const small = await width();
    assert.ok(small < 240);
    const saved = await until('the state is saved', async () => {
      const kept = (await page.saved()) as { heat?: boolean } | undefined;
      return kept?.heat === false && kept;
    });
    await page.close();
    await open(SET, { saved });
    await page.settled();
    assert.equal(await width(), small);
    assert.equal(await page.find('heat').getAttribute('aria-pressed'), 'false');
  });

  for (const [what, script] of [
    ['is missing', null],
    ['fails', "addEventListener('message', () => { throw new Error('broken'); });"],
  ] as const) {
    it(`is drawn by the page where the worker ${what}, which the log is told once`, async () => {
      await open(SET, { files: { 'tiles-worker.js': script } });
      await page.settled();
      await until('tiles are drawn', async () => {
        const { rgba } = await readCanvas(page.find('tiles'));
        return new Set(rgba.subarray(0, 400_000)).size > 50;
      });
      assert.equal((await page.postedOf('log')).length, 1);
      // The browser's own line about the file.
      if (script === null) page.errors.splice(0, 1);
    });
  }
});
