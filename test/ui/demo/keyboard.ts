/** The whole way without a mouse. */
import { strict as assert } from 'node:assert';
import { explained } from '../explanation';
import type { Window } from '../harness';
import { classesFrame, editorFrame, runCommand } from '../workbench';

const DOG = 12;

export const keyboard = (window: Window) =>
  describe('with the keyboard alone', () => {
    it('an image is explained from the Explorer', async () => {
      const { keyboard } = window.page;
      await runCommand(window.page, 'File: Focus on Files Explorer');
      await window.page.locator('.explorer-folders-view .monaco-list:focus-within').waitFor();
      await keyboard.press('Home');
      await window.page.locator('.explorer-folders-view .monaco-list-row.focused', { hasText: 'scenes' }).waitFor();
      await keyboard.press('ArrowRight');
      await window.page.locator('.explorer-folders-view .monaco-list-row', { hasText: 'cat-and-dog' }).waitFor();
      const wanted = window.page.locator('.explorer-folders-view .monaco-list-row.focused', { hasText: 'cat-and-dog' });
      for (let steps = 0; steps < 10 && !(await wanted.isVisible()); steps++) await keyboard.press('ArrowDown');
      await keyboard.press('Shift+F10');
      const item = window.page.locator('.monaco-menu').getByRole('menuitem', { name: 'Explain Image' });
      await item.waitFor();
      const focused = window.page.locator('.monaco-menu .action-item.focused', { hasText: 'Explain Image' });
      for (let steps = 0; steps < 10 && !(await focused.isVisible()); steps++) await keyboard.press('ArrowDown');
      await keyboard.press('Enter');
      await explained(window.page);
    });

    it('the editor has the focus; its keys zoom, and Space shows the original while it is held', async () => {
      const { keyboard } = window.page;
      const frame = editorFrame(window.page);
      await tabTo(frame.getByTestId('stage'));
      // The webview is in a process of its own: a key that was sent may not have arrived yet.
      const zoom = frame.getByTestId('zoom-actual');
      const fitted = (await zoom.textContent()) ?? '';
      await keyboard.press('+');
      await zoom.filter({ hasNotText: fitted }).waitFor();
      await keyboard.press('0');
      await zoom.filter({ hasText: fitted }).waitFor();
      const original = (pressed: boolean) => frame.locator(`[data-testid="original"][aria-pressed="${pressed}"]`);
      await keyboard.down('Space');
      await original(true).waitFor();
      await keyboard.up('Space');
      await original(false).waitFor();
    });

    it('the opacity is changed', async () => {
      const frame = editorFrame(window.page);
      const slider = frame.getByTestId('opacity');
      await tabTo(slider);
      const before = Number(await slider.inputValue());
      await window.page.keyboard.press('ArrowRight');
      await frame.getByText(`${before + 1} %`, { exact: true }).waitFor();
    });

    it('another class is found and explained in the Classes view', async () => {
      const { keyboard } = window.page;
      await runCommand(window.page, 'Group-CAM: Focus on Classes View');
      const frame = classesFrame(window.page);
      await frame.locator('body[data-state="ready"]').waitFor({ state: 'attached' });
      await tabTo(frame.getByTestId('search').locator('input'));
      await keyboard.type('dog');
      await frame.getByTestId(`class-${DOG}`).waitFor();
      await keyboard.press('ArrowDown');
      await keyboard.press('Enter');
      await explained(window.page, DOG);
    });

    /** Presses Tab until an element has the focus. */
    async function tabTo(target: ReturnType<ReturnType<typeof editorFrame>['getByTestId']>): Promise<void> {
      const hasFocus = () => target.evaluate((element) => element.matches(':focus, :focus-within'));
      for (let presses = 0; presses < 40; presses++) {
        if (await hasFocus()) return;
        await window.page.keyboard.press('Tab');
      }
      assert.fail('Tab does not get there');
    }
  });
