/** Several images in one panel, and two classes side by side. */
import { strict as assert } from 'node:assert';
import { chooseClass, explained, explainScene, readHeat, searchClasses } from '../explanation';
import { screenshot, type Window } from '../harness';
import {
  classesFrame,
  closeAllEditors,
  editorFrame,
  expand,
  explainFromExplorer,
  explorerRow,
  showExplorer,
} from '../workbench';

const SCENES = ['cat-and-dog.png', 'pizza-and-apple.png', 'turtle-and-fish.png'];
const CAT = 10;
const DOG = 12;

export const strip = (window: Window) =>
  describe('more than one', () => {
    before(async () => {
      await closeAllEditors(window.page);
      await showExplorer(window.page);
      await expand(window.page, 'scenes');
    });

    it('images: one panel with a strip, each explained in its turn', async () => {
      const rows = SCENES.map((name) => explorerRow(window.page, name));
      await rows[0]!.click();
      for (const row of rows.slice(1)) await row.click({ modifiers: ['Control'] });
      await explainFromExplorer(window.page, rows[1]!);
      const frame = editorFrame(window.page);
      for (const i of SCENES.keys()) {
        await frame.getByTestId(`strip-${i}`).and(frame.locator('[data-state="done"]')).waitFor();
      }
      assert.equal(await frame.locator('[data-testid^="strip-"]').count(), SCENES.length);
      await frame.getByTestId('strip-2').click();
      await explained(window.page);
      await frame
        .getByTestId('image-0')
        .and(frame.getByAltText(/turtle|fish/))
        .waitFor();
      await screenshot(window, 'strip');
      await closeAllEditors(window.page);
    });

    it('classes: two ticked ones stand side by side with their difference', async () => {
      await explorerRow(window.page, SCENES[0]!).click();
      await explainScene(window.page, SCENES[0]!);
      await chooseClass(window.page, CAT, 'cat');
      await searchClasses(window.page, '');
      await classesFrame(window.page).getByTestId(`tick-${DOG}`).click();
      const frame = editorFrame(window.page);
      await frame.locator(`[data-testid="pane-1"][data-class="${DOG}"]`).waitFor();
      await explained(window.page, CAT);
      await screenshot(window, 'compare');
      const [cat, dog, difference] = await Promise.all(['0', '1', 'difference'].map((id) => readHeat(window.page, id)));
      assert.notDeepEqual(cat!.value, dog!.value);
      assert.ok(difference!.visible.some(Boolean));
      await classesFrame(window.page).getByTestId(`tick-${DOG}`).click();
      await frame.getByTestId('pane-1').waitFor({ state: 'detached' });
      // Each was computed once; a return to one shows what was drawn before.
      const facts = frame.getByTestId('facts-0').getByText('computed before');
      await explained(window.page, CAT);
      await facts.waitFor();
      assert.deepEqual((await readHeat(window.page)).value, cat!.value);
      await chooseClass(window.page, DOG, 'dog');
      await facts.waitFor();
      assert.deepEqual((await readHeat(window.page)).value, dog!.value);
    });
  });
