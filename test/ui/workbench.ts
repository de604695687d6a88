/** Hands on VS Code's workbench: what a user clicks and types. */
import type { FrameLocator, Locator, Page } from 'playwright-core';
import { insist } from '../support/wait';

const OURS = 'iframe.webview[src*="extensionId=group-cam.group-cam"]';

// Both kinds of page have the same address once a view was hidden and shown again; what differs is where they are.
const BESIDE_SIDE_BAR = ':right-of(.part.sidebar)';

const frameAt =
  (place: string) =>
  (page: Page): FrameLocator =>
    page.frameLocator(`${OURS}${place}`).frameLocator('#active-frame');

/** The page inside our editor. */
export const editorFrame = frameAt(BESIDE_SIDE_BAR);

/** The page inside the Classes view. */
export const classesFrame = frameAt(`:not(${BESIDE_SIDE_BAR})`);

export const explorerRow = (page: Page, name: string): Locator =>
  page.locator('.explorer-folders-view .monaco-list-row').filter({ has: page.getByText(name, { exact: true }) });

/** Opens a folder of the Explorer, unless it is open. */
export async function expand(page: Page, name: string): Promise<void> {
  const row = explorerRow(page, name);
  if ((await row.getAttribute('aria-expanded')) === 'false') await row.click();
}

/** Shows the context menu of something and chooses an item. */
export async function chooseFromMenu(page: Page, target: Locator, name: string): Promise<void> {
  const menu = page.locator('.monaco-menu');
  // A menu that opens before the extension is registered lacks its items, and one that opens while the window still loads
  // may be closed again: then it is opened once more.
  await insist(
    async (timeout) => {
      await target.click({ button: 'right' });
      await menu.getByRole('menuitem', { name }).hover({ timeout });
      // For a moment after it has opened, a menu ignores the mouse's button, but not this key.
      await menu.locator('.action-item.focused', { hasText: name }).waitFor({ timeout });
      await page.keyboard.press('Enter');
      await menu.first().waitFor({ state: 'detached', timeout });
    },
    () => page.keyboard.press('Escape'),
  );
}

/**
 * Explains an image from the Explorer. VS Code now and then leaves the page of a new editor empty; if setting it again does
 * not help, the editor is closed and opened again, as its user would do.
 */
export async function explainFromExplorer(page: Page, row: Locator): Promise<void> {
  await insist(
    async (timeout) => {
      await chooseFromMenu(page, row, 'Explain Image');
      await editorFrame(page).locator('body[data-state]').waitFor({ state: 'attached', timeout });
    },
    async () => {
      console.log('      the page of the editor is empty: it is opened again');
      await closeAllEditors(page);
    },
    40_000,
  );
}

/**
 * Runs a command of the palette by its whole title. The palette closes when something else takes the focus, such as a
 * page that has just loaded: then it is opened again.
 */
export async function runCommand(page: Page, title: string): Promise<void> {
  await insist(
    async (timeout) => {
      await page.keyboard.press('F1');
      await page.locator('.quick-input-widget input').fill(`>${title}`, { timeout });
      const row = page.locator('.quick-input-list .monaco-list-row').filter({ hasText: title }).first();
      await row.waitFor({ timeout });
    },
    () => page.keyboard.press('Escape'),
  );
  await page.keyboard.press('Enter');
}

/** Writes into the quick input that is open, and accepts the row that it leads to. */
export async function pick(page: Page, text: string): Promise<void> {
  await page.locator('.quick-input-widget input').fill(text);
  await page.locator('.quick-input-list .monaco-list-row.focused', { hasText: text }).waitFor();
  await page.keyboard.press('Enter');
}

/** Shows the side panel. */
export async function showSidePanel(page: Page): Promise<void> {
  const icon = page.locator('.activitybar a.action-label[aria-label^="Group-CAM"]');
  const shown = page.locator('.sidebar .composite.title h2', { hasText: 'Group-CAM' });
  if (!(await shown.isVisible())) await icon.click();
  await shown.waitFor();
}

export async function showExplorer(page: Page): Promise<void> {
  const explorer = page.locator('.explorer-folders-view');
  if (!(await explorer.isVisible())) await page.locator('.activitybar a.action-label[aria-label^="Explorer"]').click();
  await explorer.waitFor();
}

export const closeAllEditors = (page: Page): Promise<void> => runCommand(page, 'View: Close All Editors');
