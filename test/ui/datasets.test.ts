/** A folder of images, inspected: from the Explorer to the wrong ones, through them, tagged, and what the classes lead to. */
import { strict as assert } from 'node:assert';
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { needs, shared } from '../support/shared';
import { until } from '../support/wait';
import { explained } from './explanation';
import { screenshot, useWindow } from './harness';
import { chooseFromMenu, editorFrame, explorerRow, pick, runCommand } from './workbench';

const ARCHIVE = shared('cifar10', 'test.tar.gz');
/** Of 10,000, as many of each class. */
const IMAGES = 2000;
const MODEL = shared('models', 'cifar10_resnet20.onnx');

describe('a dataset', () => {
  const unpacked = mkdtempSync(path.join(tmpdir(), 'group-cam-cifar-'));
  after(() => rmSync(unpacked, { recursive: true, force: true }));
  const window = useWindow((context) => {
    needs(context, ARCHIVE, 'a dataset to inspect');
    execFileSync('tar', ['-xzf', ARCHIVE, '-C', unpacked]);
    for (const name of readdirSync(unpacked, { recursive: true, encoding: 'utf8' }))
      if (Number(path.parse(name).name) >= IMAGES / 10) rmSync(path.join(unpacked, name));
    return {
      files: { cifar: path.join(unpacked, 'test') },
      settings: { 'groupCam.model': MODEL, 'groupCam.method': 'grad-cam' },
    };
  });
  const page = () => window.page;
  const frame = () => editorFrame(page());
  const grid = () => frame().getByTestId('grid');
  const tile = (position: number) => frame().getByTestId(`tile-${position}`);
  const tab = (name: string | RegExp) => page().locator('.tabs-container .tab').filter({ hasText: name });
  const nameOf = async (position: number) => (await tile(position).getAttribute('aria-label')) ?? '';
  /** Images that the bar below the grid counts as computed. */
  const done = async () => Number(((await frame().getByTestId('done').textContent()) ?? '').replace(/ of.*|,/g, ''));
  const count = async () => (await frame().getByTestId('count').textContent()) ?? '';

  it('is inspected from the Explorer, and the grid fills', async () => {
    await chooseFromMenu(page(), explorerRow(page(), 'cifar'), 'Inspect Dataset');
    await tab('cifar.groupcam').waitFor();
    await grid().waitFor();
    await frame().locator('[data-testid="tile-0"][aria-label*="predicted"]').waitFor({ state: 'attached' });
    assert.equal(await count(), '2,000');
    await until('the whole sweep', async () => (await done()) === IMAGES);
    assert.ok(existsSync(path.join(window.folder, 'cifar.groupcam')));
    assert.deepEqual(readdirSync(path.join(window.folder, 'cifar')).length, 10, 'nothing is written among the images');
  });

  it('shows the wrong ones by a command, and Enter explains the one in focus', async () => {
    await runCommand(page(), 'Group-CAM: Show the Wrong Ones');
    await until('the wrong ones', async () => /^.*; wrong/.test(await nameOf(0)));
    await grid().focus();
    await page().keyboard.press('Enter');
    await tab(/^1 of [\d,]+ wrong/).waitFor();
    await explained(page());
    await screenshot(window, 'dataset walk');
  });

  it('Alt+Right and Alt+Left walk through the list in the same tab', async () => {
    const tabs = await page().locator('.tabs-container .tab').count();
    await page().keyboard.press('Alt+ArrowRight');
    await tab(/^2 of [\d,]+ wrong/).waitFor();
    await explained(page());
    await page().keyboard.press('Alt+ArrowLeft');
    await tab(/^1 of [\d,]+ wrong/).waitFor();
    await page().keyboard.press('Alt+ArrowLeft');
    await frame().getByTestId('notice').filter({ hasText: 'first' }).waitFor();
    assert.equal(await page().locator('.tabs-container .tab').count(), tabs);
  });

  it('is tagged by a key, which is undone', async () => {
    await tab('cifar.groupcam').click();
    await frame().getByTestId('tags').click();
    await frame().getByTestId('tag-name').fill('relabel');
    await frame().getByTestId('make-tag').click();
    await frame().getByTestId('key-relabel').fill('r');
    await page().keyboard.press('Escape');
    await until('the tag', async () => /relabel/.test(await nameOf(0)));
    await grid().focus();
    await page().keyboard.press('ArrowRight');
    await page().keyboard.press('r');
    await until('the tag of the next', async () => /relabel/.test(await nameOf(1)));
    await runCommand(page(), 'Group-CAM: Undo the Last Tag');
    await until('no tag', async () => !/relabel/.test(await nameOf(1)));
    assert.match(await nameOf(0), /relabel/);
  });

  it('a confusion leads to its images, and maps of the selection are computed by the method that is chosen', async () => {
    await runCommand(page(), 'Group-CAM: Show Classes and Confusion');
    await frame().locator('[data-testid^="pair-"]').first().click();
    await until('the images', async () => /^\d+ of 2,000$/.test(await count()) && (await count()) !== '1 of 2,000');
    await screenshot(window, 'dataset confusion');
    await runCommand(page(), 'Group-CAM: Select All Images');
    await frame().getByTestId('selected').waitFor();
    await runCommand(page(), 'Group-CAM: Compute Maps of the Selection…');
    await pick(page(), 'Group-CAM');
    await pick(page(), 'Explain with Group-CAM');
    const work = frame().locator('[data-testid^="work-"]', { hasText: 'group-cam' });
    await work.waitFor();
    await work.waitFor({ state: 'detached' });
  });

  it('is left in peace: no image was changed, and nothing was written beside the run file but what belongs to it', () => {
    const beside = readdirSync(window.folder).filter((name) => !name.startsWith('cifar.groupcam'));
    assert.deepEqual(beside, ['cifar']);
  });
});
