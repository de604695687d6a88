/** A folder of images, inspected: from the Explorer to the wrong ones, through them, tagged, and what the classes lead to. */
import { strict as assert } from 'node:assert';
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { DataType, makeTensor } from '../../src/core/onnx/tensors';
import { CIFAR, cifarSubset, RESNET20 } from '../support/cifar';
import { needs, onlyNightly } from '../support/shared';
import { type TinyModel, type TinyNode, tinyModel } from '../support/tiny-model';
import { noise } from '../support/tiny-network';
import { insist, LIMIT_MS, until } from '../support/wait';
import { explained } from './explanation';
import { screenshot, useWindow } from './harness';
import {
  chooseFromMenu,
  editorFrame,
  explorerRow,
  pick,
  reloadWindow,
  runCommand,
  showExplorer,
  showSidePanel,
} from './workbench';

/** Of 10,000, as many of each class. */
const IMAGES = 400;

/**
 * Works on an image for as long as a large network does, about 40 ms on two cores, so that its sweep is not over while the
 * window is loaded again: 5.5 G multiplications, with weights so small that nothing overflows.
 */
const SLOW: TinyModel = {
  inputs: { image: ['N', 3, 224, 224] },
  nodes: [
    ['Conv', 'image stem', 'm0', { strides: { ints: [2, 2] }, pads: { ints: [1, 1, 1, 1] } }],
    ...Array.from(
      { length: 12 },
      (_, i): TinyNode => ['Conv', `m${i} w`, `m${i + 1}`, { pads: { ints: [1, 1, 1, 1] } }],
    ),
    ['GlobalAveragePool', 'm12', 'pooled'],
    ['Flatten', 'pooled', 'row'],
    ['MatMul', 'row fc', 'logits'],
  ],
  outputs: ['logits'],
  initializers: Object.entries({ stem: [64, 3, 3, 3], w: [64, 64, 3, 3], fc: [64, 1000] }).map(([name, dims]) => {
    const values = noise(dims.reduce((product, size) => product * size, 1));
    return makeTensor(
      name,
      DataType.FLOAT,
      dims,
      values.map((value) => value / 10),
    );
  }),
};

