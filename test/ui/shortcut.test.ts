/** The walkthrough's *Find a Shortcut*: the cards, the images of the suspicious one, and one of them explained. Makes the README's pictures. */
import { strict as assert } from 'node:assert';
import { readFileSync } from 'node:fs';
import { project } from '../support/shared';
import { until } from '../support/wait';
import { explained } from './explanation';
import { screenshot, useWindow } from './harness';
import { editorFrame, runCommand } from './workbench';

const truth: { marked: string[] } = JSON.parse(readFileSync(project('test', 'data', 'shortcut', 'truth.json'), 'utf8'));

describe('Find a Shortcut', () => {
  const window = useWindow({ viewport: { width: 1280, height: 800 } });
  const page = () => window.page;
  const frame = () => editorFrame(page());
  const card = () => frame().locator('.cluster-card').first();
  const count = async () => (await frame().getByTestId('count').textContent()) ?? '';
  /** `npm run pictures` keeps it as media/<name>.png. */
  const picture = (name: string) => screenshot(window, `readme ${name}`);

  before(() => runCommand(page(), 'View: Close Primary Side Bar'));

  it('shows the clusters, the suspicious one of the mugs first', async () => {
    await runCommand(page(), 'Group-CAM: Find a Shortcut (Demo)');
    await page().locator('.tabs-container .tab').filter({ hasText: 'shop.groupcam' }).waitFor();
    await card().waitFor();
    assert.match((await card().getAttribute('aria-label')) ?? '', /^Cluster mug \d$/);
    assert.match((await card().textContent()) ?? '', /suspicious.*Pasted into 100 other images/);
    await picture('clusters');
  });

  it('its images are those with the tag', async () => {
    await card()
      .getByRole('button', { name: /^Show the images of mug/ })
      .first()
      .click();
    await until('its images', async () => /^\d+ of 360$/.test(await count()));
    assert.ok(Math.abs(Number.parseInt(await count(), 10) - truth.marked.length) <= 5, await count());
    await frame().locator('[data-testid="tile-0"][aria-label*="predicted mug"]').waitFor({ state: 'attached' });
    await picture('suspicious');
  });

  it('Enter explains one of them by the model of the set', async () => {
    await frame().getByTestId('grid').focus();
    await page().keyboard.press('Enter');
    await explained(page());
    await screenshot(window, 'shortcut explained');
  });

  it('the classes have their mean heat and their confusions', async () => {
    await page().locator('.tabs-container .tab').filter({ hasText: 'shop.groupcam' }).click();
    await runCommand(page(), 'Group-CAM: Show Classes and Confusion');
    await frame().getByTestId('atlas-0').waitFor();
    await picture('classes');
  });
});
