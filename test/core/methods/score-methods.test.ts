import assert from 'node:assert/strict';
import { methods } from '../../../src/core/methods/method-table';
import { saliencyOf } from '../../../src/core/saliency';
import { probabilitiesOf } from '../../../src/core/target/class-scores';
import { assertClose, classOf, explain, framesOf, resultOf } from './run';
import { tinyNetwork } from './tiny-network';

/** A^0 = [1, 3], A^1 = [4, 0] of an image with those colours; y = mean of A^0, less that of A^1, plus curve. */
const network = tinyNetwork({
  image: [[[1, 3]], [[4, 0]]],
  weights: [
    [1, 0],
    [0, 1],
  ],
  head: [
    [1, -1],
    [0.5, 0.5],
  ],
});

/** p_0 of two logits. */
const p = (y0: number, y1: number) => 1 / (1 + Math.exp(y1 - y0));

describe('methods of scores', () => {
  it('Score-CAM by hand', async () => {
    // Masks [0, 1] and [1, 0]; the masked images are ([0, 3], [0, 0]) and ([1, 0], [4, 0]).
    const [first, second] = [p(1.5, 0.75), p(0.5 - 2, 0.25 + 1)];
    const { map } = await explain(network, 'score-cam');
    assertClose(map, [first + 4 * second, 3 * first]);
  });

  it('Score-CAM leaves constant channels out', async () => {
    const constant = tinyNetwork({
      image: [[[1, 3]]],
      weights: [[1], [0]],
      bias: [0, 1],
      head: [
        [1, 0],
        [0, 0],
      ],
    });
    await explain(constant, 'score-cam');
    // The empty mask and one channel.
    assert.equal(constant.asked.items, 2);
  });

  it('Score-CAM scores the channels that vary most, if only some are wanted', async () => {
    // A^1 = [4, 0] varies more than A^0 = [1, 3].
    const { map, total } = await explain(network, 'score-cam', { class: 0 }, { channels: 1 });
    assertClose(map, [4 * p(0.5 - 2, 0.25 + 1), 0]);
    assert.equal(total, 2);
    const all = await explain(network, 'score-cam', { class: 0 }, { channels: 2 });
    assert.deepEqual(all.map, (await explain(network, 'score-cam')).map);
  });

  it('Ablation-CAM by hand', async () => {
    // Without A^0 y falls by 2, without A^1 it rises by 2.
    assertClose((await explain(network, 'ablation-cam')).map, [Math.max(2 * 1 - 2 * 4, 0), 2 * 3]);
  });

  it('Recipro-CAM by hand', async () => {
    const { map, offset } = await explain(network, 'recipro-cam', { class: 0 }, { mask: 'point' });
    const alone = [p(0.5 - 2, 0.25 + 1), p(1.5, 0.75)];
    assertClose(map, alone);
    assert.ok(Math.abs(offset - alone[0]!) < 1e-6);
    // One row: the neighbour counts 1/4 * 1/2, the position itself 1/2 * 1/2.
    const gaussian = await explain(network, 'recipro-cam');
    const [a, b] = [
      [1 / 4, 1 / 8],
      [1 / 8, 1 / 4],
    ].map(([l, r]) => {
      const [A0, A1] = [(1 * l! + 3 * r!) / 2, (4 * l!) / 2];
      return p(A0 - A1, (A0 + A1) / 2);
    });
    assertClose(gaussian.map, [a!, b!]);
  });

  it('occlusion by hand', async () => {
    // Patches of one pixel, one step apart.
    const { map, signed } = await explain(network, 'occlusion', { class: 0 }, { patch: 100, stride: 100 });
    const whole = p(2 - 2, 1 + 1);
    assertClose(map, [whole - p(1.5, 0.75), whole - p(0.5 - 2, 0.25 + 1)]);
    assert.ok(signed);
  });

  it('occlusion rates by the logit where the probability stays 1 in single precision', async () => {
    const certain = tinyNetwork({ image: [[[1, 3]]], weights: [[1]], head: [[100], [0]] });
    assert.equal(probabilitiesOf(certain.outputs)[0], 1);
    const run = () => methods.occlusion.run(certain, classOf(certain, { class: 0 }), { patch: 100, stride: 100 });
    const frames = await framesOf(run());
    assert.ok(frames.slice(0, -1).every(({ map }) => map.every((value) => value === 0)));
    assertClose(frames.at(-1)!.map, [50, 150]);
    assert.match((await resultOf(run())).note ?? '', /stays 1 .* logit/);
    // Nothing that is hidden changes anything.
    const constant = tinyNetwork({ image: [[[1, 3]]], weights: [[0]], head: [[1], [0]] });
    const { note, whyBlank } = await resultOf(methods.occlusion.run(constant, classOf(constant, { class: 0 }), {}));
    assert.equal(note, undefined);
    assert.match(whyBlank, /^no difference/);
  });

  it('occlusion averages over the patches that hide a pixel, up to the far border', async () => {
    const row = tinyNetwork({
      image: [
        [
          [5, 0, 0, 0, 0],
          [0, 0, 0, 0, 0],
          [0, 0, 0, 0, 1],
        ],
      ],
      weights: [[1]],
      head: [[15], [0]],
    });
    // Side 2, step 2: tops 0, 1; lefts 0, 2, 3. y falls by 5 without the first pixel, by 1 without the last.
    const { map } = await explain(
      row,
      'occlusion',
      { class: 0, contrast: { classes: [1], weight: 1 } },
      { patch: 67, stride: 67 },
    );
    assertClose(
      map,
      [5, 5, 0, 0, 0, 2.5, 2.5, 0, 0.25, 0.5, 0, 0, 0, 0.5, 1].map((x) => x),
      1e-5,
    );
  });

  it('Group-CAM by hand', async () => {
    // Masks of the groups: ReLU(A^0 / 2) = [0.5, 1.5] and ReLU(-A^1 / 2), which is empty. The blurred image is [2, 2], [2, 2].
    const frames = await framesOf(
      methods['group-cam'].run(network, classOf(network, { class: 0 }), { groups: 2, theta: 0 }),
    );
    const { map, offset } = frames.at(-1)!;
    // Without the smallest value (theta 0) the mask is [0, 1.5], shown as [0, 1]: image ([2, 3], [2, 0]).
    const gain = p(2.5 - 1, 1.25 + 0.5) - p(2 - 2, 1 + 1);
    assertClose(map, [0, gain]);
    assertClose([offset], [0]);
    // The blurred image and one mask.
    assert.equal(frames.at(-1)!.total, 2);
  });

  it('Group-CAM shows what its masks take from the score where they add nothing, or always', async () => {
    // Whatever is shown of the image speaks for the other class three times as much.
    const against = tinyNetwork({ image: [[[3, 1]]], weights: [[1]], bias: [0], head: [[1], [3]] });
    const runOf = (evidence: string, on = against) =>
      methods['group-cam'].run(on, classOf(on, { class: 0 }), { groups: 2, theta: 0, evidence });
    const run = async (evidence: string) => (await framesOf(runOf(evidence))).at(-1)!;
    const [positive, signed, auto] = [await run('positive'), await run('signed'), await run('auto')];
    const inputSize = { width: 2, height: 1 };
    assert.deepEqual([positive.signed, signed.signed], [false, true]);
    assert.ok(saliencyOf({ ...positive, inputSize }).zero);
    const { map, min, max } = saliencyOf({ ...signed, inputSize });
    // Only the first pixel passes theta. The blurred image has the mean 2 twice; with the mask it is [3, 2].
    assertClose([min, max], [p(2.5, 7.5) - p(2, 6), 0]);
    assertClose(map, [-1, 0]);
    assert.deepEqual(auto, signed);
    assert.match((await resultOf(runOf('auto'))).note ?? '', /^no positive evidence: no mask raises .*; the map shows/);
    for (const evidence of ['positive', 'signed']) assert.equal((await resultOf(runOf(evidence))).note, undefined);
    // Where the masks raise the score, `auto` is equation 7.
    assert.deepEqual(
      (await framesOf(runOf('auto', network))).at(-1),
      (await framesOf(runOf('positive', network))).at(-1),
    );
    assert.equal((await resultOf(runOf('auto', network))).note, undefined);
  });

  it('a contrast rates by the difference of logits', async () => {
    const contrast = { class: 0, contrast: { classes: [1], weight: 1 } };
    assertClose((await explain(network, 'recipro-cam', contrast, { mask: 'point' })).map, [-1.5 - 1.25, 1.5 - 0.75]);
    // Less the difference of the hidden image, which is 0 here.
    assertClose((await explain(network, 'score-cam', contrast)).map, [0, 3 * 0.75]);
  });

  it('items are drawn by the chunk, whatever their number', async () => {
    const tiny = tinyNetwork({ image: [[[1, 3]]], weights: [[1]], head: [[1], [0]] });
    const frames = await framesOf(methods.rise.run(tiny, classOf(tiny, { class: 0 }), { masks: 100 }));
    assert.deepEqual(tiny.asked, { items: 100, atOnce: 3 });
    // Estimates come with the chunks after 1, 2, 4 masks and so on, then every 32.
    assert.deepEqual(
      frames.map(({ done }) => done),
      [3, 6, 12, 24, 48, 81, 100],
    );
  });
});
