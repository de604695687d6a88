/** Methods through the engine against maps by PyTorch of the shared models. */
import { strict as assert } from 'node:assert';
import { poolChannels } from '../../../src/core/methods/channels';
import { DEFAULT_CHOICE } from '../../../src/core/methods/choice';
import { integrate } from '../../../src/core/methods/integrated-gradients';
import type { MethodName } from '../../../src/core/methods/names';
import { saliencyOf } from '../../../src/core/saliency';
import { classTarget } from '../../../src/core/target/class-scores';
import { createService } from '../../../src/engine/service';
import { networkOf } from '../../../src/engine/sessions/method-network';
import { firstPass } from '../../../src/engine/sessions/passes';
import { createSessions } from '../../../src/engine/sessions/sessions';
import { explainWith } from '../../support/explain';
import { correlation } from '../../support/maps';
import { REFERENCE, type ReferenceCase, readCase } from '../../support/reference';
import { needs, onlyNightly } from '../../support/shared';

const LEAST = 0.999;

for (const model of ['cifar10_resnet20', 'squeezenet1_1', ...onlyNightly(['mobilenet_v2'])]) {
  describe(`the engine's methods on ${model}`, () => {
    // Score-CAM asks about every channel.
    const service = createService();
    let reference: ReferenceCase;

    before(function () {
      needs(this, REFERENCE, 'methods are compared with PyTorch there');
      reference = readCase(`${model}/case_00`);
    });

    const run = async (method: MethodName) => {
      const { model: path, layer } = reference;
      const { explanation } = await explainWith(service, {
        image: { tensor: reference.file('input') },
        model: { path, layer },
        target: { index: reference.class },
        method,
      });
      return explanation;
    };
    const explain = async (method: MethodName) => saliencyOf((await run(method)).frame).map;
    /** A gradient, [1, 3, H, W], as its pixels are shown. */
    const pooled = (key: string, pooling: 'magnitude' | 'largest') => {
      const { data, shape } = reference.array(key);
      return poolChannels(data, shape[1]!, pooling);
    };

    it('Grad-CAM', async () => assertAlike(await explain('grad-cam'), reference.array('gradcam').data));
    it('Grad-CAM++', async () => assertAlike(await explain('grad-cam++'), reference.array('gradcampp').data));
    it('Score-CAM', async () => assertAlike(await explain('score-cam'), reference.array('scorecam').data));
    it('gradient', async () => assertAlike(await explain('gradient'), pooled('input_gradient', 'largest')));
    it('guided backpropagation', async () =>
      assertAlike(await explain('guided-backpropagation'), pooled('guided_backprop', 'magnitude')));

    it('Input x Gradient', async () => {
      const { data, shape } = reference.array('input_gradient');
      const image = reference.array('input').data;
      const product = data.map((g, i) => g * image[i]!);
      assertAlike(await explain('input-x-gradient'), poolChannels(product, shape[1]!, 'sum'));
    });

    it("Integrated Gradients' sum is within 1 % of the difference of the logits", async () => {
      const { sum, difference } = (await run('integrated-gradients')).completeness!;
      assert.ok(Math.abs(sum - difference) <= 0.01 * Math.abs(difference), `${sum} instead of ${difference}`);
    });

    it('Integrated Gradients, sampled as the reference is', async () => {
      const choice = { path: reference.model, layer: reference.layer };
      const explainer = await createSessions().explainerFor(choice, 'cpu', ['input-gradient']);
      const { data: tensor, shape: dims } = reference.array('input');
      const transform = { scaleX: 1, scaleY: 1, offsetX: 0, offsetY: 0, image: { width: dims[3]!, height: dims[2]! } };
      const work = { signal: { aborted: false }, passes: 0 };
      const state = await firstPass(explainer, { tensor, dims, transform, milliseconds: 0 }, DEFAULT_CHOICE.blur, work);
      const network = networkOf(explainer, state, DEFAULT_CHOICE.blur, work);
      const target = classTarget(explainer.info.labels.value, { class: reference.class });
      const path = Array.from({ length: 20 }, (_, i) => i / 19);
      let latest: Float32Array = new Float32Array();
      for await (const { attributions } of integrate(network, target, 0, path)) latest = attributions;
      assertAlike(
        latest,
        reference.array('integrated_gradient_mean').data.map((g, i) => g * tensor[i]!),
      );
      assert.equal(work.passes, 1 + path.length);
    });
  });
}

function assertAlike(map: Float32Array, expected: Float32Array): void {
  const alike = correlation(map, expected);
  assert.ok(alike >= LEAST, `correlation ${alike}`);
}
