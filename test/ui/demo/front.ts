/** Two explanations at once: that of the editor in front is computed, and the other one waits and says so. */
import type { FrameLocator } from 'playwright-core';
import { until } from '../../support/wait';
import { explainScene } from '../explanation';
import { screenshot, type Window } from '../harness';
import { chooseFromMenu, closeAllEditors, editorFrame, explorerRow, runCommand } from '../workbench';

const [FIRST, SECOND] = ['cat-and-dog.png', 'turtle-and-fish.png'] as const;
const OURS = 'iframe.webview[src*="extensionId=group-cam.group-cam"]';

export const front = (window: Window) =>
  describe('the editor in front', () => {
    const input = () => window.page.locator('.quick-input-widget input[type="text"]');
    const title = (text: string) => window.page.locator('.quick-input-title').getByText(text, { exact: true });
    const row = (text: string) => window.page.locator('.quick-input-list .monaco-list-row', { hasText: text });
    const tab = (name: string) => window.page.locator('.tab', { hasText: name });
    /** Of the editors on screen, in the order in which they were opened. */
    const shown = (at: number): FrameLocator => window.page.frameLocator(OURS).nth(at).frameLocator('#active-frame');

    /** Asks for more masks than can be computed while anybody waits. */
    async function explainWithoutEnd(): Promise<void> {
      await runCommand(window.page, 'Group-CAM: Choose Method…');
      await title('Method').waitFor();
      await input().fill('RISE');
      await row('arXiv 1806.07421').click();
      await title('Options of RISE').waitFor();
      await row('Random masks').getByText('Random masks', { exact: true }).click();
      await title('Random masks').waitFor();
      await input().fill('100000');
      await row('100000').getByText('100000', { exact: true }).waitFor();
      await input().press('Enter');
      await row('Explain with RISE').getByText('masks 100000').waitFor();
      await input().press('Enter');
    }

    const stage = (text: string) =>
      editorFrame(window.page).getByTestId('state-line').filter({ hasText: text }).waitFor();

    const body = (state: string) =>
      editorFrame(window.page).locator(`body[data-state="${state}"]`).waitFor({ state: 'attached' });
    async function turnTo(name: string): Promise<void> {
      await tab(name).click();
      await window.page.locator('.tab.active', { hasText: name }).waitFor();
    }

    after(() => closeAllEditors(window.page));

    it('is explained while another one, behind it, has long to go', async () => {
      await explainScene(window.page, FIRST);
      await explainWithoutEnd();
      await stage('Running passes');
      await chooseFromMenu(window.page, explorerRow(window.page, SECOND), 'Explain Image');
      await editorFrame(window.page).getByAltText(new RegExp(SECOND)).waitFor();
      await body('done');
      await screenshot(window, 'front');
      await turnTo(FIRST);
      await stage('Running passes');
    });

    it('is another one whenever its user turns to another tab', async () => {
      await turnTo(SECOND);
      await explainWithoutEnd();
      await stage('Running passes');
      for (const name of [FIRST, SECOND, FIRST]) {
        await turnTo(name);
        await editorFrame(window.page).getByAltText(new RegExp(name)).waitFor();
        await stage('Running passes');
      }
    });

    it('is the one of two on screen that has the focus; the other one says that it waits', async () => {
      await runCommand(window.page, 'View: Move Editor into Right Group');
      const pages = [0, 1].map(shown);
      await until('two editors on screen', async () => (await window.page.locator(OURS).count()) === 2);
      const stages = () => Promise.all(pages.map((page) => page.getByTestId('state-line').innerText()));
      const isOf = (said: readonly string[], text: string) => said.filter((one) => one.includes(text)).length === 1;
      await until('one runs and one waits', async () => {
        const said = await stages();
        return isOf(said, 'Running passes') && isOf(said, 'Waiting for another explanation');
      });
      await screenshot(window, 'front-of-two');
      const before = await stages();
      await turnTo(SECOND);
      await until('they change places', async () => {
        const said = await stages();
        return said.every((one, i) => one.includes('Running passes') !== before[i]!.includes('Running passes'));
      });
    });
  });
