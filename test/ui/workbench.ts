/** Hands on VS Code's workbench: what a user clicks and types. */
import type { FrameLocator, Locator, Page } from 'playwright-core';

/** Menus ignore a mouse button that goes up within 100 ms after they opened. */
const MENU_MS = 250;

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

/**
 * Right-click, then an item. A menu that opens before the extension is registered lacks its items, and one that opens while
 * the window still loads may be closed again: then it is opened once more.
 */
export async function chooseFromMenu(page: Page, target: Locator, name: string, tries = 10): Promise<void> {
  const item = page.locator('.monaco-menu').getByRole('menuitem', { name });
  await target.click({ button: 'right' });
  try {
    await item.waitFor({ timeout: 3_000 });
    await page.waitForTimeout(MENU_MS);
    await item.click({ timeout: 3_000 });
  } catch (error) {
    if (tries === 1) throw error;
    await page.keyboard.press('Escape');
    return chooseFromMenu(page, target, name, tries - 1);
  }
}

/**
 * Explains an image from the Explorer. VS Code now and then leaves the page of a new editor empty; if setting it again does
 * not help, the editor is closed and opened again, as its user would do.
 */
export async function explainFromExplorer(page: Page, row: Locator, tries = 3): Promise<void> {
  await chooseFromMenu(page, row, 'Explain Image');
  try {
    await editorFrame(page).locator('body[data-state]').waitFor({ state: 'attached', timeout: 30_000 });
  } catch (error) {
    if (tries === 1) throw error;
    console.log('      the page of the editor is empty: it is opened again');
    await closeAllEditors(page);
    await explainFromExplorer(page, row, tries - 1);
  }
}

/**
 * Runs a command of the palette by its whole title. The palette closes when something else takes the focus, such as a
 * page that has just loaded: then it is opened again.
 */
export async function runCommand(page: Page, title: string, tries = 3): Promise<void> {
  await page.keyboard.press('F1');
  try {
    await page.locator('.quick-input-widget input').fill(`>${title}`, { timeout: 5_000 });
    const row = page.locator('.quick-input-list .monaco-list-row').filter({ hasText: title }).first();
    await row.waitFor({ timeout: 5_000 });
  } catch (error) {
    if (tries === 1) throw error;
    await page.keyboard.press('Escape');
    return runCommand(page, title, tries - 1);
  }
  await page.keyboard.press('Enter');
}

/** Writes into the quick input that is open, such as a file's path, and accepts it. */
export async function answer(page: Page, text: string): Promise<void> {
  const input = page.locator('.quick-input-widget input');
  await input.waitFor();
  await input.fill(text);
  await page.waitForTimeout(MENU_MS);
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
