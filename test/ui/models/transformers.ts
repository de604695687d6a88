/** Networks of tokens and of channels-last layers: exports of torchvision, chosen by right-click. */
import { strict as assert } from 'node:assert';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { groupCam } from '../../support/cli';
import { correlation, readMap, shrink } from '../../support/maps';
import { nightly } from '../../support/shared';
import { centreCrop, explainScene, readHeat } from '../explanation';
import { SCENES, type Window } from '../harness';
import { chooseFromMenu, closeAllEditors, editorFrame, explorerRow, showExplorer } from '../workbench';

/**
 * The weights are random, so that for many an image every mask lowers the score of its class: each network is shown a scene
 * for whose most probable class there is assessment.
 */
export const NETWORKS: Readonly<Record<string, { readonly scene: string; readonly layer: string }>> = {
  ...(nightly && {
    swin_t: { scene: 'pizza-and-apple', layer: '(7 × 7 × 768)' },
    vit_b_32: { scene: 'cat-and-dog', layer: '(1 × 50 × 768)' },
    convnext_tiny: { scene: 'pizza-and-apple', layer: '(768 × 7 × 7)' },
  }),
};

/** @param exported the path of a network's model, which the window has under its name */
export const transformers = (window: Window, exported: (name: string) => string) => {
  for (const [name, { scene, layer }] of Object.entries(NETWORKS)) {
    describe(`a scene, explained with ${name}`, () => {
      const folder = mkdtempSync(path.join(tmpdir(), 'group-cam-network-'));
      after(() => rmSync(folder, { recursive: true, force: true }));

      it('shows the heat that the command line computes', async () => {
        const npy = path.join(folder, 'map.npy');
        const file = path.join(SCENES.scenes, `${scene}.png`);
        await groupCam('explain', file, '--model', exported(name), '--device', 'cpu', '--npy', npy);
        await closeAllEditors(window.page);
        await showExplorer(window.page);
        await chooseFromMenu(window.page, explorerRow(window.page, `${name}.onnx`), 'Use for Explanations');
        await explainScene(window.page, `${scene}.png`);
        const facts = (await editorFrame(window.page).getByTestId('facts-0').textContent()) ?? '';
        assert.ok(facts.includes(name) && facts.includes(layer), facts);

        const wanted = readMap(npy);
        const shown = shrink(centreCrop(await readHeat(window.page)), wanted.width, wanted.height);
        const r = correlation(shown.value, wanted.value);
        assert.ok(r >= 0.99, `canvas and command line correlate with ${r.toFixed(4)}`);
      });
    });
  }
};
