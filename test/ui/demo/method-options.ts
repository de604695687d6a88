/** A method with options of its own: chosen in one picker, shown, and kept over a reload of the window. */
import { strict as assert } from 'node:assert';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { explainScene } from '../explanation';
import { screenshot, type Window } from '../harness';
import { editorFrame, pick, runCommand } from '../workbench';

export const methodOptions = (window: Window) =>
  describe('the options of a method', () => {
    before(() => explainScene(window.page, 'cat-and-dog.png'));

    const input = () => window.page.locator('.quick-input-widget input[type="text"]');
    const title = (text: string) => window.page.locator('.quick-input-title').getByText(text, { exact: true });
    const row = (text: string) => window.page.locator('.quick-input-list .monaco-list-row', { hasText: text });
    /** By its paper: rows of the palette begin with the name too. */
    const groupCam = () => row('arXiv 2103.13859');
    const facts = (text: string) => editorFrame(window.page).getByTestId('facts-0').getByText(text, { exact: true });

    it('are typed and chosen in the picker of the method, which refuses what they do not accept', async () => {
      await runCommand(window.page, 'Group-CAM: Choose Method…');
      // The input of the palette is there until the picker takes its place.
      await title('Method').waitFor();
      // By its paper: rows of the palette begin with the name too, and rows out of sight are not there.
      await input().fill('RISE');
      await row('arXiv 1806.07421').click();
      await title('Options of RISE').waitFor();
      // Exactly: the row before says in its detail that RISE has random masks.
      await row('Random masks').getByText('Random masks', { exact: true }).click();
      await title('Random masks').waitFor();
      await input().fill('0');
      await row('0: must be a whole number from 1 to 100000').waitFor();
      await input().press('Enter');
      await title('Random masks').waitFor();
      await input().fill('40');
      await row('40').getByText('40', { exact: true }).waitFor();
      await input().press('Enter');
      await row('Explain with RISE').getByText('masks 40').waitFor();
      await screenshot(window, 'method-options');
      await input().press('Enter');
      await facts('RISE (masks 40)').waitFor();
    });

    it('are the same after a reload of the window', async () => {
      const loaded = window.page.waitForEvent('load');
      await runCommand(window.page, 'Developer: Reload Window');
      await loaded;
      await facts('RISE (masks 40)').waitFor();
    });

    it('are those of the settings again once the picker has reset them', async () => {
      await runCommand(window.page, 'Group-CAM: Choose Method…');
      await groupCam().click();
      await title('Options of Group-CAM').waitFor();
      await row('Groups of channels').click();
      // What is typed before the step is there would be typed into the one before it.
      await title('Groups of channels').waitFor();
      await input().fill('4');
      await row('4').getByText('4', { exact: true }).waitFor();
      await input().press('Enter');
      await row('Explain with Group-CAM').getByText('G 4, θ 70').waitFor();
      await input().press('Enter');
      await facts('Group-CAM (G 4, θ 70)').waitFor();
      await runCommand(window.page, 'Group-CAM: Choose Method…');
      await groupCam().click();
      await title('Options of Group-CAM').waitFor();
      await row('Reset These Options').click();
      await row('Explain with Group-CAM').getByText('G 32, θ 70').waitFor();
      await input().press('Enter');
      await facts('Group-CAM (G 32, θ 70)').waitFor();
    });

    it('are no default where the settings of the workspace can not be written: the file and the reason are told', async () => {
      const { page } = window;
      const settings = path.join(window.folder, '.vscode', 'settings.json');
      mkdirSync(path.dirname(settings), { recursive: true });
      writeFileSync(settings, '{ "files.autoSave": ');
      await runCommand(page, 'Group-CAM: Choose Method…');
      await title('Method').waitFor();
      await input().fill('1610.02391');
      await row('arXiv 1610.02391').first().click();
      await facts('Grad-CAM').waitFor();
      await runCommand(page, 'Group-CAM: Choose Method…');
      await title('Method').waitFor();
      await pick(page, 'Make Grad-CAM the Default');
      const told = page.locator('.notification-toast', { hasText: settings });
      await told.getByText(/setting groupCam\.method was not saved \(Unable to write .*choose again/).waitFor();
      assert.equal(readFileSync(settings, 'utf8'), '{ "files.autoSave": ', 'nothing was written');
      await screenshot(window, 'setting-not-saved');
      rmSync(settings);
    });
  });
