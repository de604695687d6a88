/** What the methods ask of a network, answered by the sessions, against a network written down in plain loops. */
import { strict as assert } from 'node:assert';
import { DEFAULT_CHOICE } from '../../../src/core/methods/choice';
import type { MethodNetwork } from '../../../src/core/methods/network';
import { CLASSES, classTarget } from '../../../src/core/target/class-scores';
import type { Target } from '../../../src/core/target/target';
import { prepareInput } from '../../../src/engine/pictures/prepare';
import type { Part } from '../../../src/engine/sessions/explainer';
import { networkOf } from '../../../src/engine/sessions/method-network';
import { firstPass, type Work } from '../../../src/engine/sessions/passes';
import { createSessions } from '../../../src/engine/sessions/sessions';
import { testFolder } from '../../support/folder';
import { resampled } from '../../support/maps';
import { features, type NaiveNetwork } from '../../support/naive';
import { type Form, IMAGE, LAYER, NETWORK, networkModel, noise, tensorFile } from '../../support/tiny-network';

const PARTS: readonly Part[] = ['feature-gradient', 'input-gradient', 'guided-gradient', 'features', 'linear-head'];

const mean = (map: readonly (readonly number[])[]) => map.flat().reduce((a, b) => a + b, 0) / map.flat().length;

/** y of every class from the channels' means. */
function logitsOf(means: readonly number[], { linear, classes }: NaiveNetwork = NETWORK): number[] {
  return Array.from({ length: classes }, (_, c) => means.reduce((sum, m, k) => sum + m * linear[k * classes + c]!, 0));
}

function naiveLogits(data: readonly number[], network = NETWORK): number[] {
  return logitsOf(features(network, { ...IMAGE, data }).map(mean), network);
}

function near(actual: ArrayLike<number>, expected: ArrayLike<number>, tolerance = 1e-4): void {
  assert.equal(actual.length, expected.length);
  Array.from(actual).forEach((value, i) => {
    assert.ok(Math.abs(value - expected[i]!) <= tolerance, `[${i}] ${value} instead of ${expected[i]}`);
  });
}

async function collect<T>(chunks: AsyncIterable<readonly T[]>): Promise<T[]> {
  const all: T[] = [];
  for await (const chunk of chunks) all.push(...chunk);
  return all;
}

