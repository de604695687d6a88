/** Every method on photographs by ResNet-20, nightly by four models; `npm run gallery` does the same with all photographs. */
import { strict as assert } from 'node:assert';
import { METHODS, type MethodName } from '../../../src/core/methods/names';
import { createService } from '../../../src/engine/service';
import { FEWER, GALLERY_MODELS, outcomeOf, photographs } from '../../support/gallery';
import { needs, nightly, shared } from '../../support/shared';

/** Of which one is explained. */
const EVERY = 100;

const NEVER_REFUSE: readonly MethodName[] = ['group-cam', 'grad-cam', 'rise'];

describe('every method on photographs', () => {
  const service = createService();
  before(function () {
    needs(this, shared('images'), 'methods are run on photographs there');
  });

  for (const model of nightly ? GALLERY_MODELS : (['cifar10_resnet20'] as const)) {
    it(`${model}: a map that is not constant, or a refusal for a cause of the table`, async () => {
      const images = photographs().filter((_, i) => i % EVERY === EVERY / 2);
      assert.equal(images.length, 2);
      let refused = 0;
      for (const image of images) {
        for (const method of METHODS) {
          const { state, reason } = await outcomeOf(service, model, image, method, FEWER[method]);
          assert.notEqual(state, 'blank', `${method} of ${image}: ${reason}`);
          if (state === 'refused') {
            assert.ok(!NEVER_REFUSE.includes(method), `${method} refused ${image}: ${reason}`);
            refused += 1;
          }
        }
      }
      console.log(`      ${model}: of ${images.length * METHODS.length} maps ${refused} refused`);
    });
  }
});
