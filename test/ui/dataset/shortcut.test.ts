/** The walkthrough's *Find a Shortcut*: the cards, the images of the suspicious one, and one of them explained. Makes the README's pictures. */
import { strict as assert } from 'node:assert';
import { readFileSync } from 'node:fs';
import { project } from '../../support/shared';
import { until } from '../../support/wait';
import { explained, stateLine } from '../explanation';
import { screenshot, useWindow } from '../harness';
import { editorFrame, runCommand } from '../workbench';

const truth: { marked: string[] } = JSON.parse(readFileSync(project('test', 'data', 'shortcut', 'truth.json'), 'utf8'));

describe('Find a Shortcut', () => {
  const window = useWindow({
    viewport: { width: 1280, height: 760 },
    settings: { 'breadcrumbs.enabled': false },
  });
  const page = () => window.page;
  const frame = () => editorFrame(page());
  const find = (id: string) => frame().getByTestId(id);
  const suspect = () => frame().locator('.clusters-suspects .cluster-card').first();
  const tab = () => page().locator('.tabs-container .tab').filter({ hasText: 'shop.groupcam' });
  const count = async () => (await find('count').textContent()) ?? '';
  /** `npm run pictures` keeps it as media/dataset-<name>.png. */
  const picture = (name: string) => screenshot(window, `readme ${name}`);

  before(() => runCommand(page(), 'View: Close Primary Side Bar'));

  it('shows the clusters, the suspicious one of the mugs first', async () => {
    await runCommand(page(), 'Group-CAM: Find a Shortcut (Demo)');
    await tab().waitFor();
    await suspect().waitFor();
    // Others may have come first while not all classes were judged.
    await find('finding').waitFor({ state: 'detached' });
    assert.match((await suspect().getAttribute('aria-label')) ?? '', /^Cluster mug \d$/);
    assert.match((await suspect().locator('.cluster-reason').textContent()) ?? '', /^Pasted into 100 other images/);
    await suspect().locator('.thumbnail[data-item]').first().waitFor();
    await frame().locator('[data-testid="scatter-canvas"][data-layout="umap"]').waitFor();
    await picture('clusters');
  });

  it('its images are those with the tag', async () => {
    await suspect().locator('.cluster-main').click();
    await until('its images', async () => /^\d+ of 360$/.test(await count()));
    assert.ok(Math.abs(Number.parseInt(await count(), 10) - truth.marked.length) <= 5, await count());
    const names = await Promise.all(
      Array.from({ length: 5 }, async (_, at) => {
        await find(`tile-${at}`).waitFor({ state: 'attached' });
        return (await find(`tile-${at}`).getAttribute('aria-label')) ?? '';
      }),
    );
    const carry = names.filter((name) => truth.marked.includes(name.split(';')[0]!));
    assert.ok(carry.length >= 4, names.join('\n'));
    await picture('suspicious');
  });

  it('Enter explains one of them by the model of the set', async () => {
    await find('grid').focus();
    await page().keyboard.press('Enter');
    await explained(page());
    assert.match(await stateLine(page()), /mug/);
    await picture('explained');
  });

  it('the classes have their mean heat and their confusions', async () => {
    await tab().click();
    await runCommand(page(), 'Group-CAM: Show Classes and Confusion');
    await find('clear').click();
    await until('the mean maps', async () => {
      const entries = await frame().locator('.atlas-card').allTextContents();
      return entries.length === 6 && entries.every((text) => /%/.test(text));
    });
    await picture('classes');
  });
});
