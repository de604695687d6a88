/** What the editor writes: exports, the settings beside a model, and a run file, of which two windows know. */
import { strict as assert } from 'node:assert';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { Page } from 'playwright-core';
import { isMarked } from '../../src/protocol/mark';
import { project } from '../support/shared';
import { insist, until } from '../support/wait';
import { explained, explainScene } from './explanation';
import { SCENES, useWindow } from './harness';
import { runnersBelow } from './processes';
import {
  addToSelection,
  chooseFromMenu,
  closeAllEditors,
  editorFrame,
  explorerRow,
  openRunFile,
  runCommand,
} from './workbench';

const SCENE = 'cat-and-dog.png';
const OTHER = 'tiger-and-cat.png';
const demo = (name: string) => project('media', 'demo', name);

describe('what the editor writes', () => {
  const window = useWindow({
    settings: { 'groupCam.model': 'net.onnx', 'groupCam.method': 'grad-cam' },
    files: {
      ...SCENES,
      'net.onnx': demo('demo-objects.onnx'),
      'net.explain.json': demo('demo-objects.explain.json'),
      'demo-objects.labels.txt': demo('demo-objects.labels.txt'),
    },
  });
  const at = (...parts: string[]) => path.join(window.folder, ...parts);

  before(() => explainScene(window.page, SCENE));

  const dialog = () => window.page.locator('.quick-input-widget', { hasText: 'Export' });

  /** The name that the dialog proposes, accepted or not. */
  async function exportBy(command: string, key: 'Enter' | 'Escape'): Promise<string> {
    await runCommand(window.page, command);
    await dialog().waitFor();
    await window.page.waitForFunction(() =>
      document.querySelector<HTMLInputElement>('.quick-input-widget input')?.value.includes('.grad-cam.'),
    );
    const proposed = await dialog().locator('input:visible').inputValue();
    // A dialog that still looks at the folder does not take the key.
    await insist({
      what: `the end of the dialog by ${key}`,
      act: async (timeout) => {
        await window.page.keyboard.press(key);
        await dialog().waitFor({ state: 'hidden', timeout });
      },
      undo: (timeout) => dialog().waitFor({ timeout }),
    });
    return proposed;
  }

  it('no folder stays of an export that was given up', async () => {
    const proposed = await exportBy('Group-CAM: Export Heatmap as PNG', 'Escape');
    assert.match(proposed, /demo\/explanations\/cat-and-dog\.\w+\.grad-cam\.heatmap\.png$/);
    await until('the folder is gone', () => !existsSync(at('explanations')));
  });

  it('exports go to a folder of their own, with the mark', async () => {
    const proposed = await exportBy('Group-CAM: Export Heatmap as PNG', 'Enter');
    const name = path.basename(proposed);
    await until('the export', () => existsSync(at('explanations', name)));
    assert.ok(isMarked(readFileSync(at('explanations', name))));
    assert.deepEqual(readdirSync(at('explanations')), [name]);
    assert.deepEqual(
      readdirSync(at('scenes')).sort(),
      readdirSync(demo('scenes')).sort(),
      'nothing lies beside the images',
    );
  });

  it('a selection leaves exports out', async () => {
    await closeAllEditors(window.page);
    const [name] = readdirSync(at('explanations'));
    // The image that was explained first may be selected too.
    await addToSelection(window.page, 'explanations', [name!, OTHER]);
    await chooseFromMenu(window.page, explorerRow(window.page, OTHER), 'Explain Image');
    await window.page.locator('.notification-toast', { hasText: /Left out 1 of [23] images/ }).waitFor();
    await explained(window.page);
  });

  it('settings beside a model are replaced only when the user says so', async () => {
    const sidecar = () => readFileSync(at('net.explain.json'), 'utf8');
    const before = sidecar();
    const dialog = window.page.locator('.monaco-dialog-box', { hasText: 'Replace the settings beside net.onnx?' });
    await runCommand(window.page, 'Group-CAM: Save Model Settings');
    await dialog.getByRole('button', { name: 'Cancel' }).click();
    await dialog.waitFor({ state: 'detached' });
    assert.equal(sidecar(), before);
    await runCommand(window.page, 'Group-CAM: Save Model Settings');
    await dialog.getByRole('button', { name: 'Replace' }).click();
    await until('the new settings', () => sidecar() !== before);
    assert.equal(JSON.parse(sidecar()).labels, JSON.parse(before).labels);
  });

  it('a run file is written by one window at a time: another one follows it and says so, until the first is gone', async () => {
    const first = window.page;
    await chooseFromMenu(first, explorerRow(first, 'scenes'), 'Inspect Dataset');
    const of = (page: Page, id: string) => editorFrame(page).getByTestId(id);
    await of(first, 'done').filter({ hasText: '12 of 12' }).waitFor();
    await of(first, 'tags').click();
    await of(first, 'tag-name').fill('relabel');
    await of(first, 'make-tag').click();
    await of(first, 'key-relabel').fill('r');
    await first.keyboard.press('Escape');
    const name = async (page: Page) => (await of(page, 'tile-0').getAttribute('aria-label')) ?? '';
    await until('the tag', async () => /tagged relabel/.test(await name(first)));

    // In a browser's context of its own, it is a window that knows nothing of the first one.
    const context = await first.context().browser()!.newContext();
    const second = await context.newPage();
    await second.goto(first.url());
    await openRunFile(second, explorerRow(second, 'scenes.groupcam'), 'tile-0');
    const owner = /process \d+ has this run file open, in another window or on the command line/;
    assert.match((await of(second, 'banner').allTextContents()).join('|'), owner);
    assert.match(await name(second), /predicted .*tagged relabel/);
    await of(second, 'grid').focus();
    await second.keyboard.press('r');
    await of(second, 'notice').filter({ hasText: owner }).waitFor();
    assert.match(await name(second), /tagged relabel/);

    // What one writes is seen in the other.
    await of(first, 'grid').focus();
    await first.keyboard.press('r');
    await until('no tag in the second window', async () => !/tagged/.test(await name(second)));
    await first.keyboard.press('r');
    await until('the tag in the second window', async () => /tagged relabel/.test(await name(second)));

    await first.goto('about:blank');
    await of(second, 'banner').filter({ hasText: owner }).waitFor({ state: 'detached' });
    assert.match(await name(second), /predicted .*tagged relabel/);
    await of(second, 'grid').focus();
    await second.keyboard.press('r');
    await until('no tag', async () => !/tagged/.test(await name(second)));
    assert.equal(runnersBelow(window.pid).length, 1);
    await second.goto('about:blank');
    await until('no process of a window that is gone', () => runnersBelow(window.pid).length === 0);
    await context.close();
  });
});
