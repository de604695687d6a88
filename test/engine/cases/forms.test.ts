/** Networks without a layer, and images in other axes than four: the answers of plain onnxruntime, and maps. */
import assert from 'node:assert/strict';
import type { MethodName } from '../../../src/core/methods/names';
import { DataType, makeTensor } from '../../../src/core/onnx/tensors';
import { saliencyOf } from '../../../src/core/saliency';
import { gradient } from '../../../src/engine/explanations/gradient';
import { openModel } from '../../../src/engine/model/inspect';
import { encodePng } from '../../../src/engine/pictures/image';
import { createService } from '../../../src/engine/service';
import { npyBytes } from '../../../src/files/npy';
import { explainWith } from '../../support/explain';
import { testFolder } from '../../support/folder';
import { plainDifferences, plainRun } from '../../support/plain';
import { needs, shared } from '../../support/shared';
import { sweepWith } from '../../support/sweep';
import { type TinyModel, tinyModel } from '../../support/tiny-model';
import { noise } from '../../support/tiny-network';

const WITHOUT_LAYER: readonly MethodName[] = [
  'gradient',
  'rise',
  'occlusion',
  'smooth-grad',
  'integrated-gradients',
  'input-x-gradient',
  'guided-backpropagation',
  'xrai',
];

interface Form {
  readonly what: string;
  readonly model: TinyModel;
  /** The file's own dimensions for one image, and those that the product gives. */
  readonly own: readonly number[];
  readonly layout: string;
  readonly layers: boolean;
  readonly says?: RegExp;
  readonly output?: string;
  readonly classes?: number;
}

const weight = (name: string, dims: readonly number[], seed: number) => {
  const size = dims.reduce((product, dim) => product * dim, 1);
  return makeTensor(name, DataType.FLOAT, dims, noise(size, seed));
};
/** Two layers behind a row of numbers. */
const mlp = (first: string): TinyModel['nodes'] => [
  ['MatMul', `${first} hidden`, 'sums'],
  ['Relu', 'sums', 'active'],
  ['MatMul', 'active last', 'logits'],
];
const rows = (inputs: number) => [weight('hidden', [inputs, 16], 3), weight('last', [16, 5], 4)];
const SIZE = 8;
const AREA = SIZE * SIZE;

const onRow = (image: readonly number[], length: number): TinyModel => ({
  inputs: { image },
  nodes: [['Reshape', 'image row', 'flat'], ...mlp('flat')],
  initializers: [...rows(length), makeTensor('row', DataType.INT64, [1], [length])],
  outputs: ['logits'],
});

const FORMS: readonly Form[] = [
  {
    what: 'a row of grey pixels, [N, 784]',
    model: { inputs: { image: ['N', 784] }, nodes: mlp('image'), initializers: rows(784), outputs: ['logits'] },
    own: [1, 784],
    layout: 'NCHW',
    layers: false,
    says: /its 784 values are the pixels of 28 x 28, grey/,
  },
  {
    what: 'a row for one image, [1, 3 x 64]',
    model: { inputs: { image: [1, 192] }, nodes: mlp('image'), initializers: rows(192), outputs: ['logits'] },
    own: [1, 192],
    layout: 'NCHW',
    layers: false,
    says: /8 x 8, channel after channel/,
  },
  {
    what: 'a row without the axis of images, [784]',
    model: { inputs: { image: [784] }, nodes: mlp('image'), initializers: rows(784), outputs: ['logits'] },
    own: [784],
    layout: 'NCHW',
    layers: false,
  },
  {
    what: 'rows and columns alone, [8, 8]',
    model: onRow([SIZE, SIZE], AREA),
    own: [SIZE, SIZE],
    layout: 'NCHW',
    layers: false,
  },
  {
    what: 'rank 3 with images, [N, 28, 28]',
    model: {
      inputs: { image: ['N', 28, 28] },
      nodes: [['Flatten', 'image', 'flat'], ...mlp('flat')],
      initializers: rows(784),
      outputs: ['logits'],
    },
    own: [1, 28, 28],
    layout: 'NCHW',
    layers: false,
  },
  {
    what: 'no axis of images, [3, 8, 8], before a convolution',
    model: {
      inputs: { image: [3, SIZE, SIZE] },
      nodes: [
        ['Unsqueeze', 'image zero', 'images'],
        ['Conv', 'images stem', 'map'],
        ['Relu', 'map', 'relu'],
        ['GlobalAveragePool', 'relu', 'pooled'],
        ['Reshape', 'pooled row', 'flat'],
        ['MatMul', 'flat fc', 'logits'],
      ],
      initializers: [makeTensor('zero', DataType.INT64, [1], [0]), makeTensor('row', DataType.INT64, [1], [4])],
      weights: { stem: [4, 3, 3, 3], fc: [4, 5] },
      outputs: ['logits'],
    },
    own: [3, SIZE, SIZE],
    layout: 'NCHW',
    layers: true,
  },
  {
    what: 'no axis of images, channels last, [8, 8, 3]',
    model: onRow([SIZE, SIZE, 3], 192),
    own: [SIZE, SIZE, 3],
    layout: 'NHWC',
    layers: false,
  },
  {
    what: 'no axis of classes, one score an image, [N]',
    model: {
      inputs: { image: ['N', 3, SIZE, SIZE] },
      nodes: [
        ['Conv', 'image stem', 'map'],
        ['Relu', 'map', 'relu'],
        ['GlobalAveragePool', 'relu', 'pooled'],
        ['Flatten', 'pooled', 'flat'],
        ['MatMul', 'flat fc', 'column'],
        ['Squeeze', 'column one', 'logits'],
      ],
      initializers: [makeTensor('one', DataType.INT64, [1], [1])],
      weights: { stem: [4, 3, 3, 3], fc: [4, 1] },
      outputs: ['logits'],
    },
    own: [1, 3, SIZE, SIZE],
    layout: 'NCHW',
    layers: true,
    classes: 2,
  },
];

