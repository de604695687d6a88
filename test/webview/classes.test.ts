/** The Classes page in Chromium. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { project } from '../support/shared';
import { useBrowser } from './support/browser';
import { drawn, openPage, type Webview } from './support/page';
import { classesState } from './support/states';
import { THEMES } from './support/themes';

describe('the Classes page', () => {
  const browser = useBrowser('classes');
  let webview: Webview;
  const open = async (state: object, saved?: unknown) => {
    webview = await openPage(browser(), 'classes', { width: 300, height: 600, saved });
    await webview.send({ type: 'state', state });
  };
  afterEach(async () => {
    assert.deepEqual(webview.errors, []);
    await webview.close();
  });

  const find = (id: string) => webview.find(id);
  const rows = () => webview.page.locator('[role=option]');
  const names = (count: number) => rows().evaluateAll((all, n) => all.slice(0, n).map((row) => row.ariaLabel), count);
  const asked = async () => (await webview.posted()).slice(1);
  const press = (...keys: string[]) => webview.press(...keys);

  it('lists the most probable classes first, with bars, and marks the one that is shown', async () => {
    await open(classesState());
    assert.deepEqual(await names(3), ['cat, 61.2 %', 'dog, 37.1 %', 'tiger, 1.2 %']);
    assert.equal(await find('class-10').getAttribute('aria-selected'), 'true');
    assert.equal(await webview.page.locator('[aria-selected=true]').count(), 1);
    const widths = await webview.page.locator('.bar-fill').evaluateAll((all) => all.map((bar) => bar.clientWidth));
    assert.ok(Math.abs(widths[1]! / widths[0]! - 0.371 / 0.612) < 0.02, `${widths.slice(0, 2)}`);
    assert.equal(await webview.page.evaluate(() => document.body.dataset['state']), 'ready');
  });

  it('has the colours of its theme before it has loaded, and the same then', async () => {
    const colours = () =>
      webview.page.evaluate(() => {
        const of = (element: Element) => {
          const { color, backgroundColor } = getComputedStyle(element);
          return [color, backgroundColor];
        };
        const root = (tag: string, part: string) => document.querySelector(tag)!.shadowRoot!.querySelector(part)!;
        return [of(root('vscode-text-field', '.root')), of(root('vscode-button', '.control'))];
      });
    for (const theme of THEMES) {
      let serve = () => {};
      const fonts = new Promise<void>((resolve) => {
        serve = resolve;
      });
      webview = await openPage(browser(), 'classes', { theme, fonts });
      await webview.send({ type: 'state', state: classesState({ demo: true, image: undefined, shown: [] }) });
      const state = () => webview.page.evaluate(() => document.readyState);
      assert.notEqual(await state(), 'complete');
      const early = await colours();
      serve();
      await webview.page.waitForLoadState('load');
      await drawn(webview.page);
      assert.deepEqual(early, await colours(), theme);
      if (theme !== THEMES.at(-1)) await webview.close();
    }
  });

  it('explains the class that is clicked, compares the one that is ticked', async () => {
    await open(classesState());
    await find('class-12').click();
    await find('tick-12').click();
    assert.deepEqual(await asked(), [
      { type: 'explain', class: 12 },
      { type: 'compare', classes: [10, 12] },
    ]);
    assert.equal(await find('class-12').getAttribute('aria-checked'), 'true');
    await webview.send({ type: 'state', state: classesState({ shown: [10, 12] }) });
    assert.equal(await find('hint').textContent(), 'Comparing cat and dog.');
    await find('tick-10').click();
    assert.deepEqual((await asked())[2], { type: 'explain', class: 12 });
  });

  it('opens the demo image as long as the demo model has none', async () => {
    await open(classesState({ demo: true, image: undefined, probabilities: undefined, shown: [] }));
    await find('open-demo').click();
    assert.deepEqual(await asked(), [{ type: 'open-demo' }]);
    await webview.send({ type: 'state', state: classesState({ demo: true }) });
    assert.ok(await find('open-demo').isHidden());
    await webview.send({ type: 'state', state: classesState({ demo: false, image: undefined }) });
    assert.ok(await find('open-demo').isHidden());
  });

  it('is used with keys alone', async () => {
    await open(classesState());
    await press('Tab', 't', 'i', 'g', 'ArrowDown');
    const list = find('classes');
    const active = async () => {
      const id = await list.getAttribute('aria-activedescendant');
      return webview.page.locator(`#${id}`).getAttribute('data-testid');
    };
    assert.equal(await active(), 'class-28');
    await press('Enter', 'ArrowUp', 'Escape', 'ArrowDown', 'End');
    assert.equal(await active(), `class-${await lastIndex()}`);
    await press('Home', 'ArrowDown', ' ');
    assert.deepEqual(await asked(), [
      { type: 'explain', class: 28 },
      { type: 'compare', classes: [10, 12] },
    ]);
  });

  it('moves by keys that come before the page has drawn', async () => {
    await open(classesState());
    await find('classes').focus();
    await webview.page.evaluate(() => {
      for (const key of ['End', 'ArrowUp', 'Home', 'ArrowDown', 'ArrowDown', 'ArrowUp', ' ', 'ArrowDown', 'Enter'])
        document.activeElement!.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true }));
    });
    assert.deepEqual(await asked(), [
      { type: 'compare', classes: [10, 12] },
      { type: 'explain', class: 28 },
    ]);
  });

  const lastIndex = () =>
    rows()
      .last()
      .evaluate((row) => row.dataset['testid']?.replace('class-', ''));

  it('searches names and indices of 20,000 classes, shows some and says how many more', async () => {
    const labels = Array.from({ length: 20000 }, (_, i) => (i === 12345 ? 'needle' : `class number ${i}`));
    const probabilities = Array.from(labels, () => 1 / 20000);
    await open(classesState({ labels, probabilities: probabilities as unknown as Float32Array, shown: [] }));
    assert.equal(await rows().count(), 100);
    assert.equal(await find('more').textContent(), 'Show more (19900 left)');
    await find('more').click();
    assert.equal(await rows().count(), 200);
    const search = find('search').locator('input');
    await search.fill('needle');
    await drawn(webview.page);
    assert.deepEqual(await names(2), ['needle, < 0.1 %']);
    assert.equal(await find('hint').textContent(), '1 of 20000 classes');
    await search.fill('777');
    await drawn(webview.page);
    assert.equal((await names(1))[0], 'class number 777, < 0.1 %');
    await search.press('Enter');
    assert.deepEqual(await asked(), [{ type: 'explain', class: 777 }]);
  });

  for (const height of [600, 190])
    it(`keeps the class that was chosen in sight when the search is cleared, in ${height} pixels`, async () => {
      const labels = Array.from({ length: 20000 }, (_, i) => (i === 12345 ? 'needle' : `class number ${i}`));
      const probabilities = Array.from(labels, (_, i) => (20000 - i) / 2e8) as unknown as Float32Array;
      await open(classesState({ labels, probabilities, shown: [0], demo: false }));
      await webview.page.setViewportSize({ width: 300, height });
      const search = find('search').locator('input');
      await search.fill('nothing of the kind');
      await drawn(webview.page);
      assert.equal(await find('hint').textContent(), 'No class matches “nothing of the kind”.');
      for (const text of ['12345', '#12345']) {
        await search.fill(text);
        await drawn(webview.page);
        assert.deepEqual(await names(1), ['needle, < 0.1 %'], text);
        assert.match((await find('class-12345').textContent()) ?? '', /needle #12345/);
      }
      await search.press('Enter');
      assert.deepEqual(await asked(), [{ type: 'explain', class: 12345 }]);
      await webview.send({
        type: 'state',
        state: classesState({ labels, probabilities, shown: [12345], demo: false }),
      });
      await search.fill('');
      await drawn(webview.page);
      assert.equal((await names(1))[0], 'class number 0, < 0.1 %');
      const [row, list] = [(await find('class-12345').boundingBox())!, (await find('classes').boundingBox())!];
      const bottom = Math.min(height, list.y + list.height);
      assert.ok(row.y >= list.y && row.y + row.height <= bottom + 1, JSON.stringify([row, list]));
    });

  it('says what a third tick does', async () => {
    await open(classesState({ shown: [10, 12] }));
    await find('tick-28').click();
    assert.deepEqual(await asked(), [{ type: 'compare', classes: [12, 28] }]);
    assert.match((await find('hint').textContent()) ?? '', /cat is no longer ticked: two are compared here/);
  });

  it('keeps what was searched for while it is hidden', async () => {
    await open(classesState());
    await find('search').locator('input').fill('boat');
    await drawn(webview.page);
    const saved = await webview.saved();
    await webview.close();
    await open(classesState(), saved);
    assert.equal(await find('search').locator('input').inputValue(), 'boat');
    assert.deepEqual(
      (await names(9)).map((name) => name?.split(',')[0]),
      ['sailboat'],
    );
  });

  it('without an image lists classes and asks for nothing', async () => {
    await open(classesState({ image: undefined, probabilities: undefined, shown: [] }));
    assert.equal((await names(1))[0], 'airplane');
    await find('class-3').click({ force: true });
    await find('tick-3').click({ force: true });
    assert.deepEqual(await asked(), []);
    assert.equal(await find('classes').getAttribute('aria-disabled'), 'true');
  });

  it('says what is missing in place of the list', async () => {
    await open(classesState({ message: 'model.onnx: not a readable ONNX model.', labels: [], demo: false }));
    assert.match((await find('message').textContent()) ?? '', /not a readable/);
    assert.equal(await find('classes').isVisible(), false);
    assert.equal(await webview.page.evaluate(() => document.body.dataset['state']), 'empty');
  });

  it('names all that can be used', async () => {
    await open(classesState());
    const session = await webview.page.context().newCDPSession(webview.page);
    const { nodes } = await session.send('Accessibility.getFullAXTree');
    const used = nodes.filter(({ role }) =>
      ['textbox', 'listbox', 'option', 'button', 'checkbox'].includes(role?.value),
    );
    assert.equal(used.filter(({ role }) => role?.value === 'option').length, labelsOfDemo().length);
    for (const node of used) assert.ok(node.name?.value?.trim(), `${node.role?.value} without a name`);
    assert.equal(used.filter(({ role }) => role?.value === 'checkbox').length, 0, 'a tick belongs to its option');
  });
});

const labelsOfDemo = () => readFileSync(project('media/demo/demo-objects.labels.txt'), 'utf8').trim().split('\n');
