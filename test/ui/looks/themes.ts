/** Pictures of the window in VS Code's themes and in small and large windows; people look at them. */
import { strict as assert } from 'node:assert';
import { copyFileSync, existsSync, statSync } from 'node:fs';
import { nightly, onlyNightly, project } from '../../support/shared';
import { chooseClass, explainScene, reached } from '../explanation';
import { DARK, HIGH_CONTRAST, HIGH_CONTRAST_LIGHT, LIGHT, screenshot, type Window } from '../harness';
import { classesFrame, editorFrame } from '../workbench';

const DOG = 12;
/** As it is where nothing is set. */
const COLORMAP = 'turbo';

/** Copied into the README, when the README has no picture: remove that one to have it made again. */
const README = 'light';

interface Look {
  readonly name: string;
  readonly theme: string;
  /** VS Code's class for such themes. */
  readonly kind: string;
  readonly width: number;
  readonly height: number;
}

const LOOKS: readonly Look[] = [
  { name: README, theme: LIGHT, kind: 'vs', width: 1280, height: 800 },
  { name: 'small', theme: DARK, kind: 'vs-dark', width: 800, height: 500 },
  ...onlyNightly([
    { name: 'large', theme: LIGHT, kind: 'vs', width: 2200, height: 1300 },
    { name: 'high-contrast', theme: HIGH_CONTRAST, kind: 'hc-black', width: 1280, height: 800 },
    { name: 'high-contrast-light', theme: HIGH_CONTRAST_LIGHT, kind: 'hc-light', width: 1280, height: 800 },
    { name: 'dark', theme: DARK, kind: 'vs-dark', width: 1280, height: 800 },
  ]),
];

export const themes = (window: Window) =>
  describe('the window', () => {
    for (const { name, theme, kind, width, height } of LOOKS) {
      it(`${name}: ${theme}, ${width} x ${height}`, async () => {
        const { page } = window;
        const find = (id: string) => editorFrame(page).getByTestId(id);
        await page.setViewportSize({ width, height });
        window.configure({ 'workbench.colorTheme': theme, 'groupCam.colormap': COLORMAP });
        await page.locator(`.monaco-workbench.${kind}`).waitFor();
        await explainScene(page, 'cat-and-dog.png');
        await chooseClass(page, DOG, 'dog');
        const stage = await find('stage').boundingBox();
        assert.ok(stage && stage.width > 200 && stage.height > 150, JSON.stringify(stage));
        const file = await screenshot(window, name);
        assert.ok(statSync(file).size > 20_000);
        const readme = project('media', 'screenshot.png');
        if (name === README && !existsSync(readme)) copyFileSync(file, readme);

        if (name === 'small') await bothInSight(window, ['class-10', `class-${DOG}`]);

        // The scores take the most room where there is least.
        if (name !== 'small' && !nightly) return;
        await find('measure').click();
        await reached(page, 'measure', 'done');
        await screenshot(window, `${name} measured`);
        for (const id of ['stage', 'step', 'score-overall']) {
          const box = await find(id).boundingBox();
          assert.ok(box && box.width > 0 && box.x >= 0 && box.x + box.width <= width, `${id} ${JSON.stringify(box)}`);
        }
        // Nobody has to scroll to the numbers, nor to the curve.
        const below = (await find('facts-0').boundingBox())!.y;
        for (const id of ['area-explanation-insertion', 'area-centre-deletion', 'chart']) {
          const box = (await find(id).boundingBox())!;
          assert.ok(
            box.height > 0 && box.y + box.height <= below,
            `${id} ${JSON.stringify(box)}, the facts at ${below}`,
          );
        }
      });
    }
  });

/** In the Classes view, whose other lines must not leave a single class in a low window. */
async function bothInSight({ page }: Window, rows: readonly string[]): Promise<void> {
  const scroll = (await classesFrame(page).locator('.scroll').boundingBox())!;
  for (const id of rows) {
    const box = (await classesFrame(page).getByTestId(id).boundingBox())!;
    const isInside = box.y >= scroll.y - 1 && box.y + box.height <= scroll.y + scroll.height + 1;
    assert.ok(isInside, `${id} ${JSON.stringify(box)} in ${JSON.stringify(scroll)}`);
  }
}
