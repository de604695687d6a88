/** Every way into an explanation, and the way back. */
import { strict as assert } from 'node:assert';
import type { Locator } from 'playwright-core';
import { explained, settled } from '../explanation';
import type { Window } from '../harness';
import {
  chooseFromMenu,
  closeAllEditors,
  editorFrame,
  expand,
  explorerRow,
  pick,
  runCommand,
  showExplorer,
} from '../workbench';

const SCENE = 'tiger-and-cat.png';

export const entryPoints = (window: Window) =>
  describe('an image is explained from', () => {
    let tab: Locator;

    before(async () => {
      await showExplorer(window.page);
      tab = window.page.locator('.tabs-container .tab', { hasText: SCENE });
      await expand(window.page, 'scenes');
    });

    beforeEach(async () => {
      await closeAllEditors(window.page);
      await explorerRow(window.page, SCENE).dblclick();
      await previewImage().waitFor();
    });

    /** VS Code's own preview, where images open normally. */
    const previewImage = () =>
      window.page
        .frameLocator('iframe.webview[src*="extensionId=vscode.media-preview"]')
        .frameLocator('#active-frame')
        .locator('img');

    const titleButton = (name: string) => window.page.locator('.editor-actions').getByRole('button', { name });

    it('the title bar, in place; the same bar goes back', async () => {
      await titleButton('Explain Image').click();
      await explained(window.page);
      assert.equal(await tab.count(), 1);
      await titleButton('Show Original Image').click();
      await previewImage().waitFor();
      assert.equal(await tab.count(), 1);
    });

    it("the tab's menu", async () => {
      await chooseFromMenu(window.page, tab, 'Explain Image');
      await explained(window.page);
    });

    it('the image itself, in the preview', async () => {
      await chooseFromMenu(window.page, previewImage(), 'Explain Image');
      await explained(window.page);
    });

    it('the palette', async () => {
      await runCommand(window.page, 'Group-CAM: Explain Image');
      await explained(window.page);
    });

    it('Reopen Editor With', async () => {
      await runCommand(window.page, 'View: Reopen Editor With...');
      await pick(window.page, 'Group-CAM');
      assert.equal(await settled(window.page), 'done');
      await editorFrame(window.page).getByTestId('pane-0').waitFor();
    });
  });
