/** Methods run by one graph, which is forced on the CPU here, against single passes. */
import { strict as assert } from 'node:assert';
import { saliencyOf } from '../../../src/core/saliency';
import { spearman } from '../../../src/core/sanity/similarity';
import { createService } from '../../../src/engine/service';
import type { Rival } from '../../../src/engine/sessions/one-graph';
import type { ExplainParams } from '../../../src/protocol/requests';
import { explainWith } from '../../support/explain';
import { testFolder } from '../../support/folder';
import { largestDifference } from '../../support/reference';
import { project } from '../../support/shared';
import { type Form, IMAGE, LAYER, NETWORK, networkModel, noise, tensorFile } from '../../support/tiny-network';

type Choice = Partial<ExplainParams>;

/** A memory that knows one winner for everything, or none, and keeps what it is told. */
function memoryOf(known?: Rival) {
  const kept = new Map<string, Rival>();
  return {
    kept,
    recall: async (key: string) => known ?? kept.get(key),
    keep: async (key: string, won: Rival) => void kept.set(key, won),
  };
}

const forced = (known?: Rival) => {
  const memory = memoryOf(known);
  return { memory, service: createService({ isOffered: () => true, memory }) };
};

const SCENE = { path: project('media', 'demo', 'scenes', 'cat-and-dog.png') };
const DEMO = { path: project('media', 'demo', 'demo-objects.onnx') };

/** The same classifier with a layer of large numbers. */
const LARGE = {
  ...NETWORK,
  conv: NETWORK.conv.map((value) => value * 1e6),
  linear: NETWORK.linear.map((value) => value / 1e6),
};

