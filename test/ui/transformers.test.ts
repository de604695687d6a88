/** Swin, ViT and ConvNeXt as torchvision exports them, each chosen in the Explorer, on a photograph. */
import { strict as assert } from 'node:assert';
import { needs, shared } from '../support/shared';
import { torchvision } from '../support/torchvision';
import { explained, readHeat } from './explanation';
import { keepFailure, openWindow, type Window } from './harness';
import { chooseFromMenu, editorFrame, expand, explorerRow } from './workbench';

const PHOTO = shared('images', 'imagenet', 'n01443537_goldfish.JPEG');

/** Weights are drawn at random, so only the layer is known, not where the heat lies: channels, rows and columns. */
const MODELS = { swin_t: '768 × 7 × 7', vit_b_32: '768 × 7 × 7', convnext_tiny: '768 × 7 × 7' };

describe('a photograph, explained with', () => {
  let window: Window;

  before(async function () {
    needs(this, PHOTO, 'a photograph');
    const names = Object.keys(MODELS);
    const exported = names.map((name) => [`models/${name}.onnx`, torchvision(this, name)]);
    window = await openWindow({
      files: { 'goldfish.jpg': PHOTO, ...Object.fromEntries(exported) },
      settings: { 'groupCam.colormap': 'grey', 'groupCam.groups': 8 },
    });
    await expand(window.page, 'models');
  });

  afterEach(function () {
    return keepFailure(this, window);
  });

  after(() => window?.close());

  for (const [name, shape] of Object.entries(MODELS)) {
    it(name, async () => {
      await chooseFromMenu(window.page, explorerRow(window.page, `${name}.onnx`), 'Use for Explanations');
      await chooseFromMenu(window.page, explorerRow(window.page, 'goldfish.jpg'), 'Explain Image');
      const facts = editorFrame(window.page).getByTestId('facts-0');
      await facts.getByText(name, { exact: true }).waitFor({ timeout: 120_000 });
      await explained(window.page);
      const text = (await facts.textContent()) ?? '';
      assert.match(text, /Group-CAM \(G 8/);
      assert.ok(text.includes(`(${shape})`), text);
      const { value, visible } = await readHeat(window.page);
      const seen = value.filter((_, i) => visible[i]);
      assert.ok(seen.some((v) => v > 0.9) && seen.some((v) => v < 0.1), 'the map is constant');
      await editorFrame(window.page).getByTestId('stage').press('m');
      await editorFrame(window.page).getByTestId('probe').getByText('saliency 1.00').waitFor();
    });
  }
});
