/** Pictures of the window in VS Code's themes and in small and large windows; people look at them. */
import { strict as assert } from 'node:assert';
import { copyFileSync, existsSync, statSync } from 'node:fs';
import { nightly, project } from '../support/shared';
import { chooseClass, explained, reached } from './explanation';
import { DARK, HIGH_CONTRAST, LIGHT, openWindow, SCENES, screenshot } from './harness';
import { editorFrame, expand, explainFromExplorer, explorerRow } from './workbench';

const DOG = 12;

/** Copied into the README, when the README has no picture: remove that one to have it made again. */
const README = 'light';

const WINDOWS = {
  [README]: { theme: LIGHT, viewport: { width: 1280, height: 800 } },
  'high-contrast': { theme: HIGH_CONTRAST, viewport: { width: 1280, height: 800 } },
  small: { theme: DARK, viewport: { width: 800, height: 500 } },
  ...(nightly && {
    dark: { theme: DARK, viewport: { width: 1280, height: 800 } },
    large: { theme: LIGHT, viewport: { width: 2200, height: 1300 } },
  }),
};

describe('the window', () => {
  for (const [name, { theme, viewport }] of Object.entries(WINDOWS)) {
    it(`${name}: ${theme}, ${viewport.width} x ${viewport.height}`, async () => {
      const window = await openWindow({ viewport, files: SCENES, settings: { 'workbench.colorTheme': theme } });
      try {
        await expand(window.page, 'scenes');
        await explainFromExplorer(window.page, explorerRow(window.page, 'cat-and-dog.png'));
        await explained(window.page);
        await chooseClass(window.page, DOG, 'dog');
        const stage = await editorFrame(window.page).getByTestId('stage').boundingBox();
        assert.ok(stage && stage.width > 200 && stage.height > 150, JSON.stringify(stage));
        const file = await screenshot(window, name);
        assert.ok(statSync(file).size > 20_000);
        const readme = project('media', 'screenshot.png');
        if (name === README && !existsSync(readme)) copyFileSync(file, readme);

        const find = (id: string) => editorFrame(window.page).getByTestId(id);
        await find('measure').click();
        await reached(window.page, 'measure', 'done');
        await screenshot(window, `${name} measured`);
        for (const id of ['stage', 'step', 'score-overall']) {
          const box = await find(id).boundingBox();
          assert.ok(
            box && box.width > 0 && box.x >= 0 && box.x + box.width <= viewport.width,
            `${id} ${JSON.stringify(box)}`,
          );
        }
      } finally {
        await window.close();
      }
    });
  }
});