/** A convolution for four images at once; with `bound` the graph holds for no other number. */
const batchOfFour = (bound: boolean): TinyModel => ({
  inputs: { image: [4, 3, SIZE, SIZE] },
  nodes: [
    ['Conv', 'image stem', 'map'],
    ['Relu', 'map', 'relu'],
    ['GlobalAveragePool', 'relu', 'pooled'],
    bound ? ['Reshape', 'pooled row', 'flat'] : ['Flatten', 'pooled', 'flat'],
    ['MatMul', 'flat fc', 'logits'],
  ],
  initializers: [makeTensor('row', DataType.INT64, [2], [4, 4])],
  weights: { stem: [4, 3, 3, 3], fc: [4, 5] },
  outputs: ['logits'],
});

const softmax = (logits: ArrayLike<number>) => {
  const exp = Array.from(logits, Math.exp);
  const total = exp.reduce((sum, value) => sum + value, 0);
  return exp.map((value) => value / total);
};

describe('forms of input', () => {
  const folder = testFolder();
  const service = createService();
  const npy = (dims: readonly number[], data: Float32Array) =>
    folder.write('input.npy', npyBytes({ shape: [...dims], data }));
  const values = (dims: readonly number[]) =>
    Float32Array.from(
      noise(
        dims.reduce((product, dim) => product * dim, 1),
        9,
      ),
    );

  for (const { what, model, own, layout, layers, says, classes = 5 } of FORMS)
    it(`${what}: onnxruntime's scores, its gradient, and maps`, async () => {
      const path = folder.write('net.onnx', tinyModel(model));
      const { info } = await openModel({ path });
      assert.deepEqual([info.input.layout, info.layers.length > 0, info.output.classes], [layout, layers, classes]);
      if (says) assert.match(info.assumptions.join('; '), says);
      assert.deepEqual(info.inputs[0]!.shape, model.inputs!['image']);
      const data = values(own);
      const run = (input: Float32Array) => plainRun(path, input, own);
      const logits = await run(data);
      const expected =
        classes === 2 ? [1 / (1 + Math.exp(logits[0]!)), 1 / (1 + Math.exp(-logits[0]!))] : softmax(logits);
      const image = { tensor: npy(own, data) };
      for (const method of [...WITHOUT_LAYER, 'group-cam'] as const) {
        const options = method === 'rise' ? { masks: 40 } : {};
        const { explanation } = await explainWith(service, { image, model: { path }, method, options });
        for (const [c, p] of expected.entries())
          assert.ok(
            Math.abs(explanation.probabilities[c]! - p) < 1e-5,
            `${method}: ${explanation.probabilities[c]} ${p}`,
          );
        const { map, zero } = saliencyOf(explanation.frame);
        assert.ok(map.every(Number.isFinite) && !zero, `${method}: ${explanation.saliency.reason}`);
        assert.equal(explanation.method, method === 'group-cam' && !layers ? 'occlusion' : method);
        if (method === 'group-cam' && !layers)
          assert.match(explanation.saliency.note ?? '', /Occlusion in place of Group-CAM.*this model has none/);
      }
      const target = classes - 1;
      const found = await gradient({ model: { path }, image, target: { index: target } });
      assert.deepEqual(found.shape, own);
      const places = [3, 20, 50];
      const slopes = await plainDifferences(run, data, classes === 2 ? 0 : target, places, 2 ** -9);
      const scale = Math.max(...found.data.map(Math.abs));
      for (const [i, place] of places.entries())
        assert.ok(Math.abs(found.data[place]! - slopes[i]!) < 0.02 * scale, `${found.data[place]} for ${slopes[i]}`);
      if (!layers)
        await assert.rejects(explainWith(service, { image, model: { path }, method: 'grad-cam' }), {
          code: 'method-unsuitable',
          message: /needs a layer with a map.*Use occlusion/,
        });
    });

  for (const bound of [false, true])
    it(`four images at once, ${bound ? 'in a graph for no other number' : 'which may be one'}`, async () => {
      const path = folder.write('net.onnx', tinyModel(batchOfFour(bound)));
      const { info } = await openModel({ path });
      assert.equal(info.layers.length > 0, !bound);
      assert.equal(/takes 4 images at once/.test(info.assumptions.join('; ')), bound);
      const one = values([1, 3, SIZE, SIZE]);
      const four = Float32Array.from([one, one, one, one].flatMap((image) => [...image]));
      const expected = softmax((await plainRun(path, four, [4, 3, SIZE, SIZE])).slice(0, 5));
      const image = { tensor: npy([1, 3, SIZE, SIZE], one) };
      for (const method of [...WITHOUT_LAYER, 'group-cam'] as const) {
        const options = method === 'rise' ? { masks: 40 } : {};
        const { explanation } = await explainWith(service, { image, model: { path }, method, options });
        for (const [c, p] of expected.entries()) assert.ok(Math.abs(explanation.probabilities[c]! - p) < 1e-5, method);
        assert.ok(!explanation.saliency.zero, method);
      }
    });

  it('mlp.onnx: no spatial layer; every method that needs none gives a map', async function () {
    const path = shared('cases', 'mlp', 'mlp.onnx');
    needs(this, path, 'a network without layers');
    const { info } = await openModel({ path });
    assert.deepEqual(info.layers, []);
    assert.match(info.assumptions.join('; '), /layers: none/);
    const data = values([1, 1, 28, 28]);
    const expected = softmax(await plainRun(path, data, [1, 1, 28, 28]));
    for (const method of WITHOUT_LAYER) {
      const { explanation } = await explainWith(service, {
        image: { tensor: npy([1, 1, 28, 28], data) },
        model: { path },
        method,
        options: method === 'rise' ? { masks: 40 } : {},
      });
      for (const [c, p] of expected.entries()) assert.ok(Math.abs(explanation.probabilities[c]! - p) < 1e-5, method);
      assert.ok(!explanation.saliency.zero, method);
    }
  });

  it('a sweep has predictions without maps, and says why in words', async () => {
    const path = folder.write('net.onnx', tinyModel(FORMS[0]!.model));
    const png = await encodePng({ width: 28, height: 28, data: new Uint8Array(28 * 28 * 3).map((_, i) => i % 251) }, 3);
    const images = [0, 1, 2].map((id) => ({ id, path: folder.write(`${id}.png`, png), truth: [] }));
    const { swept, failed } = await sweepWith(service, { model: { path }, images, maps: true });
    assert.deepEqual([swept.length, failed], [3, []]);
    for (const answer of swept) {
      assert.equal(answer.map, undefined);
      assert.match(answer.blank ?? '', /needs a layer with a map/);
      assert.equal(answer.embedding.length, 5);
      assert.equal(answer.top.length > 0, true);
    }
  });

  it('a sidecar with the size says how a row of other numbers is an image', async () => {
    const inputs = 6 * 10;
    const net = {
      inputs: { image: ['N', inputs] },
      nodes: mlp('image'),
      initializers: rows(inputs),
      outputs: ['logits'],
    };
    const path = folder.write('net.onnx', tinyModel(net));
    await assert.rejects(openModel({ path }), { code: 'no-image-input' });
    folder.write('net.explain.json', { input: { width: 10, height: 6 } });
    const { info } = await openModel({ path });
    assert.deepEqual([info.preprocessing.width.value, info.preprocessing.height.value], [10, 6]);
  });
});
