/** Classes whose probability single precision can't hold: no map is made of what is left of it. */
import assert from 'node:assert/strict';
import { DataType, makeTensor } from '../../../src/core/onnx/tensors';
import { saliencyOf } from '../../../src/core/saliency';
import { createService } from '../../../src/engine/service';
import { npyBytes } from '../../../src/files/npy';
import { explainWith } from '../../support/explain';
import { testFolder } from '../../support/folder';
import { largestDifference } from '../../support/reference';
import { CLASSIFIER, tinyModel } from '../../support/tiny-model';
import { noise } from '../../support/tiny-network';

describe('a class of almost no probability', () => {
  const folder = testFolder();
  const service = createService();

  /** The first class has about `gap` logits less than the second, whatever the image. */
  const asked = (gap: number) => {
    const path = folder.write(
      'net.onnx',
      tinyModel({
        ...CLASSIFIER,
        nodes: [
          ...CLASSIFIER.nodes.slice(0, 4),
          ['MatMul', 'row fc', 'own'],
          ['Add', 'own bias', 'logits'],
          ['Softmax', 'logits', 'p'],
        ],
        weights: {},
        initializers: [
          makeTensor('stem', DataType.FLOAT, [4, 3, 3, 3], noise(108, 7)),
          makeTensor('fc', DataType.FLOAT, [4, 2], noise(8, 11)),
          makeTensor('bias', DataType.FLOAT, [2], [0, gap]),
        ],
      }),
    );
    const data = Float32Array.from(noise(192, 4), (x) => 3 * x + 2);
    const image = { tensor: folder.write('input.npy', npyBytes({ shape: [1, 3, 8, 8], data })) };
    return { model: { path }, image, target: { index: 0 } };
  };

  /** A probability of 0, and one of which a few digits are left. */
  const GAPS = [500, 97];
  const choices = [
    { method: 'group-cam', options: { groups: 4, theta: 30, evidence: 'auto' } },
    { method: 'group-cam', options: { groups: 4, theta: 30, evidence: 'signed' } },
    { method: 'group-cam', options: { groups: 4, variant: 'official' } },
    { method: 'group-cam', options: { groups: 4, variant: 'gradient-free' } },
    { method: 'score-cam', options: {} },
    { method: 'rise', options: { masks: 40, cells: 3 } },
    { method: 'recipro-cam', options: {} },
  ] as const;
  for (const { method, options } of choices)
    it(`${method} ${JSON.stringify(options)} has a blank map that says why`, async () => {
      for (const gap of GAPS) {
        const { explanation, frames } = await explainWith(service, { ...asked(gap), method, options });
        assert.ok(gap > 100 ? explanation.probability === 0 : explanation.probability > 0);
        assert.ok(explanation.probability < 1e-38, `${explanation.probability}`);
        assert.ok(explanation.saliency.zero);
        assert.match(
          explanation.saliency.reason!,
          /^the score of this class is below 1e-35 whatever is shown, .* Grad-CAM/,
        );
        assert.deepEqual(frames.at(-1)!.map, explanation.frame.map);
      }
    });

  it('occlusion shows what the logit loses', async () => {
    const options = { patch: 40 };
    for (const gap of GAPS) {
      const by = async (rest: object) =>
        (await explainWith(service, { ...asked(gap), method: 'occlusion', options, ...rest })).explanation;
      const shown = await by({});
      assert.match(
        shown.saliency.note!,
        /^the probability of this class is below 1e-35 whatever is hidden; the map shows what its logit loses$/,
      );
      // A contrast is a difference of logits: here without the other class's, up to a millionth of it.
      const logits = await by({ contrast: [{ index: 1 }], contrastWeight: 1e-6 });
      const [one, other] = [shown, logits].map(({ frame }) => saliencyOf(frame).map);
      assert.ok(largestDifference(one!, other!) < 1e-4, `${largestDifference(one!, other!)}`);
    }
  });

  it('of which the probability is the same throughout has a blank map that says so', async () => {
    for (const choice of [
      { method: 'score-cam', options: {} },
      { method: 'rise', options: { masks: 40, cells: 3 } },
    ] as const) {
      const { explanation, frames } = await explainWith(service, { ...asked(-60), ...choice });
      assert.equal(explanation.probability, 1);
      assert.ok(explanation.saliency.zero, choice.method);
      assert.match(explanation.saliency.reason!, /; its score is 1 whatever is shown, to single precision$/);
      assert.ok(frames.at(-1)!.map.every((value) => value === 0));
    }
  });

  it('a map of which only rounding is positive has no numbers either, for those who read them', async () => {
    const { model, image } = asked(0);
    const options = { groups: 1, variant: 'gradient-free', evidence: 'positive' };
    const choice = { method: 'group-cam', options } as const;
    let blank = 0;
    // What raises one of two probabilities lowers the other.
    for (const index of [0, 1]) {
      const asking = { model, image, target: { index }, ...choice };
      const { frame, saliency, scores } = (await explainWith(service, asking)).explanation;
      if (!saliency.zero) continue;
      blank += 1;
      assert.ok(scores.some((score) => score < 0));
      assert.deepEqual([frame.offset, frame.map], [0, new Float32Array(frame.map.length)]);
    }
    assert.equal(blank, 1);
  });

  it('a small probability of which single precision holds all digits makes its map', async () => {
    for (const { method, options } of choices) {
      const { explanation } = await explainWith(service, { ...asked(60), method, options });
      assert.ok(explanation.probability < 1e-20 && explanation.probability > 0);
      const { zero, reason = '' } = explanation.saliency;
      assert.doesNotMatch(reason, /single precision/);
      assert.ok(!zero || method === 'group-cam', method);
    }
  });
});
