/** A model that is overwritten while its run file is open: a new version, what flipped, and both models side by side. */
import { strict as assert } from 'node:assert';
import { cpSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { CIFAR, cifarSubset } from '../support/cifar';
import { needs, nightly, shared } from '../support/shared';
import { until } from '../support/wait';
import { explained, maximum, readHeat } from './explanation';
import { screenshot, useWindow } from './harness';
import { chooseFromMenu, editorFrame, explorerRow, runCommand } from './workbench';

/** Of 10,000, as many of each class. */
const IMAGES = 200;
const FIRST = shared('models', 'cifar10_resnet20.onnx');
const SECOND = shared('shortcut', 'model.onnx');

describe('versions of a model', () => {
  const unpacked = mkdtempSync(path.join(tmpdir(), 'group-cam-versions-'));
  after(() => rmSync(unpacked, { recursive: true, force: true }));
  const window = useWindow((context) => {
    for (const file of [CIFAR, FIRST, SECOND]) needs(context, file, 'a dataset and two models of it');
    return {
      files: {
        cifar: cifarSubset(path.join(unpacked, 'test'), IMAGES / 10),
        'net.onnx': FIRST,
        'net.explain.json': shared('shortcut', 'model.explain.json'),
        'labels.txt': shared('shortcut', 'labels.txt'),
      },
      settings: { 'groupCam.method': 'grad-cam' },
    };
  });
  const page = () => window.page;
  const frame = () => editorFrame(page());
  const find = (id: string) => frame().getByTestId(id);
  const text = async (id: string) => (await find(id).textContent()) ?? '';
  const tab = (name: string | RegExp) => page().locator('.tabs-container .tab').filter({ hasText: name });
  /** As a training loop does it: whole, or in two pieces with a moment between. */
  const overwrite = (with_: string) => {
    const model = path.join(window.folder, 'net.onnx');
    cpSync(with_, `${model}.part`);
    renameSync(`${model}.part`, model);
  };

  it('one is alone at first', async () => {
    await chooseFromMenu(page(), explorerRow(page(), 'net.onnx'), 'Use for Explanations');
    await chooseFromMenu(page(), explorerRow(page(), 'cifar'), 'Inspect Dataset');
    await tab('cifar.groupcam').waitFor();
    await until('the sweep', async () => (await text('done')) === `${IMAGES} of ${IMAGES} images computed.`);
    await runCommand(page(), 'Group-CAM: Show Versions');
    await find('versions-alone').waitFor();
  });

  it('a new one appears while the tab is open, and its flips are shown', async () => {
    overwrite(SECOND);
    await find('added').waitFor();
    await find('show-flips').click();
    await until('both are computed', async () => (await text('summary')).includes(` of ${IMAGES} images are right`));
    await screenshot(window, 'versions');
    assert.match(await text('facts-1'), /copy of the model kept/);
  });

  it('its shift is computed, and the copy of the first is pinned, by a click each', async () => {
    const known = Number(/ of (\d+) of \d+ images/.exec(await text('shift-mean'))?.[1]);
    const rest = Number(/^The shift of (\d+) images? is not known: maps by net@2/.exec(await text('shift-rest'))?.[1]);
    assert.ok(known > 0 && rest > 0);
    await find('find-shift').click();
    await until('all shifts', async () => (await text('shift-mean')).endsWith(`, of ${known + rest} images.`));
    assert.equal((await find('shift-rest').count()) + (await find('find-shift').count()), 0);
    await find('pin-1').click();
    await until('the pin', async () => (await text('facts-1')).endsWith(', pinned'));
    assert.equal(await find('pin-1').getAttribute('aria-pressed'), 'true');
    await screenshot(window, 'versions with shift and pin');
  });

  it('images that flipped are listed, and explained by both models side by side', async () => {
    const worse = await find('flip-a').locator('strong').textContent();
    assert.ok(Number(worse) > 0);
    await find('flip-a').click();
    await until('the images', async () => (await text('count')) === `${worse} of ${IMAGES}`);
    assert.equal(await find('query').inputValue(), 'correct in net and wrong in "net@2"');
    await find('grid').focus();
    await page().keyboard.press('Shift+Enter');
    await tab(/^1 of .*\(net \| net@2\)/).waitFor();
    await explained(page());
    assert.equal(await frame().locator('.pane').count(), 2);
    const classes = await frame()
      .locator('.pane')
      .evaluateAll((panes) => panes.map((pane) => (pane as HTMLElement).dataset['class']));
    assert.equal(classes[0], classes[1], 'both are asked about the class that the first predicts');
    await screenshot(window, 'versions side by side');
    // That a comparison comes back is shown of one of methods.
    if (nightly) {
      const maxima = async () => [maximum(await readHeat(page(), '0')), maximum(await readHeat(page(), '1'))];
      const before = await maxima();
      const loaded = page().waitForEvent('load');
      await runCommand(page(), 'Developer: Reload Window');
      await loaded;
      await tab(/^1 of .*\(net \| net@2\)/).waitFor();
      await explained(page());
      assert.deepEqual(await maxima(), before, 'the heat of both comes back with the window');
      await screenshot(window, 'versions side by side after a reload');
    }
    if (Number(worse) > 1) {
      await page().keyboard.press('Alt+ArrowRight');
      await tab(/^2 of .*\(net \| net@2\)/).waitFor();
      await explained(page());
    }
  });

  it('one is renamed by a command', async () => {
    await tab('cifar.groupcam').click();
    await runCommand(page(), 'Group-CAM: Rename Version…');
    await page().locator('.quick-input-list .monaco-list-row', { hasText: 'net@2' }).click();
    const input = page().locator('.quick-input-widget input[type="text"]');
    await until('the name', async () => (await input.inputValue()) === 'net@2');
    await input.fill('with the mark');
    await page().keyboard.press('Enter');
    // Before the name is checked, another command would close the field.
    await input.waitFor({ state: 'hidden' });
    await runCommand(page(), 'Group-CAM: Show Versions');
    await until('the new name', async () => (await text('rename-2')) === 'with the mark');
  });

  it('one is removed by its bin, after a question', async () => {
    await find('remove-2').click();
    const question = page().locator('.monaco-dialog-box', { hasText: 'Remove the version with the mark?' });
    await question.getByRole('button', { name: 'Remove', exact: true }).click();
    await find('versions-alone').waitFor();
    assert.equal(await find('version-2').count(), 0);
    assert.match(await text('facts-1'), /, pinned$/, 'the other stays as it was');
  });
});
