/** A model with two tensors that may be its class scores: the Model view says which is in use, and lets the other be chosen. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type TinyModel, tinyModel } from '../support/tiny-model';
import { keepFailure, LIGHT, openWindow, SCENES, screenshot, type Window } from './harness';
import { chooseFromMenu, explorerRow, showSidePanel } from './workbench';

const TWO: TinyModel = {
  nodes: [
    ['Conv', 'image stem', 'map'],
    ['Relu', 'map', 'relu'],
    ['GlobalAveragePool', 'relu', 'pooled'],
    ['Flatten', 'pooled', 'features'],
    ['MatMul', 'features fc', 'out'],
  ],
  outputs: ['features', 'out'],
  weights: { stem: [4, 3, 3, 3], fc: [4, 2] },
};

describe('a model with two tensors that may be its scores', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'group-cam-scores-'));
  let window: Window;

  before(async () => {
    const model = path.join(folder, 'net.onnx');
    writeFileSync(model, tinyModel(TWO));
    const settings = { 'workbench.colorTheme': LIGHT };
    window = await openWindow({ files: { ...SCENES, 'net.onnx': model }, settings });
  });

  afterEach(function () {
    return keepFailure(this, window);
  });

  after(async () => {
    await window?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it('is shown with the one in use, and with the other once that was picked', async () => {
    const { page } = window;
    await chooseFromMenu(page, explorerRow(page, 'net.onnx'), 'Use for Explanations');
    await showSidePanel(page);
    const row = (text: string) => page.locator('.sidebar .monaco-list-row', { hasText: text });
    const scores = row('Scores').filter({ hasText: 'classes' });
    await scores.filter({ hasText: 'out [2 classes]' }).waitFor();
    await row('features [4]').waitFor();
    await screenshot(window, 'scores');
    await scores.hover();
    await scores.getByRole('button', { name: 'Choose Class Scores' }).click();
    await page.locator('.quick-input-title', { hasText: 'Class Scores of net' }).waitFor();
    await screenshot(window, 'scores to choose');
    await page.locator('.quick-input-list .monaco-list-row', { hasText: 'features' }).click();
    await scores.filter({ hasText: 'features [4 classes]' }).waitFor();
    await scores.click();
    await row('out [2 classes]').waitFor();
    await screenshot(window, 'scores chosen');
  });
});
