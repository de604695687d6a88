/** Networks of tokens and of channels-last layers: exports of torchvision, chosen by right-click. */
import { strict as assert } from 'node:assert';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { groupCam } from '../support/cli';
import { correlation, readMap, shrink } from '../support/maps';
import { torchvision } from '../support/torchvision';
import { centreCrop, explained, readHeat } from './explanation';
import { keepFailure, openWindow, SCENES, type Window } from './harness';
import { chooseFromMenu, editorFrame, expand, explainFromExplorer, explorerRow } from './workbench';

/**
 * The weights are random, so that for many an image every mask lowers the score of its class: each network is shown a scene
 * for whose most probable class there is evidence.
 */
const NETWORKS = {
  vit_b_32: { scene: 'cat-and-dog', layer: '(1 × 50 × 768)' },
  swin_t: { scene: 'pizza-and-apple', layer: '(7 × 7 × 768)' },
  convnext_tiny: { scene: 'pizza-and-apple', layer: '(768 × 7 × 7)' },
};

for (const [name, { scene, layer }] of Object.entries(NETWORKS)) {
  describe(`a scene, explained with ${name}`, () => {
    let window: Window;
    let model: string;
    const folder = mkdtempSync(path.join(tmpdir(), 'group-cam-network-'));

    before(async function () {
      model = torchvision(this, name);
      window = await openWindow({
        files: { ...SCENES, [`${name}.onnx`]: model },
        settings: { 'groupCam.colormap': 'grey' },
      });
    });

    afterEach(function () {
      return keepFailure(this, window);
    });

    after(async () => {
      await window?.close();
      rmSync(folder, { recursive: true, force: true });
    });

    it('shows the heat that the command line computes', async () => {
      const npy = path.join(folder, 'map.npy');
      const file = path.join(SCENES.scenes, `${scene}.png`);
      await groupCam('explain', file, '--model', model, '--device', 'cpu', '--npy', npy);
      await chooseFromMenu(window.page, explorerRow(window.page, `${name}.onnx`), 'Use for Explanations');
      await expand(window.page, 'scenes');
      await explainFromExplorer(window.page, explorerRow(window.page, `${scene}.png`));
      await explained(window.page);
      const facts = (await editorFrame(window.page).getByTestId('facts-0').textContent()) ?? '';
      assert.ok(facts.includes(name) && facts.includes(layer), facts);

      const wanted = readMap(npy);
      const shown = shrink(centreCrop(await readHeat(window.page)), wanted.width, wanted.height);
      const r = correlation(shown.value, wanted.value);
      assert.ok(r >= 0.99, `canvas and command line correlate with ${r.toFixed(4)}`);
    });
  });
}
