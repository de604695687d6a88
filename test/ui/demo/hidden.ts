/** Commands of the palette while another editor hides the explanation: it comes to the front, as it was, and does them. */
import { strict as assert } from 'node:assert';
import { explained, explainScene } from '../explanation';
import type { Window } from '../harness';
import { editorFrame, explorerRow, runCommand } from '../workbench';

export const hidden = (window: Window) =>
  describe('a hidden explanation', () => {
    before(() => explainScene(window.page, 'cat-and-dog.png'));

    const find = (id: string) => editorFrame(window.page).getByTestId(id);

    async function hide(): Promise<void> {
      await explorerRow(window.page, 'annotations.json').dblclick();
      await window.page.locator('.editor-instance .view-line').first().waitFor();
      await find('pane-0').waitFor({ state: 'detached' });
    }

    it('is zoomed, in the style that the user has chosen', async () => {
      await find('opacity').fill('80');
      await hide();
      await runCommand(window.page, 'Group-CAM: Zoom to Actual Size');
      await explained(window.page);
      await find('zoom-actual').getByText('100 %', { exact: true }).waitFor();
      assert.equal(await find('opacity').inputValue(), '80');
    });

    it('is copied', async () => {
      await hide();
      await runCommand(window.page, 'Group-CAM: Copy Image');
      await find('notice').getByText('Image copied').waitFor();
      const types = await window.page.evaluate(async () =>
        (await navigator.clipboard.read()).flatMap(({ types }) => types),
      );
      assert.deepEqual(types, ['image/png']);
    });

    it('is measured', async () => {
      await hide();
      await runCommand(window.page, 'Group-CAM: Measure');
      await find('measure-cancel').waitFor();
      await find('measure-cancel').click();
    });

    it('is exported', async () => {
      await hide();
      await runCommand(window.page, 'Group-CAM: Export Overlay');
      // The dialog takes the palette's place.
      await window.page.waitForFunction(() =>
        /cat-and-dog.*png$/.test(document.querySelector<HTMLInputElement>('.quick-input-widget input')?.value ?? ''),
      );
      await window.page.keyboard.press('Escape');
      await explained(window.page);
    });
  });
