/** The menu of the status bar leads back to models that were in use before. */
import type { Window } from '../harness';
import { chooseFromMenu, explorerRow, pick, showExplorer } from '../workbench';

export const recent = (window: Window) =>
  describe('models that were in use', () => {
    it('are in the menu of the status bar, and are used again', async () => {
      const { page } = window;
      const status = (text: string) => page.locator('.statusbar-item').filter({ hasText: text }).first();
      await showExplorer(page);
      for (const name of ['net', 'twin']) {
        await chooseFromMenu(page, explorerRow(page, `${name}.onnx`), 'Use for Explanations');
        await status(name).waitFor();
      }
      await status('twin').click();
      await page.locator('.quick-input-title', { hasText: 'What Explains Images' }).waitFor();
      await pick(page, 'net.onnx');
      await status('net').waitFor();
    });
  });
