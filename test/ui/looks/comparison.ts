/** A comparison in a window: chosen in the palette, walked through by keys, kept over a reload. */
import { strict as assert } from 'node:assert';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { project } from '../../support/shared';
import { explained, explainScene, readHeat, stateLine } from '../explanation';
import { screenshot, type Window } from '../harness';
import { editorFrame, reloadWindow, runCommand } from '../workbench';

const METHODS = ['Group-CAM', 'HiResCAM', 'LayerCAM', 'XGrad-CAM', 'Eigen-CAM', 'Input x Gradient'];

/** The demo's network twice: with another name for its cat, and with one that is none. */
export function makeZoo(): string {
  const zoo = mkdtempSync(path.join(tmpdir(), 'group-cam-zoo-'));
  const labels = readFileSync(project('media/demo/demo-objects.labels.txt'), 'utf8');
  const sidecar = readFileSync(project('media/demo/demo-objects.explain.json'), 'utf8');
  for (const [folder, cat] of Object.entries({ a: 'Cat, house cat', b: 'feline' })) {
    mkdirSync(path.join(zoo, folder));
    cpSync(project('media/demo/demo-objects.onnx'), path.join(zoo, folder, 'net.onnx'));
    writeFileSync(path.join(zoo, folder, 'net.explain.json'), sidecar.replace('demo-objects.labels', 'net.labels'));
    writeFileSync(path.join(zoo, folder, 'net.labels.txt'), labels.replace(/^cat$/m, cat));
  }
  return zoo;
}

export const comparison = (window: Window) =>
  describe('a comparison', () => {
    before(() => explainScene(window.page, 'cat-and-dog.png'));

    const input = () => window.page.locator('.quick-input-widget input[type="text"]');
    const title = () => window.page.locator('.quick-input-title');

    /** Ticks or unticks rows of the picker that is open. */
    async function tick(...names: readonly string[]): Promise<void> {
      for (const name of names) {
        await input().fill(name);
        const row = window.page.locator('.quick-input-list .monaco-list-row').filter({
          has: window.page.getByText(name, { exact: true }),
        });
        await row.locator('.monaco-checkbox, input[type="checkbox"]').first().click();
      }
    }

    async function compared(count: number): Promise<void> {
      const pane = (i: number) => `[data-testid="pane-${i}"]`;
      // At one time, since the comparison before may still be shown.
      const isDone = `body[data-state="done"]:not(:has(${pane(count)}))`;
      const all = Array.from({ length: count }, (_, i) => `:has(${pane(i)}[data-class])`).join('');
      await editorFrame(window.page).locator(`${isDone}${all}`).waitFor({ state: 'attached' });
      assert.equal(await editorFrame(window.page).locator('.pane').count(), count);
    }

    it('is chosen in one picker, which nothing takes away', async () => {
      const row = (text: string) => window.page.locator('.quick-input-list .monaco-list-row', { hasText: text });
      for (let i = 0; i < 7; i++) {
        await runCommand(window.page, 'Group-CAM: Compare…');
        await row('Compare methods').click();
        await title().getByText('choose at least two').waitFor();
        // As the page does when it has just been loaded.
        await editorFrame(window.page).getByTestId('stage').focus();
        await row('Grad-CAM++').locator('.monaco-checkbox, input[type="checkbox"]').first().waitFor();
        assert.ok(await input().isVisible(), `closed in try ${i}`);
        await window.page.locator('.quick-input-titlebar .codicon-quick-input-back').click();
        await row('Compare layers').waitFor();
        await input().press('Escape');
        await input().waitFor({ state: 'hidden' });
      }
    });

    it('of six methods, and of no more', async () => {
      await runCommand(window.page, 'Group-CAM: Compare…');
      await window.page.locator('.quick-input-list .monaco-list-row', { hasText: 'Compare methods' }).click();
      await title().getByText('choose at least two').waitFor();
      await tick(...METHODS.slice(1), 'CAM');
      await title().getByText('7 chosen: at most 6 can be compared').waitFor();
      await input().press('Enter');
      assert.ok(await input().isVisible(), 'the picker stays');
      const why = 'Nothing is compared yet: 7 chosen: at most 6 can be compared.';
      await window.page.locator('.notification-list-item-message', { hasText: why }).waitFor();
      await tick('CAM');
      await title().getByText('6 of at most 6').waitFor();
      await input().press('Enter');
      await compared(METHODS.length);
      await screenshot(window, 'compare-six');
      const [first, last] = [await readHeat(window.page, '0'), await readHeat(window.page, '5')];
      assert.notDeepEqual(first.value, last.value);
    });

    it('is walked through with Tab, and Enter enlarges a cell', async () => {
      const frame = editorFrame(window.page);
      await frame.getByTestId('pane-0').focus();
      for (let i = 0; i < 4; i++) await window.page.keyboard.press('Tab');
      await frame.getByTestId('facts-4').getByText('Eigen-CAM').waitFor();
      await window.page.keyboard.press('Enter');
      await frame.getByTestId('pane-0').waitFor({ state: 'hidden' });
      await window.page.keyboard.press('Enter');
      await frame.getByTestId('pane-0').waitFor();
    });

    it('is there again after a reload of the window', async () => {
      await reloadWindow(window.page);
      await compared(METHODS.length);
      assert.match(await stateLine(window.page), /^Group-CAM: cat.*Input x Gradient: cat/);
    });

    it('of models is of one class, by its name; a model without it says so', async () => {
      await runCommand(window.page, 'Group-CAM: Compare…');
      await window.page.locator('.quick-input-list .monaco-list-row', { hasText: 'Compare models' }).click();
      await tick('zoo/a/net.onnx', 'zoo/b/net.onnx');
      await input().press('Enter');
      await compared(3);
      const frame = editorFrame(window.page);
      const captions = await frame.locator('.caption-text').allTextContents();
      const [inUse] = captions.filter((text) => text.endsWith('Demo model'));
      const [named] = captions.filter((text) => text.endsWith('a/net'));
      const [without] = captions.filter((text) => text.endsWith('b/net'));
      assert.match(inUse!, /^cat\d+\.\d %/);
      assert.equal(named, inUse!.replace('cat', 'Cat, house cat').replace('Demo model', 'a/net'), 'the same network');
      assert.match(without!, /^(?!cat)\w+\d+\.\d %has no class “cat”/);
      await screenshot(window, 'compare-models');
    });

    it('ends with one map', async () => {
      await editorFrame(window.page).getByTestId('stop-comparing').click();
      await editorFrame(window.page).getByTestId('pane-1').waitFor({ state: 'detached' });
      await explained(window.page);
    });
  });
