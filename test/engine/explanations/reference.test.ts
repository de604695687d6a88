/** All of the reference outputs, each step from the stored input on, through the runtime. */
import { strict as assert } from 'node:assert';
import { channelWeights } from '../../../src/core/cam/split';
import { DEFAULT_CHOICE, type MethodChoice } from '../../../src/core/methods/choice';
import { saliencyOf } from '../../../src/core/saliency';
import { classTarget } from '../../../src/core/target/class-scores';
import { floats } from '../../../src/engine/runtime/runtime';
import { createService } from '../../../src/engine/service';
import { blurImage } from '../../../src/engine/sessions/blur';
import { networkOf } from '../../../src/engine/sessions/method-network';
import { firstPass } from '../../../src/engine/sessions/passes';
import { createSessions } from '../../../src/engine/sessions/sessions';
import { explainWith } from '../../support/explain';
import { largestDifference, REFERENCE, type ReferenceCase, referenceCases } from '../../support/reference';
import { relativeErrors } from '../../support/runtime';
import { needs } from '../../support/shared';

/** PyTorch itself is within 4e-5 of float64 (see the reference's README); 5e-4 is demanded. */
const TOLERANCE = 1e-4;

describe('reference outputs', () => {
  before(function () {
    needs(this, REFERENCE, 'no reference outputs to compare with');
  });

  describe('activations, gradients and the blurred image', () => {
    const sessions = createSessions();
    forEachCase('agree', async (reference) => {
      const { model, layer } = reference;
      const explainer = await sessions.explainerFor({ path: model, layer }, 'cpu', ['feature-gradient']);
      const { data: tensor, shape: dims } = reference.array('input');
      const transform = { scaleX: 1, scaleY: 1, offsetX: 0, offsetY: 0, image: { width: dims[3]!, height: dims[2]! } };
      const work = { signal: { aborted: false }, passes: 0 };
      const state = await firstPass(explainer, { tensor, dims, transform, milliseconds: 0 }, DEFAULT_CHOICE.blur, work);
      close(state.features.data, reference.array('activation').data, 1e-4);

      const gradient = await networkOf(explainer, state, DEFAULT_CHOICE.blur, work).featureGradient(
        classTarget(explainer.info.labels.value, { class: reference.class }),
      );
      close(gradient, reference.array('gradient').data, 1e-5);
      close(channelWeights(gradient, state.features.channels), reference.array('weights').data, 1e-5);

      const { kernel, sigma } = DEFAULT_CHOICE.blur;
      const blurred = await blurImage(floats(tensor, dims), 'NCHW', kernel, sigma);
      close(blurred.data as Float32Array, reference.array('blurred').data, 1e-5);
    });
  });

  describe('explanations', () => {
    const service = createService();
    const explain = async (reference: ReferenceCase, choice: Partial<MethodChoice> = {}) => {
      const { model, layer, groups, theta } = reference;
      const image = { tensor: reference.file('input') };
      const target = { index: reference.class };
      const { explanation } = await explainWith(service, {
        image,
        model: { path: model, layer },
        target,
        options: { groups, theta },
        ...choice,
      });
      return { ...explanation, map: saliencyOf(explanation.frame).map };
    };
    const agrees = (map: Float32Array, reference: ReferenceCase, key: string) => {
      const difference = largestDifference(map, reference.array(key).data);
      assert.ok(difference <= TOLERANCE, `${key} differs by ${difference}`);
    };

    forEachCase('paper', async (reference) => {
      const { scores, map, saliency } = await explain(reference);
      const difference = largestDifference(scores, reference.array('scores').data);
      assert.ok(difference <= TOLERANCE, `scores differ by ${difference}`);
      for (const l of reference.constantMasks) assert.equal(scores[l], 0, `mask ${l} is constant`);
      agrees(map, reference, 'saliency');
      assert.equal(
        saliency.zero,
        reference.array('saliency').data.every((value) => value === 0),
      );
    });

    forEachCase('official', async (reference) => {
      const { map } = await explain(reference, { options: { variant: 'official', groups: reference.groups } });
      agrees(map, reference, reference.has('saliency_official') ? 'saliency_official' : 'saliency_official_guarded');
    });

    forEachCase('grad-cam', async (reference) => {
      const { map, passes } = await explain(reference, { method: 'grad-cam', options: {} });
      agrees(map, reference, 'gradcam');
      assert.ok(passes <= 2, `${passes} passes`);
    });
  });
});

/** One test a case; they are listed only where they are, so that a missing folder skips the suite and does not break it. */
function forEachCase(title: string, check: (reference: ReferenceCase) => Promise<void>): void {
  it(title, async () => {
    const cases = referenceCases();
    assert.ok(cases.length >= 35, `only ${cases.length} cases`);
    for (const reference of cases) {
      try {
        await check(reference);
      } catch (error) {
        throw new Error(`${reference.name}: ${(error as Error).message}`, { cause: error });
      }
    }
  });
}

function close(actual: ArrayLike<number>, expected: ArrayLike<number>, tolerance: number): void {
  const { largest } = relativeErrors(actual, expected);
  assert.ok(largest <= tolerance, `relative error ${largest}`);
}
