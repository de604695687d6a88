/** Maps of a batch in training, against the same maps one by one. */
import assert from 'node:assert/strict';
import { DEFAULT_CHOICE } from '../../../src/core/methods/choice';
import { groupCam } from '../../../src/core/methods/group-cam';
import { DataType, makeTensor } from '../../../src/core/onnx/tensors';
import { createRandom } from '../../../src/core/random';
import { type MethodFrame, saliencyOf } from '../../../src/core/saliency';
import { classTarget } from '../../../src/core/target/class-scores';
import { openModel } from '../../../src/engine/model/inspect';
import { createService } from '../../../src/engine/service';
import { blurImage } from '../../../src/engine/sessions/blur';
import type { Explainer } from '../../../src/engine/sessions/explainer';
import { networkOf } from '../../../src/engine/sessions/method-network';
import { firstPass, imageOf, type Work } from '../../../src/engine/sessions/passes';
import { createExplainer, releaseExplainer } from '../../../src/engine/sessions/sessions';
import { groupMapsOf } from '../../../src/engine/sweep/group-maps';
import { type Input, imagesOf, stampsOf } from '../../../src/engine/training/images';
import { closeNetwork, openNetwork, withConstants } from '../../../src/engine/training/network';
import { planOf } from '../../../src/engine/training/plan';
import { writeModel } from '../../../src/engine/training/result';
import { bytesOf } from '../../../src/engine/training/weights';
import { explainWith } from '../../support/explain';
import { testFolder } from '../../support/folder';
import { LEARNER, tinySet } from '../../support/tiny-training';
import { OPTIONS, trainWith } from '../../support/train';

const { blur } = DEFAULT_CHOICE;
const GROUPS = 4;

