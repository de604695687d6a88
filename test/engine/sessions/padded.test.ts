/** Runs of one size, as devices have them that tune themselves for each size: models that mix the images of a run. */
import { strict as assert } from 'node:assert';
import { DEFAULT_CHOICE } from '../../../src/core/methods/choice';
import { DataType, makeTensor } from '../../../src/core/onnx/tensors';
import { CLASSES } from '../../../src/core/target/class-scores';
import type { Outputs } from '../../../src/core/target/target';
import { prepareInput } from '../../../src/engine/pictures/prepare';
import type { Part } from '../../../src/engine/sessions/explainer';
import { networkOf, scoreManyImages } from '../../../src/engine/sessions/method-network';
import { firstPass, type Work } from '../../../src/engine/sessions/passes';
import { createSessions } from '../../../src/engine/sessions/sessions';
import { createRunner } from '../../../src/engine/sweep/run';
import { npyBytes } from '../../../src/files/npy';
import { testFolder } from '../../support/folder';
import { CLASSIFIER, type TinyNode, tinyModel } from '../../support/tiny-model';
import { noise } from '../../support/tiny-network';

const { blur } = DEFAULT_CHOICE;
const PARTS: readonly Part[] = ['features', 'images', 'sweep'];
const PADDED = { size: 4, padded: true };
const CHANNELS = { axes: { ints: [0, 2, 3] } };

const initializers = [
  makeTensor('stem', DataType.FLOAT, [4, 3, 3, 3], noise(108, 7)),
  makeTensor('fc', DataType.FLOAT, [4, 2], noise(8, 11)),
];

/** The mean of each channel over all images of a run is subtracted: before the layer or behind it, or nowhere. */
const KINDS: Readonly<Record<string, readonly TinyNode[]>> = {
  'before the layer': [
    ['ReduceMean', 'image', 'mean', CHANNELS],
    ['Sub', 'image mean', 'centred'],
    ['Conv', 'centred stem', 'map'],
    ['Relu', 'map', 'relu'],
  ],
  'behind the layer': [
    ['Conv', 'image stem', 'map'],
    ['ReduceMean', 'map', 'mean', CHANNELS],
    ['Sub', 'map mean', 'centred'],
    ['Relu', 'centred', 'relu'],
  ],
  nowhere: [
    ['Conv', 'image stem', 'map'],
    ['Relu', 'map', 'relu'],
  ],
};

async function collect<T>(chunks: AsyncIterable<readonly T[]>): Promise<T[]> {
  const all: T[] = [];
  for await (const chunk of chunks) all.push(...chunk);
  return all;
}

const flat = (scored: readonly { readonly outputs: Outputs }[]): readonly number[] =>
  scored.flatMap(({ outputs }) => [...outputs[CLASSES.probabilities]!]);

describe('padded runs', () => {
  const folder = testFolder();

  async function opened(batch: number | string, begin: readonly TinyNode[]) {
    const nodes = [...begin, ...CLASSIFIER.nodes.slice(2)];
    const bytes = tinyModel({ ...CLASSIFIER, weights: {}, initializers, nodes, inputs: { image: [batch, 3, 8, 8] } });
    const model = { path: folder.write(`${batch}.onnx`, bytes), layer: 'map' };
    const explainer = await createSessions().explainerFor(model, 'cpu', PARTS);
    if (batch !== 1) explainer.batching = PADDED;
    const inputOf = async (seed: number) => {
      const data = Float32Array.from(noise(192, seed), (x) => 3 * x + 2);
      return prepareInput({ tensor: folder.write('i.npy', npyBytes({ shape: [1, 3, 8, 8], data })) }, explainer.info);
    };
    return { explainer, inputs: [await inputOf(4), await inputOf(5), await inputOf(6)] as const };
  }

  /** Everything that is asked of a network, each time by one that nothing was asked of before. */
  const asking: Readonly<
    Record<string, (of: Awaited<ReturnType<typeof opened>>, work: Work) => Promise<readonly number[]>>
  > = {
    'the image itself': async ({ explainer, inputs }, work) => [
      ...(await firstPass(explainer, inputs[0], blur, work)).outputs[CLASSES.probabilities]!,
    ],
    masks: async ({ explainer, inputs }, work) => {
      const network = networkOf(explainer, await firstPass(explainer, inputs[0], blur, work), blur, work);
      const masks = [1, 2, 3, 4, 5].map((seed) => ({ mask: Float32Array.from(noise(36, seed), Math.abs) }));
      return flat(await collect(network.scoreMasks(masks, 'blurred')));
    },
    'other images': async ({ explainer, inputs }, work) => {
      const state = await firstPass(explainer, inputs[0], blur, work);
      const images = inputs.map(({ tensor }) => ({ image: tensor }));
      return [
        ...flat(await collect(networkOf(explainer, state, blur, work).scoreImages(images))),
        ...flat(await collect(scoreManyImages(explainer, state, images, work))),
      ];
    },
    'other features': async ({ explainer, inputs }, work) => {
      const network = networkOf(explainer, await firstPass(explainer, inputs[0], blur, work), blur, work);
      const features = [1, 2, 3].map((seed) => ({ features: Float32Array.from(noise(144, seed)) }));
      return flat(await collect(network.scoreFeatures(features)));
    },
    'the images of a sweep': async ({ explainer, inputs }, work) => {
      const runner = createRunner(explainer);
      const found = [...(await runner.run(inputs, work)), ...(await runner.run(inputs.slice(0, 1), work))];
      return flat(found.map((one) => ('outputs' in one ? one : assert.fail(one.message))));
    },
    'one image of a sweep': async ({ explainer, inputs }, work) => {
      const [found] = await createRunner(explainer).run(inputs.slice(0, 1), work);
      return flat([found && 'outputs' in found ? found : assert.fail()]);
    },
  };

  for (const [where, begin] of Object.entries(KINDS))
    for (const [what, ask] of Object.entries(asking))
      it(`have the scores of the same model for one image: mixed ${where}, ${what}`, async () => {
        const [one, many] = [await opened(1, begin), await opened('N', begin)];
        const work = () => ({ signal: { aborted: false }, passes: 0 });
        const [expected, found] = [await ask(one, work()), await ask(many, work())];
        assert.ok(new Set(expected).size > 1);
        assert.equal(found.length, expected.length);
        for (const [i, value] of found.entries())
          assert.ok(Math.abs(value - expected[i]!) <= 1e-6, `[${i}] ${value}, alone ${expected[i]}`);
        assert.deepEqual(many.explainer.batching, where === 'nowhere' ? PADDED : { size: 1, padded: false });
      });

  it('of images that are all the same show nothing: the next one is compared', async () => {
    const { explainer, inputs } = await opened('N', KINDS['behind the layer']!);
    explainer.batching = { size: 4, padded: false };
    const runner = createRunner(explainer);
    const work = { signal: { aborted: false }, passes: 0 };
    await runner.run([inputs[0], inputs[0]], work);
    const found = await runner.run(inputs, work);
    const { explainer: single } = await opened(1, KINDS['behind the layer']!);
    const alone = await createRunner(single).run([inputs[2]], work);
    const scores = [found[2], alone[0]].map((one) => flat([one && 'outputs' in one ? one : assert.fail()]));
    assert.ok(Math.abs(scores[0]![0]! - scores[1]![0]!) <= 1e-6);
  });
});
