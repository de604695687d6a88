/** What the editor writes: exports, and the settings beside a model. */
import { strict as assert } from 'node:assert';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { isMarked } from '../../src/protocol/mark';
import { project } from '../support/shared';
import { insist, until } from '../support/wait';
import { explained, explainScene } from './explanation';
import { SCENES, useWindow } from './harness';
import { chooseFromMenu, closeAllEditors, expand, explorerRow, runCommand } from './workbench';

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
    await expand(window.page, 'explanations');
    const [name] = readdirSync(at('explanations'));
    // The image that was explained first may be selected too.
    const rows = [name!, OTHER].map((file) => explorerRow(window.page, file));
    for (const row of rows) await row.click({ modifiers: ['Control'] });
    await chooseFromMenu(window.page, rows[1]!, 'Explain Image');
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
});
