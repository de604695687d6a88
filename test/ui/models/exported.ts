/** A model that makes its own map: exported by its two menus, used like any other, and compared with what it claims. */
import { strict as assert } from 'node:assert';
import { existsSync, statSync } from 'node:fs';
import path from 'node:path';
import { project } from '../../support/shared';
import { insist, until } from '../../support/wait';
import { explained, explainScene } from '../explanation';
import { screenshot, type Window } from '../harness';
import { chooseFromMenu, editorFrame, explorerRow, runCommand, showExplorer, showSidePanel } from '../workbench';

const demo = (name: string) => project('media', 'demo', name);

/** The demo's network as a model of the user's own. */
export const SHAPES = {
  'shapes.onnx': demo('demo-objects.onnx'),
  'shapes.explain.json': demo('demo-objects.explain.json'),
  'demo-objects.labels.txt': demo('demo-objects.labels.txt'),
};

export const exported = (window: Window) =>
  describe('a model that explains itself', () => {
    const at = (name: string) => path.join(window.folder, name);
    const row = (text: string) => window.page.locator('.sidebar .monaco-list-row', { hasText: text });
    const title = () =>
      window.page.locator('.quick-input-title', {
        hasText: /Export Self-Explaining Model: shapes(\.explained)?\.onnx, Group-CAM/,
      });

    /** Answers the questions of the export, and gives the name that was proposed. */
    async function answer(explains: string, name?: string): Promise<string> {
      const { page } = window;
      await title().waitFor();
      await page.locator('.quick-input-list .monaco-list-row', { hasText: explains }).click();
      const input = page.locator('.quick-input-widget input:visible');
      await page.waitForFunction(() =>
        document.querySelector<HTMLInputElement>('.quick-input-widget input')?.value.endsWith('.explained.onnx'),
      );
      const proposed = await input.inputValue();
      if (name) await input.fill(path.join(path.dirname(proposed), name));
      // A dialog that still looks at the folder does not take the key.
      await insist({
        what: 'the end of the dialog',
        act: async (timeout) => {
          await page.keyboard.press('Enter');
          await title().waitFor({ state: 'hidden', timeout });
        },
        undo: (timeout) => title().waitFor({ timeout }),
      });
      return path.basename(proposed);
    }

    const told = (name: string) =>
      window.page
        .locator('.notification-toast', { hasText: `${name} gives the map of Group-CAM beside its outputs` })
        .waitFor();

    it('is exported from the Explorer', async () => {
      await showExplorer(window.page);
      await chooseFromMenu(window.page, explorerRow(window.page, 'shapes.onnx'), 'Export Self-Explaining Model');
      assert.equal(await answer('A class of choice'), 'shapes.explained.onnx');
      await told('shapes.explained.onnx');
      const [plain, own] = ['shapes.onnx', 'shapes.explained.onnx'].map((name) => statSync(at(name)).size);
      assert.ok(own! > plain! && own! < 1.1 * plain!, `${own} bytes, of ${plain}`);
    });

    it('is used like the model that it was made of, and the Model view says which map it makes', async () => {
      const { page } = window;
      const toast = page.locator('.notification-toast', { hasText: 'shapes.explained.onnx gives' });
      await toast.getByRole('button', { name: 'Use for Explanations' }).click();
      await showSidePanel(page);
      await row('Own map').filter({ hasText: 'Group-CAM, of a class of choice' }).waitFor();
      await row('Scores').filter({ hasText: 'logits [32 classes]' }).waitFor();
      await explainScene(page, 'cat-and-dog.png');
      const facts = (await editorFrame(page).getByTestId('facts-0').textContent()) ?? '';
      assert.ok(facts.includes('shapes.explained'), facts);
    });

    it('its own map stands beside ours, with the difference of the two', async () => {
      const { page } = window;
      await runCommand(page, 'Group-CAM: Compare…');
      await page.locator('.quick-input-list .monaco-list-row', { hasText: 'Compare methods' }).click();
      // Its own map and that of the method in use are ticked.
      await page.locator('.quick-input-title', { hasText: '2 of at most' }).waitFor();
      const own = page.locator('.quick-input-list .monaco-list-row', { hasText: "Model's own map" });
      assert.equal(await own.locator('.label-description').first().textContent(), 'Group-CAM');
      await page.keyboard.press('Enter');
      await editorFrame(page).locator('[data-testid="pane-1"][data-class]').waitFor();
      await explained(page);
      const captions = await editorFrame(page).locator('.caption').allTextContents();
      const apart = /Model's own map.*at most ([\d.e-]+) apart, r (\d\.\d+)/s.exec(captions.join('\n'));
      assert.ok(apart && Number(apart[1]) <= 1e-4 && Number(apart[2]) >= 0.9999, captions.join('\n'));
      await screenshot(window, 'own map');
    });

    it('is exported from the Model view, and explains the most probable class', async () => {
      const { page } = window;
      await showSidePanel(page);
      const header = page.locator('.sidebar .pane-header', { hasText: 'Model' }).first();
      await header.hover();
      await header.getByRole('button', { name: /Views and More Actions|More Actions/ }).click();
      await page.locator('.monaco-menu').getByRole('menuitem', { name: 'Export Self-Explaining Model' }).click();
      assert.equal(await answer('The most probable class', 'again.onnx'), 'shapes.explained.onnx');
      await told('again.onnx');
      await until('the file', () => existsSync(at('again.onnx')));
      await showExplorer(page);
      await chooseFromMenu(page, explorerRow(page, 'again.onnx'), 'Use for Explanations');
      await showSidePanel(page);
      await row('Own map').filter({ hasText: 'Group-CAM, of the most probable class' }).waitFor();
    });
  });