describe('a method by one graph', () => {
  const folder = testFolder();
  const passes = createService();

  async function bothWays(choice: Choice & Pick<ExplainParams, 'model' | 'image'>, rival: Rival = 'one graph') {
    const { explanation: expected } = await explainWith(passes, choice);
    const { explanation: found, frames } = await explainWith(forced(rival).service, choice);
    const difference = largestDifference(saliencyOf(found.frame).map, saliencyOf(expected.frame).map);
    return { expected, found, frames, difference };
  }

  const choices: readonly Choice[] = [
    {},
    { options: { variant: 'official', groups: 5 } },
    { options: { variant: 'gradient-free' } },
    { options: { evidence: 'signed', theta: 20 }, blur: { kernel: 21, sigma: 4 } },
    { target: { index: 3 } },
    { target: { among: [1, 2] } },
    ...(['grad-cam', 'hires-cam', 'layer-cam'] as const).map((method) => ({ method, options: {} })),
  ];
  for (const choice of choices)
    it(`${JSON.stringify(choice)}: the map, scores and classes of single passes, in one run`, async () => {
      const { expected, found, frames, difference } = await bothWays({ model: DEMO, image: SCENE, ...choice });
      assert.ok(difference <= 1e-4, `${difference}`);
      assert.ok(largestDifference(found.scores, expected.scores) <= 1e-6);
      assert.ok(largestDifference(found.probabilities, expected.probabilities) <= 1e-6);
      assert.equal(found.class, expected.class);
      assert.deepEqual(found.saliency.zero, expected.saliency.zero);
      assert.deepEqual(found.way, { used: 'one graph', reason: 'one graph was the best when it was measured' });
      assert.match(found.saliency.note ?? found.saliency.reason!, /one graph|evidence/);
      assert.ok(frames.length <= 2);
      assert.equal(expected.way, undefined);
    });

  const forms: Readonly<Record<string, Form>> = {
    'operator set 7': { opset: 7 },
    'operator set 18': { opset: 18 },
    'one image': { batch: 1 },
    'channels last': { layout: 'NHWC' },
    'a path around the layer': { around: 'map' },
    'a path around the layer from the image': { around: 'image' },
    'a softmax in the graph': { ending: ['Softmax'] },
    'a sigmoid in the graph': { ending: ['Sigmoid'] },
  };
  for (const [name, form] of Object.entries(forms))
    it(`${name}: the map of single passes`, async () => {
      const model = { path: folder.write('model.onnx', networkModel(form)), layer: LAYER };
      const tensor = folder.write('input.npy', tensorFile(IMAGE, form.layout));
      for (const target of [{ index: 0 }, 'top'] as const) {
        const options = { groups: 3, theta: 60 };
        const { difference, found } = await bothWays({ model, image: { tensor }, target, options });
        assert.equal(found.way!.used, 'one graph');
        assert.ok(difference <= 1e-4, `${difference}`);
      }
    });

  it('several images and classes one after the other', async () => {
    const { service } = forced('one graph');
    const model = { path: folder.write('model.onnx', networkModel()), layer: LAYER };
    const second = { ...IMAGE, data: noise(IMAGE.data.length, 6) };
    for (const [i, image] of [IMAGE, second, IMAGE].entries()) {
      const tensor = folder.write(`input${i}.npy`, tensorFile(image));
      for (const index of [2, 0, 1]) {
        const choice = { model, image: { tensor }, target: { index } };
        const [found, expected] = [await explainWith(service, choice), await explainWith(passes, choice)];
        const maps = [found, expected].map(({ explanation }) => saliencyOf(explanation.frame).map);
        assert.ok(largestDifference(maps[0]!, maps[1]!) <= 1e-4);
      }
    }
  });

  it('is measured once for each model and method, and remembered', async () => {
    const { service, memory } = forced();
    const choice = { model: DEMO, image: SCENE };
    const { explanation } = await explainWith(service, choice);
    assert.match(explanation.way!.reason, /^one graph took \d\S* of the time of single passes$/);
    const share = Number(/took (\S+)/.exec(explanation.way!.reason)![1]);
    assert.equal(explanation.way!.used, share < 1 ? 'one graph' : 'passes');
    const [kept] = memory.kept.values();
    assert.deepEqual([memory.kept.size, kept], [1, explanation.way!.used]);
    assert.equal((await explainWith(service, choice)).explanation.way!.reason, explanation.way!.reason);
    const later = createService({ isOffered: () => true, memory });
    const { way } = (await explainWith(later, choice)).explanation;
    assert.deepEqual(way, { used: kept, reason: `${kept} was the best when it was measured` });
    await explainWith(service, { ...choice, method: 'grad-cam', options: {} });
    assert.equal(memory.kept.size, 2);
  });

  describe('for a model that declares any number of images, and holds for one', () => {
    const explained = async (known?: Rival) => {
      const { service, memory } = forced(known);
      const model = { path: folder.write('model.onnx', networkModel({ fixedInside: true })), layer: LAYER };
      const choice = { model, image: { tensor: folder.write('input.npy', tensorFile(IMAGE)) } };
      const [found, expected] = [await explainWith(service, choice), await explainWith(passes, choice)];
      const maps = [found, expected].map(({ explanation }) => saliencyOf(explanation.frame).map);
      assert.ok(largestDifference(maps[0]!, maps[1]!) <= 1e-4);
      return { way: found.explanation.way!, memory };
    };

    it('single passes take over from a graph that fails, with the reason', async () => {
      const { way, memory } = await explained('one graph');
      assert.equal(way.used, 'passes');
      assert.match(way.reason, /^one graph failed: .*model\.onnx/);
      assert.equal(memory.kept.size, 0, 'a failure may not come again');
    });

    it('the graph takes the blends one by one once that is known', async () => {
      const { way, memory } = await explained();
      assert.match(way.reason, /^one graph took/);
      assert.equal(memory.kept.size, 1);
    });
  });

  it('neither a contrast nor a method without a graph has a choice', async () => {
    const { service } = forced('one graph');
    const more: Choice[] = [
      { target: { index: 3 }, contrast: [{ index: 1 }] },
      { method: 'occlusion', options: {} },
      { options: { grouping: 'k-means' } },
    ];
    for (const choice of more) {
      const { explanation } = await explainWith(service, { model: DEMO, image: SCENE, ...choice });
      assert.equal(explanation.way, undefined);
    }
  });

  describe('in half floats', () => {
    const options = { precision: 'float16' };

    it('ranks the masks as float32 does, and says so', async () => {
      const { found, expected, difference } = await bothWays(
        { model: DEMO, image: SCENE, options },
        'one graph in float16',
      );
      assert.equal(found.precision!.used, 'float16');
      assert.notDeepEqual([...found.scores], [...expected.scores], 'the blends were scored in float32');
      assert.ok(spearman(found.scores, expected.scores) >= 0.99);
      assert.ok(difference <= 0.02, `${difference}`);
      assert.deepEqual([...found.probabilities], [...expected.probabilities], 'the image itself stays in float32');
    });

    it('is taken as chosen where it is faithful', async () => {
      const { service, memory } = forced();
      const { explanation } = await explainWith(service, { model: DEMO, image: SCENE, options });
      assert.equal(explanation.precision!.used, 'float16');
      assert.match(explanation.precision!.reason, /^one graph with half floats took \S+ of the time of single passes/);
      assert.deepEqual([...memory.kept.values()], ['one graph in float16']);
    });

    it('gives way to float32 where it is not, with the reason', async () => {
      const { service } = forced();
      // Half floats end at 65504.
      const model = { path: folder.write('model.onnx', networkModel({ network: LARGE })), layer: LAYER };
      const choice = { model, image: { tensor: folder.write('input.npy', tensorFile(IMAGE)) } };
      const found = (await explainWith(service, { ...choice, options })).explanation;
      const expected = (await explainWith(passes, choice)).explanation;
      assert.equal(found.precision!.used, 'float32');
      assert.match(found.precision!.reason, /half floats are not faithful|failed/);
      assert.ok(largestDifference(saliencyOf(found.frame).map, saliencyOf(expected.frame).map) <= 1e-4);
    });

    it('is not for CPUs', async () => {
      const { explanation } = await explainWith(passes, { model: DEMO, image: SCENE, options });
      const reason = 'half floats are for other devices, and this is cpu';
      assert.deepEqual(explanation.precision, { used: 'float32', reason });
    });
  });
});