describe('the network of the methods', () => {
  const folder = testFolder();

  async function open(
    form: Form = {},
  ): Promise<{ network: MethodNetwork; work: Work & { signal: { aborted: boolean } } }> {
    const model = { path: folder.write('model.onnx', networkModel(form)), layer: LAYER };
    const explainer = await createSessions().explainerFor(model, 'cpu', PARTS);
    const tensor = folder.write('input.npy', tensorFile(form.image ?? IMAGE, form.layout));
    const input = await prepareInput({ tensor }, explainer.info);
    const work = { signal: { aborted: false }, passes: 0 };
    const state = await firstPass(explainer, input, DEFAULT_CHOICE.blur, work);
    return { network: networkOf(explainer, state, DEFAULT_CHOICE.blur, work), work };
  }

  /** As many as do not fill their last chunk. */
  const images = Array.from({ length: 11 }, (_, i) => ({
    id: i,
    image: Float32Array.from(noise(IMAGE.data.length, i + 2)),
  }));

  const forms: Readonly<Record<string, Form>> = {
    'a free batch': {},
    'a batch of 1': { batch: 1 },
    'a batch of 1 inside, though it claims a free one': { fixedInside: true },
    'channels last': { layout: 'NHWC' },
    'a layer that a path runs around': { around: 'map' },
    'a layer that a path from the image runs around': { around: 'image' },
    'opset 9': { opset: 9 },
  };
  for (const [what, form] of Object.entries(forms)) {
    describe(what, () => {
      it('scores the image, images, and images behind masks', async () => {
        const { network, work } = await open(form);
        near(logitsIn(network), naiveLogits(IMAGE.data));
        near(network.input.data, IMAGE.data, 1e-7);
        const scored = await collect(network.scoreImages(images));
        assert.deepEqual(
          scored.map(({ item }) => item.id),
          images.map(({ id }) => id),
        );
        for (const one of scored) near(logitsIn(one), naiveLogits([...one.item.image]));
        assert.equal(work.passes, 1 + images.length);

        const { height, width } = network.features;
        const masks = [0, 1, 0.5].map((value) => ({ value, mask: new Float32Array(height * width).fill(value) }));
        for (const one of await collect(network.scoreMasks(masks, 'zero')))
          near(logitsIn(one), naiveLogits(IMAGE.data.map((x) => x * one.item.value)));
        assert.equal(work.passes, 1 + images.length + masks.length);
        // What the image scores when it is hidden is known by now.
        const again = await collect(network.scoreMasks(masks.slice(0, 1), 'zero'));
        assert.equal(again.length, 1);
        assert.equal(work.passes, 1 + images.length + masks.length);
      });

      it('scores the image behind masks of a size of their own', async () => {
        const { network } = await open(form);
        const { height, width } = network.input;
        // Shows a chessboard of 2 by 3 fields, shifted by a row with each mask.
        const masks = Array.from({ length: 11 }, (_, shift) => ({
          mask: Float32Array.of(1, 0, 1, 0, 1, 0.5),
          resampling: {
            rows: Float32Array.from({ length: 2 * height }, (_, i) => Number(((i >> 1) + shift) % 2 === i % 2)),
            columns: Float32Array.from({ length: 3 * width }, (_, i) =>
              Number((i % width) % 3 === Math.floor(i / width)),
            ),
          },
        }));
        const scored = await collect(network.scoreMasks(masks, 'zero'));
        assert.equal(scored.length, masks.length);
        for (const { item, outputs } of scored) {
          const full = resampled(item.mask, item.resampling, height, width);
          near(logitsIn({ outputs }), naiveLogits(IMAGE.data.map((x, i) => x * full[i % full.length]!)));
        }
      });

      it('scores other features', async () => {
        const { network } = await open(form);
        const { data, channels } = network.features;
        const items = Array.from({ length: 11 }, (_, i) => ({ features: data.map((a) => a * (i - 2)) }));
        const area = data.length / channels;
        for (const { item, outputs } of await collect(network.scoreFeatures(items))) {
          const means = Array.from({ length: channels }, (_, k) =>
            item.features.subarray(k * area, (k + 1) * area).reduce((a, b) => a + b / area, 0),
          );
          near(logitsIn({ outputs }), logitsOf(means));
        }
      });

      it('differentiates with respect to images: central differences', async () => {
        const { network, work } = await open(form);
        const seed = Float32Array.of(1, -0.5, 0.25);
        const positive = { ...NETWORK, linear: NETWORK.linear.map((_, i) => guidedWeight(Math.floor(i / 3), seed)) };
        const before = work.passes;
        const chosen = images.slice(0, 2);
        const rules = {
          plain: (data: number[]) => naiveLogits(data).reduce((sum, y, c) => sum + y * seed[c]!, 0),
          // What the ReLUs pass back is what comes from the linear layer, as far as it is positive.
          guided: (data: number[]) => naiveLogits(data, positive)[0]!,
        };
        for (const rule of ['plain', 'guided'] as const) {
          for (const { item, gradient } of await collect(network.inputGradients(chosen, seededBy(seed), rule))) {
            const data = [...item.image];
            for (let i = 3; i < data.length; i += 53) {
              const at = (step: number) => rules[rule](data.with(i, data[i]! + step));
              near([gradient[i]!], [(at(1e-5) - at(-1e-5)) / 2e-5]);
            }
          }
        }
        assert.equal(work.passes, before + 2 * chosen.length);
      });

      it('differentiates with respect to the features', async () => {
        const { network } = await open(form);
        const { data, channels } = network.features;
        const gradient = await network.featureGradient(seededBy(Float32Array.of(0, 1, -1)));
        const area = data.length / channels;
        const weight = (k: number) => (NETWORK.linear[3 * k + 1]! - NETWORK.linear[3 * k + 2]!) / area;
        near(
          gradient,
          Array.from(data, (_, i) => weight(Math.floor(i / area))),
        );
      });
    });
  }

  it('finds a linear head, and none behind anything else', async () => {
    const { network } = await open();
    near(
      network.head!,
      [0, 1, 2].flatMap((c) => Array.from({ length: 7 }, (_, k) => NETWORK.linear[3 * k + c]!)),
    );
    assert.equal((await open({ around: 'map' })).network.head, undefined);
  });

  it('draws no more than one chunk, and stops between chunks when it is cancelled', async () => {
    const { network, work } = await open();
    let drawn = 0;
    function* endless() {
      for (; ; drawn++) yield { image: network.input.data };
    }
    const running: AsyncIterator<unknown> = network.scoreImages(endless())[Symbol.asyncIterator]();
    for (let chunk = 1; chunk <= 3; chunk++) {
      await running.next();
      assert.ok(drawn <= 4 * chunk, `${drawn} drawn for ${chunk} chunks`);
    }
    work.signal.aborted = true;
    await assert.rejects(running.next(), { code: 'cancelled' });
  });
});

const logitsIn = ({ outputs }: Pick<MethodNetwork, 'outputs'>) => outputs[CLASSES.logits]!;

/** A target whose value is any sum of the logits. */
const seededBy = (seed: Float32Array): Target => ({
  ...classTarget(['0', '1', '2'], { class: 0 }),
  feeds: { [CLASSES.seed]: seed },
});

/** What a ReLU of channel k is passed by the linear layer, without the part that guided backpropagation stops. */
function guidedWeight(k: number, seed: Float32Array): number {
  return Math.max(
    seed.reduce((sum, s, c) => sum + s * NETWORK.linear[3 * k + c]!, 0),
    0,
  );
}
