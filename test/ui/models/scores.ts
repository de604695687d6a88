/** A model with two tensors that may be its class scores: the Model view says which is in use, and lets the other be chosen. */
import { type TinyModel, tinyModel } from '../../support/tiny-model';
import { screenshot, type Window } from '../harness';
import { chooseFromMenu, explorerRow, showExplorer, showSidePanel } from '../workbench';

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

export const twoScores = () => tinyModel(TWO);

export const scores = (window: Window) =>
  describe('a model with two tensors that may be its scores', () => {
    it('is shown with the one in use, and with the other once that was picked', async () => {
      const { page } = window;
      await showExplorer(page);
      await chooseFromMenu(page, explorerRow(page, 'net.onnx'), 'Use for Explanations');
      await showSidePanel(page);
      // The rows of the model need the room of the view below them.
      await page.locator('.sidebar .pane-header', { hasText: 'Datasets' }).click();
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
