/** The request `explain` with several layers: the mean of their maps, each scaled for itself. */
import { strict as assert } from 'node:assert';
import type { MethodName } from '../../../src/core/methods/names';
import { saliencyOf } from '../../../src/core/saliency';
import { createService } from '../../../src/engine/service';
import { explainWith } from '../../support/explain';
import { testFolder } from '../../support/folder';
import { IMAGE, networkModel, tensorFile } from '../../support/tiny-network';

/** The convolution and the ReLU behind it. */
const [FIRST, SECOND] = ['map', 'layer'];

describe('explain with several layers', () => {
  const folder = testFolder();
  const service = createService();

  async function explain(layer: string | readonly string[], method: MethodName, options = {}) {
    const path = folder.write('model.onnx', networkModel());
    const image = { tensor: folder.write('input.npy', tensorFile(IMAGE)) };
    return explainWith(service, { model: { path, layer }, image, target: { index: 0 }, method, options });
  }
  const mapOf = async (layer: string | readonly string[], method: MethodName) =>
    saliencyOf((await explain(layer, method)).explanation.frame).map;

  // Both have no sign: the mean is scaled from its minimum.
  for (const method of ['grad-cam', 'eigen-cam'] as const)
    it(`${method}: the mean of both maps`, async () => {
      const [first, second] = [await mapOf(FIRST!, method), await mapOf(SECOND!, method)];
      assert.notDeepEqual(first, second);
      const mean = first.map((value, i) => (value + second[i]!) / 2);
      const [low, high] = [Math.min(...mean), Math.max(...mean)];
      const both = await mapOf([FIRST!, SECOND!], method);
      both.forEach((value, i) => {
        assert.ok(Math.abs(value - (mean[i]! - low) / (high - low)) < 1e-5, `${i}: ${value}`);
      });
    });

  it('is named by both, and streams as one', async () => {
    const { explanation, frames } = await explain([FIRST!, SECOND!], 'group-cam');
    assert.equal(explanation.layer, 'map + layer');
    const progress = frames.map(({ done, total }) => done / total);
    assert.deepEqual(progress, progress.toSorted());
    assert.equal(progress.at(-1), 1);
  });

  it('is one layer for a method that looks at none', async () => {
    const { explanation } = await explain([FIRST!, SECOND!], 'occlusion', { patch: 4, stride: 4 });
    assert.equal(explanation.layer, SECOND);
  });

  it('refuses a layer that is named twice, and one that the model has not', async () => {
    await assert.rejects(explain([FIRST!, FIRST!], 'grad-cam'), { code: 'bad-option', message: /layer map: .*once/ });
    await assert.rejects(explain([FIRST!, 'none'], 'grad-cam'), { code: 'unknown-layer', message: /"none"/ });
  });
});