describe('a dataset', () => {
  const unpacked = mkdtempSync(path.join(tmpdir(), 'group-cam-cifar-'));
  after(() => rmSync(unpacked, { recursive: true, force: true }));
  const window = useWindow((context) => {
    needs(context, CIFAR, 'a dataset to inspect');
    const slow = path.join(unpacked, 'slow.onnx');
    writeFileSync(slow, tinyModel(SLOW));
    return {
      files: { cifar: cifarSubset(path.join(unpacked, 'test'), IMAGES / 10), 'slow.onnx': slow },
      settings: { 'groupCam.model': RESNET20, 'groupCam.method': 'grad-cam' },
    };
  });
  const page = () => window.page;
  const frame = () => editorFrame(page());
  const grid = () => frame().getByTestId('grid');
  const tile = (position: number) => frame().getByTestId(`tile-${position}`);
  const tab = (name: string | RegExp) => page().locator('.tabs-container .tab').filter({ hasText: name });
  const nameOf = async (position: number) => (await tile(position).getAttribute('aria-label')) ?? '';
  /** Images that the bar below the grid counts as computed. */
  const done = async () => {
    const text = await frame().locator('[data-testid^="work-"], [data-testid="done"]').first().textContent();
    return Number(/([\d,]+) of/.exec(text ?? '')?.[1]?.replaceAll(',', '') ?? 0);
  };
  const query = () => frame().getByTestId('query').inputValue();
  const count = async () => (await frame().getByTestId('count').textContent()) ?? '';

  /** Whether the image that is tagged is listed, and no other. */
  const isTagged = async () => (await count()) === `1 of ${IMAGES}`;

  it('is inspected from the Explorer, and the grid fills', async () => {
    await chooseFromMenu(page(), explorerRow(page(), 'cifar'), 'Inspect Dataset');
    await tab('cifar.groupcam').waitFor();
    await grid().waitFor();
    await frame().locator('[data-testid="tile-0"][aria-label*="predicted"]').waitFor({ state: 'attached' });
    assert.equal(await count(), `${IMAGES}`);
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

  it('gets tags from a table, which a command imports', async () => {
    const table = path.join(window.folder, 'tags.csv');
    const [first, second] = readdirSync(path.join(window.folder, 'cifar', 'cat'));
    writeFileSync(table, `image,tags\ncat/${first},imported\ncat/${second},imported; odd\n`);
    await runCommand(page(), 'Group-CAM: Import Tags');
    const field = page().locator('.quick-input-widget input:visible').first();
    // The dialog proposes the folder of the run file, in the palette's place.
    await until('the dialog', async () => (await field.inputValue().catch(() => '')).startsWith(window.folder));
    // One that still looks at the folder does not take the key.
    await insist({
      what: 'the end of the dialog',
      act: async (timeout) => {
        await field.fill(table, { timeout });
        await page().keyboard.press('Enter');
        await field.waitFor({ state: 'hidden', timeout });
      },
      undo: (timeout) => field.waitFor({ timeout }),
    });
    await frame().getByTestId('notice').filter({ hasText: 'Set tags of 2 images' }).waitFor();
    await frame().getByTestId('query').fill('tag = imported');
    await page().keyboard.press('Enter');
    await until('the tagged images', async () => (await count()) === `2 of ${IMAGES}`);
    await until('their tags', async () => /odd/.test(`${await nameOf(0)} ${await nameOf(1)}`));
    rmSync(table);
  });

  it('gives the paths of what is listed to the clipboard', async () => {
    await runCommand(page(), 'Group-CAM: Copy Paths');
    await frame().getByTestId('notice').filter({ hasText: 'Copied 2 paths' }).waitFor();
    const cats = path.join(window.folder, 'cifar', 'cat');
    const wanted = readdirSync(cats)
      .slice(0, 2)
      .map((name) => path.join(cats, name));
    const copied = await page().evaluate(() => navigator.clipboard.readText());
    assert.deepEqual(copied.split('\n').sort(), wanted.sort());
  });

  it('is in the side panel, where a tag leads to its images', async () => {
    await showSidePanel(page());
    const rows = page().locator('.sidebar .monaco-list-row');
    await insist({
      what: 'the tags of the run file',
      act: async (timeout) => {
        await rows
          .filter({ has: page().getByText('cifar', { exact: true }) })
          .locator('.monaco-tl-twistie')
          .click({ timeout });
        await rows.filter({ hasText: 'relabel' }).waitFor({ timeout });
      },
      undo: () => page().keyboard.press('Escape'),
    });
    await rows.filter({ hasText: 'relabel' }).click();
    await until('the tagged image', isTagged);
    await screenshot(window, 'dataset tree');
  });

  it('a confusion leads to its images, and maps of the selection are computed by the method that is chosen', async () => {
    await runCommand(page(), 'Group-CAM: Show Classes and Confusion');
    await frame().locator('[data-testid^="pair-"]').first().click();
    // The list before was that of one tagged image; the commonest confusion is that of several.
    await until('the images', async () => new RegExp(`^\\d+ of ${IMAGES}$`).test(await count()) && !(await isTagged()));
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

  for (const title of onlyNightly(['its clusters are found by a command, none suspicious, as no image has a mark']))
    it(title, async () => {
      await runCommand(page(), 'Group-CAM: Find Clusters');
      await frame().getByTestId('clusters-summary').waitFor();
      await frame().getByTestId('finding').waitFor({ state: 'detached', timeout: LIMIT_MS });
      assert.equal(await frame().locator('.clusters-suspects .cluster-card').count(), 0);
      await frame().locator('.cluster-card .thumbnail[data-item]').first().waitFor();
      await screenshot(window, 'dataset clusters');
    });

  it('a second model becomes a version, whose sweep goes on after the window was loaded again', async () => {
    await showExplorer(page());
    await chooseFromMenu(page(), explorerRow(page(), 'slow.onnx'), 'Use for Explanations');
    await tab('cifar.groupcam').click();
    await runCommand(page(), 'Group-CAM: Add the Model in Use as a Version');
    const version = frame().locator('[data-testid="version"][current-value="slow"]');
    await version.waitFor();
    await until('the first rows', async () => (await done()) > 0);
    const asked = await query();
    assert.ok(asked);
    await reloadWindow(page());
    await grid().waitFor();
    await version.waitFor();
    assert.equal(await query(), asked);
    const before = await until('what was done', done);
    assert.ok(before < IMAGES, 'the sweep was over before');
    await until('more rows', async () => (await done()) > before);
    const work = frame().locator('[data-testid^="work-"]');
    await runCommand(page(), 'Group-CAM: Pause Computing');
    await work.filter({ hasText: 'paused' }).waitFor();
    const paused = await done();
    assert.ok(paused < IMAGES, 'the sweep was over before it was paused');
    await runCommand(page(), 'Group-CAM: Resume Computing');
    await until('rows after the pause', async () => (await done()) > paused);
    await runCommand(page(), 'Group-CAM: Cancel Computing');
    await frame().getByTestId('sweep').waitFor();
  });

  it('is left in peace: no image was changed, and nothing was written beside the run file but what belongs to it', () => {
    const beside = readdirSync(window.folder).filter((name) => !name.startsWith('cifar.groupcam'));
    assert.deepEqual(beside, ['cifar', 'slow.onnx']);
  });
});
