/** Methods against maps by PyTorch of the shared models, which the product's own runtime runs. */
import assert from 'node:assert/strict';
import { poolChannels } from '../../../src/core/methods/channels';
import { integrate } from '../../../src/core/methods/integrated-gradients';
import { methods } from '../../../src/core/methods/method-table';
import type { MethodName } from '../../../src/core/methods/names';
import { saliencyOf } from '../../../src/core/saliency';
import { correlation } from '../../support/maps';
import { needs, onlyNightly, shared } from '../../support/shared';
import { openReference, type ReferenceCase } from './reference';
import { classOf, explain } from './run';

const LEAST = 0.999;

for (const model of ['cifar10_resnet20', ...onlyNightly(['squeezenet1_1', 'mobilenet_v2'])]) {
  describe(`methods on ${model}`, () => {
    // Score-CAM asks about every channel.
    let opened: ReferenceCase;

    before(async function () {
      needs(this, shared('reference', model), 'methods are compared with PyTorch there');
      opened = await openReference(model);
    });
    after(() => opened?.release());

    for (const [method, file] of [
      ['grad-cam', 'gradcam'],
      ['grad-cam++', 'gradcampp'],
      ['group-cam', 'saliency'],
      ['score-cam', 'scorecam'],
    ] as const satisfies readonly (readonly [MethodName, string])[]) {
      it(method, async () => {
        const { network, array } = opened;
        const { height, width } = network.input;
        const frame = await explain(network, method, { class: opened.class });
        const { map } = saliencyOf({ ...frame, inputSize: { width, height } });
        assertAlike(map, await array(file));
      });
    }

    it('gradient', async () => {
      const { network, array } = opened;
      const reference = await array('input_gradient');
      for (const channels of ['largest', 'magnitude', 'sum'] as const) {
        const { map } = await explain(network, 'gradient', { class: opened.class }, { channels });
        assertAlike(map, poolChannels(reference, network.input.channels, channels));
      }
    });

    it('Input x Gradient', async () => {
      const { network, array } = opened;
      const product = (await array('input_gradient')).map((g, i) => g * network.input.data[i]!);
      const { map } = await explain(network, 'input-x-gradient', { class: opened.class });
      assertAlike(map, poolChannels(product, network.input.channels, 'sum'));
    });

    it('Integrated Gradients, sampled as the reference is', async () => {
      const { network, array } = opened;
      const target = classOf(network, { class: opened.class });
      const path = Array.from({ length: 20 }, (_, i) => i / 19);
      let latest: Float32Array = new Float32Array();
      for await (const { attributions } of integrate(network, target, 0, path)) latest = attributions;
      const product = (await array('integrated_gradient_mean')).map((g, i) => g * network.input.data[i]!);
      assertAlike(latest, product);
    });

    it("Integrated Gradients' sum is within 1 % of the difference of the logits", async () => {
      const run = methods['integrated-gradients'].run(opened.network, classOf(opened.network, { class: opened.class }));
      let step = await run.next();
      while (!step.done) step = await run.next();
      const { sum, difference } = step.value.completeness!;
      assert.ok(Math.abs(sum - difference) <= 0.01 * Math.abs(difference), `${sum} instead of ${difference}`);
    });
  });
}

function assertAlike(map: Float32Array, expected: Float32Array): void {
  const alike = correlation(map, expected);
  assert.ok(alike >= LEAST, `correlation ${alike}`);
}