describe('maps of a batch', () => {
  const folder = testFolder();
  const work: Work = { signal: { aborted: false }, passes: 0 };

  const blurredOf = async (input: Input) =>
    (await blurImage(imageOf({ ...input, milliseconds: 0 }), 'NCHW', blur.kernel, blur.sigma)).data as Float32Array;

  async function batchMaps(explainer: Explainer, inputs: readonly Input[]) {
    const asked = await Promise.all(
      inputs.map(async (input, i) => ({ image: input.tensor, blurred: await blurredOf(input), index: i % 3 })),
    );
    return groupMapsOf(explainer, asked, inputs[0]!.dims, GROUPS, work);
  }

  /** By the method that explains single images. */
  async function single(explainer: Explainer, input: Input, index: number): Promise<MethodFrame> {
    const state = await firstPass(explainer, { ...input, milliseconds: 0 }, blur, work);
    const options = {
      precision: 'float32',
      variant: 'gradient-free',
      groups: GROUPS,
      grouping: 'consecutive',
      theta: 0,
    } as const;
    const target = classTarget(explainer.info.labels.value, { class: index });
    const run = groupCam(networkOf(explainer, state, blur, work), target, {
      ...options,
      evidence: 'positive',
      seed: 0,
    });
    let last: MethodFrame | undefined;
    for await (const frame of run) last = frame;
    return last!;
  }

  /** The maps of a model's file, one by one. */
  async function singleMaps(path: string, inputs: readonly Input[]) {
    const { info, file, facts, rewrite, stamps } = await openModel({ path });
    const explainer = await createExplainer({ info, facts, rewrite, stamps, identity: file.identity }, file, 'cpu');
    const maps: MethodFrame[] = [];
    for (const [i, input] of inputs.entries()) maps.push(await single(explainer, input, i % 3));
    const batch = await batchMaps(explainer, inputs);
    releaseExplainer(explainer);
    file.release();
    return { maps, batch };
  }

  function assertSame(found: readonly MethodFrame[], expected: readonly MethodFrame[]) {
    assert.equal(found.length, expected.length);
    for (const [i, frame] of found.entries()) {
      const { map, offset, ...rest } = frame;
      const { map: wanted, offset: wantedOffset, ...same } = expected[i]!;
      assert.deepEqual(rest, same);
      const largest = Math.max(...wanted.map(Math.abs));
      assert.ok(Math.abs(offset - wantedOffset) <= 1e-5 * largest);
      for (const [k, value] of map.entries())
        assert.ok(Math.abs(value - wanted[k]!) <= 1e-5 * largest, `image ${i}: ${value}, alone ${wanted[k]}`);
    }
  }

  async function setUp() {
    const { model, images } = await tinySet(folder, 7);
    const opened = await openModel(model);
    const inputs: Input[] = [];
    const source = imagesOf(images, opened.info, await stampsOf([images]));
    for await (const input of source.read(images.keys())) inputs.push(input);
    return { model, images, opened, inputs };
  }

  it('equal those of single images', async () => {
    const { model, opened, inputs } = await setUp();
    opened.file.release();
    const { maps, batch } = await singleMaps(model.path, inputs);
    assert.ok(maps.some(({ map }) => new Set(map).size > 1));
    assertSame(batch, maps);
  });

  it('are those of the network as it is now, with its weights as constants', async () => {
    const { images, opened, inputs } = await setUp();
    const { info, file, rewrite, stamps } = opened;
    const plan = await planOf(opened, {
      train: images,
      heldOut: images,
      watched: [],
      options: OPTIONS,
      provenance: { dataset: '', train: '', heldOut: '' },
      output: '',
      checkpoint: '',
    });
    const known = { info, facts: plan.facts, rewrite, stamps, identity: file.identity };
    const trainee = { known, file, weights: plan.weights, device: 'cpu' } as const;
    const network = await openNetwork(trainee, { masks: true, gradients: false });
    const random = createRandom(5);
    for (const { values } of plan.weights.all)
      for (let i = 0; i < values.length; i++) values[i]! += 0.3 * random.normal();
    plan.weights.changed();
    const found = await withConstants(trainee, network, (constant) => batchMaps(constant, inputs));
    const output = folder.at('moved.onnx');
    const values = new Map(plan.weights.all.map((weight) => [weight.name, bytesOf(weight)]));
    await writeModel({ opened, output, drafts: folder.at('drafts'), values, metadata: {} });
    await closeNetwork(network);
    file.release();
    const { maps } = await singleMaps(output, inputs);
    assertSame(found, maps);
  });

  it('are blank where explanations of single images are, since the class has almost no probability', async () => {
    // Of the first class a few digits are left, and rounding would draw a map of full strength.
    const initializers = LEARNER.initializers!.map((tensor) =>
      tensor.name === 'fc_b' ? makeTensor('fc_b', DataType.FLOAT, [3], [-97, 0, 0]) : tensor,
    );
    const { model, images } = await tinySet(folder, 2, { ...LEARNER, initializers });
    const opened = await openModel(model);
    const inputs: Input[] = [];
    const source = imagesOf(images, opened.info, await stampsOf([images]));
    for await (const input of source.read(images.keys())) inputs.push(input);
    opened.file.release();
    const { batch } = await singleMaps(model.path, inputs);
    const service = createService();
    const options = { variant: 'gradient-free', groups: GROUPS, theta: 0, evidence: 'positive' };
    const inputSize = { width: 8, height: 8 };
    for (const [i, frame] of batch.entries()) {
      const image = { path: images[i]!.path };
      const question = { model, image, target: { index: i % 3 }, method: 'group-cam', options, blur } as const;
      const { explanation } = await explainWith(service, question);
      assert.equal(saliencyOf({ ...frame, inputSize }).zero, explanation.saliency.zero, `image ${i}`);
      if (i % 3 > 0) continue;
      assert.match(explanation.saliency.reason!, /^the score of this class is below 1e-35/);
      assert.deepEqual(frame.map, new Float32Array(frame.map.length));
    }
  });

  it('that are constant are counted and named, and the images stay as they are', async () => {
    // With a last layer of zeros every image has the same scores, so no mask changes any.
    const initializers = LEARNER.initializers!.map((tensor) =>
      tensor.name === 'fc' ? makeTensor('fc', DataType.FLOAT, [3, 128], new Array(384).fill(0)) : tensor,
    );
    const { model, images } = await tinySet(folder, 8, { ...LEARNER, initializers });
    const told = async (arm: 'plain' | 'group-cam' | 'random-mask') => {
      const set = { model, train: images.slice(8), heldOut: images.slice(0, 8) };
      const places = { output: folder.at(`${arm}.onnx`), checkpoint: folder.at(`${arm}.training`) };
      const options = { arm, batch: 16, epochs: 1, groups: GROUPS };
      return (await trainWith(createService(), { ...set, ...places, options })).epochs;
    };
    const [plain, group, random] = [await told('plain'), await told('group-cam'), await told('random-mask')];
    assert.deepEqual(plain[0]!.notes, []);
    for (const [before, after] of [group, random]) {
      assert.deepEqual(before!.notes, ["Of the epoch's 16 images, 16 had no map and were trained on as they are."]);
      assert.equal(before!.loss, plain[0]!.loss);
      assert.deepEqual(after!.heldOut, plain[1]!.heldOut);
    }
  });
});
