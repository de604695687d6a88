/** The keys that Keyboard Shortcuts lists, and the menu of the image. */
import { strict as assert } from 'node:assert';
import { explained, explainScene } from '../explanation';
import { screenshot, type Window } from '../harness';
import { closeAllEditors, editorFrame, expand, explorerRow, pick, runCommand, showExplorer } from '../workbench';

const DOG = 12;

/** As Keyboard Shortcuts lists them: each has its row, with its key. */
const KEYS: Readonly<Record<string, RegExp>> = {
  'Explain Image': /Shift\s*\+\s*Alt\s*\+\s*E/,
  'Next Image': /Alt\s*\+\s*RightArrow/,
  'Explain the Next Class': /Alt\s*\+\s*DownArrow/,
  'Swipe Between Original and Heat': /Shift\s*\+\s*Alt\s*\+\s*S/,
  'Show or Hide Heatmap': /Shift\s*\+\s*Alt\s*\+\s*H/,
  'Measure This Map': /Shift\s*\+\s*Alt\s*\+\s*M/,
  'Zoom In': /Alt\s*\+\s*=/,
};

export const keys = (window: Window) =>
  describe('keys that can be changed', () => {
    const find = (id: string) => editorFrame(window.page).getByTestId(id);
    const image = (name: string) => editorFrame(window.page).getByAltText(new RegExp(name));
    const press = (key: string) => window.page.keyboard.press(key);

    it('explain the image that is open', async () => {
      const { page } = window;
      await closeAllEditors(page);
      await showExplorer(page);
      await expand(page, 'scenes');
      await explorerRow(page, 'cat-and-dog.png').dblclick();
      await page
        .frameLocator('iframe.webview[src*="extensionId=vscode.media-preview"]')
        .frameLocator('#active-frame')
        .locator('img')
        .click();
      await press('Shift+Alt+E');
      await explained(page);
    });

    it('lead to the next class and image, and back, from within the page', async () => {
      await explainScene(window.page, 'cat-and-dog.png');
      const pane = find('pane-0');
      const first = Number(await pane.getAttribute('data-class'));
      await find('stage').focus();
      await press('Alt+ArrowDown');
      await editorFrame(window.page)
        .locator(`[data-testid="pane-0"][data-class]:not([data-class="${first}"])`)
        .waitFor();
      await press('Alt+ArrowUp');
      await explained(window.page, first);
      await press('Alt+ArrowRight');
      await image('elephant-and-butterfly').waitFor();
      await explained(window.page);
      await find('stage').focus();
      await press('Alt+ArrowLeft');
      await image('cat-and-dog').waitFor();
      await explained(window.page);
    });

    it('and a number find a class in the picker', async () => {
      const { page } = window;
      await runCommand(page, 'Group-CAM: Choose Class…');
      await page.locator('.quick-input-title', { hasText: 'Class to Explain' }).waitFor();
      await pick(page, `#${DOG}`);
      await explained(page, DOG);
    });

    it('swipe, hide the heat, zoom and measure', async () => {
      await find('stage').focus();
      await press('Shift+Alt+S');
      await find('divider').waitFor();
      await press('Shift+Alt+S');
      await find('divider').waitFor({ state: 'hidden' });
      const original = (pressed: boolean) =>
        editorFrame(window.page).locator(`[data-testid="original"][aria-pressed="${pressed}"]`);
      await press('Shift+Alt+H');
      await original(true).waitFor();
      await press('Shift+Alt+H');
      await original(false).waitFor();
      const zoom = find('zoom-actual');
      const fitted = (await zoom.textContent()) ?? '';
      await press('Alt+=');
      await zoom.filter({ hasNotText: fitted }).waitFor();
      await press('Shift+Alt+0');
      await zoom.filter({ hasText: fitted }).waitFor();
      await press('Shift+Alt+M');
      await find('assessment').waitFor();
      await find('assessment-close').click();
    });

    it('are not in the menu of the image, which has no Cut and no Paste', async () => {
      await find('stage').click({ button: 'right' });
      await screenshot(window, 'menu-of-the-image');
      const items = await window.page.locator('.monaco-menu .action-item').allTextContents();
      assert.deepEqual(
        items.filter((text) => /cut|paste|copy$/i.test(text)),
        [],
      );
      await press('Escape');
    });

    it('are all found in Keyboard Shortcuts', async () => {
      const { page } = window;
      await closeAllEditors(page);
      // The palette's first answer to this name would be the default keys as JSON.
      await press('Control+K');
      await press('Control+S');
      const search = page.locator('.keybindings-editor .search-container input');
      for (const [title, key] of Object.entries(KEYS)) {
        await search.fill(`Group-CAM: ${title}`);
        await page
          .locator('.keybindings-editor .monaco-list-row')
          .filter({ hasText: title })
          .filter({ hasText: key })
          .first()
          .waitFor();
      }
      await search.fill('Group-CAM');
      await screenshot(window, 'keyboard-shortcuts');
      await closeAllEditors(page);
    });
  });
