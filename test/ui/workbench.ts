/** Hands on VS Code's workbench: what a user clicks and types. */
import type { FrameLocator, Locator, Page } from 'playwright-core';
import { insist, LIMIT_MS } from '../support/wait';

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

/** Opens a folder of the Explorer, unless it is open. One that was just made may be replaced, and closed again, meanwhile. */
export async function expand(page: Page, name: string, limit = LIMIT_MS): Promise<void> {
  const row = explorerRow(page, name);
  await insist({
    what: `the open folder ${name} in the Explorer`,
    act: async (timeout) => {
      if ((await row.getAttribute('aria-expanded', { timeout })) === 'false') await row.click({ timeout });
      // The rows below move down with it, away from the pointer of whoever comes next.
      await row.and(page.locator('[aria-expanded="true"]')).waitFor({ timeout });
    },
    undo: async () => {},
    limit,
  });
}

/**
 * Adds files to the selection of the Explorer, some of them in a folder that may be closed. The Explorer hears of files some
 * time after they were written, and closes a folder that was removed and made again meanwhile: then it is opened again.
 */
export async function addToSelection(page: Page, folder: string, names: readonly string[]): Promise<void> {
  await insist({
    what: `${names.join(' and ')} selected in the Explorer`,
    act: async (timeout) => {
      await expand(page, folder, timeout);
      for (const row of names.map((name) => explorerRow(page, name))) {
        const isSelected = await row.getAttribute('aria-selected', { timeout });
        if (isSelected !== 'true') await row.click({ modifiers: ['Control'], timeout });
        await row.and(page.locator('[aria-selected="true"]')).waitFor({ timeout });
      }
    },
    undo: async () => {},
  });
}

/** Shows the context menu of something and chooses an item. */
export async function chooseFromMenu(page: Page, target: Locator, name: string, limit = LIMIT_MS): Promise<void> {
  const menu = page.locator('.monaco-menu');
  // A menu that opens before the extension is registered lacks its items, and one that opens while the window still loads
  // may be closed again: then it is opened once more.
  await insist({
    what: `${name} in a menu`,
    act: async (timeout) => {
      await target.click({ button: 'right', timeout });
      await menu.getByRole('menuitem', { name }).hover({ timeout });
      // For a moment after it has opened, a menu ignores the mouse's button, but not this key.
      await menu.locator('.action-item.focused', { hasText: name }).waitFor({ timeout });
      await page.keyboard.press('Enter');
      await menu.first().waitFor({ state: 'detached', timeout });
    },
    undo: () => page.keyboard.press('Escape'),
    limit,
  });
}

/** What each frame of the window shows, in a line: for a person who wants to know why a test waited in vain. */
export async function textsOf(page: Page): Promise<string[]> {
  const lines: string[] = [];
  for (const frame of page.frames()) {
    // A frame may be gone while it is asked; then it has nothing to say.
    const text = await frame.evaluate(() => document.body.innerText).catch(() => '');
    lines.push(`${frame.url().replace(/\?.*/, '')}: ${text.replaceAll(/\s+/g, ' ').slice(0, 500)}`);
  }
  return lines;
}

/** A page of ours that VS Code now and then leaves empty: if setting it again does not help, its user opens it again. */
async function insistOnPage(page: Page, what: string, act: (timeout: number) => Promise<void>): Promise<void> {
  await insist({
    what,
    act,
    undo: async () => {
      console.log(`      the page of the editor is empty: it is opened again (${what})`);
      for (const line of await textsOf(page)) console.log(`      ${line}`);
      await closeAllEditors(page);
    },
    first: 40_000,
  });
}

/** Explains an image from the Explorer, and waits for the page. */
export async function explainFromExplorer(page: Page, row: Locator): Promise<void> {
  await insistOnPage(page, 'the page of the explanation', async (timeout) => {
    await chooseFromMenu(page, row, 'Explain Image', timeout);
    await editorFrame(page).locator('body[data-state]').waitFor({ state: 'attached', timeout });
  });
}

/** Opens a run file from the Explorer, and waits for something on its page. */
export async function openRunFile(page: Page, row: Locator, testId: string): Promise<void> {
  // Before the extension is registered, VS Code would open it as a text.
  await page.locator('.activitybar a.action-label[aria-label^="Group-CAM"]').waitFor();
  await insistOnPage(page, `${testId} on the page of the run file`, async (timeout) => {
    await row.dblclick({ timeout });
    await editorFrame(page).getByTestId(testId).waitFor({ timeout });
  });
}

/**
 * Runs a command of the palette by its whole title. The palette closes when something else takes the focus, such as a
 * page that has just loaded: then it is opened again.
 */
export async function runCommand(page: Page, title: string): Promise<void> {
  await insist({
    what: `the command ${title} in the palette`,
    act: async (timeout) => {
      await page.keyboard.press('F1');
      await page.locator('.quick-input-widget input').fill(`>${title}`, { timeout });
      const row = page.locator('.quick-input-list .monaco-list-row').filter({ hasText: title }).first();
      await row.waitFor({ timeout });
    },
    undo: () => page.keyboard.press('Escape'),
  });
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

/**
 * Loads the window again as its user does. VS Code in a browser stores its editors every five seconds; this command stores
 * them before it loads the window, and the browser's own reload loses those of the last seconds.
 */
export async function reloadWindow(page: Page): Promise<void> {
  const loaded = page.waitForEvent('load');
  await runCommand(page, 'Developer: Reload Window');
  await loaded;
}

export const closeAllEditors = (page: Page): Promise<void> => runCommand(page, 'View: Close All Editors');
