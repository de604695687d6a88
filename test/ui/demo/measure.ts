/** How good a map is: measured, walked along, cancelled, checked, and compared with that of another method. */
import { strict as assert } from 'node:assert';
import { readCanvas } from '../../support/canvas';
import { onlyNightly } from '../../support/shared';
import { until } from '../../support/wait';
import { explained, explainScene, reached } from '../explanation';
import { screenshot, type Window } from '../harness';
import { enginesBelow } from '../processes';
import { editorFrame, explorerRow, reloadWindow, runCommand } from '../workbench';

export const measure = (window: Window) =>
  describe('a map is measured', () => {
    before(() => explainScene(window.page, 'cat-and-dog.png'));

    const find = (id: string) => editorFrame(window.page).getByTestId(id);
    const numberIn = async (id: string) => Number(await find(id).textContent());
    const canvas = async () => (await readCanvas(find('heat-0'))).rgba;
    /** Starts something and cancels it. The engine stands still meanwhile, so that no machine is done too soon. */
    async function cancelled(start: string, cancel: string): Promise<void> {
      const [engine] = enginesBelow(window.pid);
      process.kill(engine!, 'SIGSTOP');
      await find(start).click();
      await find(cancel).click();
      process.kill(engine!, 'SIGCONT');
    }
    const otherThan = async (picture: Buffer) => {
      const now = await canvas();
      return !now.equals(picture) && now;
    };

    it('can be cancelled, and measured again: the map shows its class better than a random map does', async () => {
      await cancelled('measure', 'measure-cancel');
      await reached(window.page, 'measure', 'cancelled');
      assert.match((await find('measure-state').textContent())!, /Cancelled/);
      await find('measure-start').click();
      await reached(window.page, 'measure', 'done');
      const own = await numberIn('area-explanation-insertion');
      const random = await numberIn('area-random-insertion');
      assert.ok(own > random + 0.1 && own <= 1, `areas ${own} and ${random}`);
      assert.match((await find('score-overall').textContent())!, /^Over-all.*best/);
      await screenshot(window, 'measured');
    });

    it('a slider shows the image and its probability along the curve', async () => {
      const text = async () => (await find('step-text').textContent()) ?? '';
      const heat = await canvas();
      const start = await text();
      assert.match(start, /^0 % deleted: \d/);
      await find('step').focus();
      await window.page.keyboard.press('ArrowRight');
      await editorFrame(window.page)
        .locator('[data-testid="step-text"]', { hasText: /^1 % deleted/ })
        .waitFor();
      // The picture is drawn by a worker, and may come after the words.
      const first = await until('the image takes the place of the heat', () => otherThan(heat));
      await find('step').fill('40');
      await editorFrame(window.page)
        .locator('[data-testid="step-text"]', { hasText: /^40 % deleted/ })
        .waitFor();
      await until('another image', () => otherThan(first));
      const percent = (words: string) => Number(/: (?:< )?([\d.]+) %/.exec(words)![1]);
      assert.ok(percent(await text()) < percent(start), `${await text()} after ${start}`);
      await screenshot(window, 'walked');
      await window.page.keyboard.press('Escape');
      await until('Escape brings the heat back', async () => (await canvas()).equals(heat));
    });

    it('survives a switch of tabs', async () => {
      const before = await find('area-explanation-deletion').textContent();
      await explorerRow(window.page, 'annotations.json').click();
      await window.page.locator('.tab.active', { hasText: 'annotations.json' }).waitFor();
      await window.page.locator('.tab', { hasText: 'cat-and-dog.png' }).click();
      await reached(window.page, 'measure', 'done');
      assert.equal(await find('area-explanation-deletion').textContent(), before);
    });

    it('and its measures come back after a reload of the window; the map is the one that was computed before', async () => {
      const before = await find('area-explanation-deletion').textContent();
      const heat = await canvas();
      await reloadWindow(window.page);
      await explained(window.page);
      await find('facts-0').getByText('computed before').waitFor();
      await reached(window.page, 'measure', 'done');
      assert.equal(await find('area-explanation-deletion').textContent(), before);
      assert.ok((await canvas()).equals(heat));
    });

    it('a sanity check shows the maps of networks with drawn weights as they come, and says what they mean', async () => {
      await cancelled('sanity-start', 'sanity-cancel');
      await reached(window.page, 'sanity', 'cancelled');
      await find('sanity-start').click();
      await editorFrame(window.page).locator('.check:nth-child(2)').waitFor();
      await reached(window.page, 'sanity', 'done');
      assert.match((await find('sanity-verdict').textContent())!, /^Group-CAM .*rank correlation/);
      await find('sanity-verdict').scrollIntoViewIfNeeded();
      await screenshot(window, 'sanity');
    });

    for (const other of onlyNightly(['LayerCAM']))
      it(`is compared with that of ${other} by the same measures`, async () => {
        const { page } = window;
        await runCommand(page, 'Group-CAM: Compare…');
        await page.locator('.quick-input-list .monaco-list-row', { hasText: 'Compare methods' }).click();
        await page.locator('.quick-input-title', { hasText: 'choose at least two' }).waitFor();
        await page.locator('.quick-input-widget input[type="text"]').fill(other);
        const row = page.locator('.quick-input-list .monaco-list-row').filter({
          has: page.getByText(other, { exact: true }),
        });
        await row.getByText(other, { exact: true }).click();
        await page.locator('.quick-input-title', { hasText: '2 of at most' }).waitFor();
        await page.keyboard.press('Enter');
        await editorFrame(page).locator('[data-testid="pane-1"][data-class]').waitFor();
        await explained(page);
        await runCommand(page, 'Group-CAM: Measure This Map');
        await reached(window.page, 'measure', 'done');
        const heads = await find('scores').locator('thead th').allTextContents();
        assert.deepEqual(heads, ['Group-CAM', other, 'Random', 'Centre']);
        assert.equal((await find('score-insertion').textContent())!.match(/\d\.\d{3}/g)?.length, 4);
        await screenshot(window, 'compared-by-measures');
      });
  });
