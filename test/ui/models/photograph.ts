/** A model and a photograph of the user's own: MobileNet v2 with its sidecar, chosen in the settings. */
import { strict as assert } from 'node:assert';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { groupCam } from '../../support/cli';
import { correlation, readMap, shrink } from '../../support/maps';
import { shared } from '../../support/shared';
import { centreCrop, explained, readHeat, stateLine } from '../explanation';
import type { Window } from '../harness';
import { explainFromExplorer, explorerRow, runCommand } from '../workbench';

export const MODEL = shared('models', 'mobilenet_v2.onnx');
export const PHOTO = shared('images', 'imagenet', 'n01443537_goldfish.JPEG');
const GOLDFISH = 1;

export const photograph = (window: Window) =>
  describe('a photograph, explained with MobileNet v2', () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'group-cam-photo-'));

    after(() => rmSync(folder, { recursive: true, force: true }));

    it('is found by the dialog, also if its ending is in capitals', async () => {
      const { page } = window;
      await runCommand(page, 'Group-CAM: Explain Image');
      const row = (name: string) => page.locator('.quick-input-list .monaco-list-row', { hasText: name });
      for (const name of ['goldfish.jpg', 'UPPER.JPG', 'UPPER.JPEG']) await row(name).waitFor();
      assert.equal(await row('net.onnx').count(), 0);
      await page.keyboard.press('Escape');
    });

    it('shows the heat of the goldfish, as the command line computes it', async () => {
      const npy = path.join(folder, 'goldfish.npy');
      await groupCam('explain', PHOTO, '--model', MODEL, '--class', String(GOLDFISH), '--device', 'cpu', '--npy', npy);
      await explainFromExplorer(window.page, explorerRow(window.page, 'goldfish.jpg'));
      await explained(window.page, GOLDFISH);
      assert.match(await stateLine(window.page), /goldfish/);

      const workers = await Promise.all(window.page.workers().map((worker) => worker.evaluate(() => self.name)));
      assert.ok(workers.includes('heat'), `VS Code lets the page have its worker: ${workers}`);
      const heat = await readHeat(window.page);
      const wanted = readMap(npy);
      const shown = shrink(centreCrop(heat), wanted.width, wanted.height);
      const r = correlation(shown.value, wanted.value);
      assert.ok(r >= 0.99, `canvas and command line correlate with ${r.toFixed(4)}`);
    });
  });
