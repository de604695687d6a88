/** Every object of the demo: its heat, as a user sees it, lies on it, and is what the command line computes. */
import { strict as assert } from 'node:assert';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { readCanvas } from '../../support/canvas';
import { groupCam } from '../../support/cli';
import { demoScenes, type Scene, type SceneObject } from '../../support/demo';
import { correlation, readMap, shrink } from '../../support/maps';
import { nightly, project } from '../../support/shared';
import { chooseClass, explained, type Heat, maximum, readHeat } from '../explanation';
import type { Window } from '../harness';
import { closeAllEditors, editorFrame, expand, explainFromExplorer, explorerRow, showExplorer } from '../workbench';

export const scenes = (window: Window) =>
  describe('the scenes of the demo, right-clicked in the Explorer', () => {
    const maps = mkdtempSync(path.join(tmpdir(), 'group-cam-maps-'));
    after(() => rmSync(maps, { recursive: true, force: true }));

    const all = demoScenes();

    it('have 27 objects', () => {
      assert.equal(all.flatMap(({ objects }) => objects).length, 27);
    });

    // The command line's maps of all of them are held against the objects' boxes by a test of its own.
    for (const scene of all.filter((_, i) => nightly || i % 3 === 0)) {
      it(`${scene.name}: the heat of each class lies on its object and agrees with the command line`, async () => {
        await mapsOf(scene, maps);
        await showExplorer(window.page);
        await expand(window.page, 'scenes');
        await explainFromExplorer(window.page, explorerRow(window.page, scene.name));
        await explained(window.page);
        for (const object of scene.objects) {
          await chooseClass(window.page, object.class, object.label);
          const heat = await readHeat(window.page);
          assertInside(heat, object);
          const stem = path.parse(scene.name).name;
          assertSameMap(heat, path.join(maps, `${stem}.${object.class}.npy`), object.label);
        }
        await closeAllEditors(window.page);
      });
    }

    it('a class that nothing speaks for shows what speaks against it, and the next class is as ever', async () => {
      const { page } = window;
      await showExplorer(page);
      await expand(page, 'scenes');
      await explainFromExplorer(page, explorerRow(page, 'cat-and-dog.png'));
      await explained(page);
      await chooseClass(page, TIGER, 'tiger');
      const note = editorFrame(page).getByTestId('note');
      assert.match((await note.textContent()) ?? '', /No positive evidence: .* shows what speaks against/);
      const { rgba } = await readCanvas(editorFrame(page).getByTestId('heat-0'));
      const shown = [...rgba.keys()].filter((at) => at % 4 === 0 && rgba[at + 3]! > 0);
      const blue = shown.filter((at) => rgba[at + 2]! > rgba[at]!);
      assert.ok(shown.length > 0 && blue.length > shown.length / 2, `${blue.length} blue pixels of ${shown.length}`);
      await chooseClass(page, DOG, 'dog');
      assert.equal(await note.isVisible(), false);
      await closeAllEditors(page);
    });
  });

const DOG = 12;
const TIGER = 28;

async function mapsOf(scene: Scene, folder: string): Promise<void> {
  const classes = scene.objects.flatMap((object) => ['--class', String(object.class)]);
  const image = project('media', 'demo', 'scenes', scene.name);
  await groupCam('explain', image, ...classes, '--device', 'cpu', '--npy', folder);
}

function assertInside(heat: Heat, { label, box }: SceneObject): void {
  const { x, y } = maximum(heat);
  const inside = x >= box.left && x <= box.right && y >= box.top && y <= box.bottom;
  assert.ok(inside, `${label}: the maximum at ${x.toFixed(3)}, ${y.toFixed(3)} is outside ${JSON.stringify(box)}`);
}

/** The network's input covers these images whole, so its grid divides the canvas evenly. */
function assertSameMap(heat: Heat, file: string, label: string): void {
  const wanted = readMap(file);
  const shown = shrink(heat, wanted.width, wanted.height);
  const r = correlation(shown.value, wanted.value);
  assert.ok(r >= 0.99, `${label}: canvas and command line correlate with ${r.toFixed(4)}`);
}
