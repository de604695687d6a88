/** Models saved by onnxruntime's optimiser, against those that it was given: their layers, and maps of every method. */
import { strict as assert } from 'node:assert';
import { readFileSync } from 'node:fs';
import { create, fromBinary, toBinary } from '@bufbuild/protobuf';
import { ModelProtoSchema, ValueInfoProtoSchema } from 'onnx-buf';
import type { OptionsByMethod } from '../../../src/core/methods/method-options';
import { methods } from '../../../src/core/methods/method-table';
import { METHODS, type MethodName } from '../../../src/core/methods/names';
import type { LayerInfo } from '../../../src/core/model/info';
import { mapsOf } from '../../../src/core/model/layers/arrangement';
import { encodeModel } from '../../../src/core/onnx/weights';
import { saliencyOf } from '../../../src/core/saliency';
import { type Opened, openModel } from '../../../src/engine/model/inspect';
import { createSession } from '../../../src/engine/runtime/runtime';
import { createService } from '../../../src/engine/service';
import { npyBytes } from '../../../src/files/npy';
import { explainWith } from '../../support/explain';
import { testFolder } from '../../support/folder';
import { correlation } from '../../support/maps';
import { LEVELS, type Level, saveOptimised } from '../../support/optimised';
import { needs, project, shared } from '../../support/shared';
import { tinyModel } from '../../support/tiny-model';
import { noise } from '../../support/tiny-network';

const AGREE = 0.999;
const network = (name: string) => project('test', 'data', 'gradients', `${name}.onnx`);

/** Enough channels for blocks of 16. */
const CNN = tinyModel({
  inputs: { image: ['N', 3, 16, 20] },
  nodes: [
    ['Conv', 'image first bias', 'a', { pads: { ints: [1, 1, 1, 1] } }],
    ['Relu', 'a', 'a_relu'],
    ['Conv', 'a_relu second bias', 'b', { strides: { ints: [2, 2] } }],
    ['Relu', 'b', 'b_relu'],
    ['GlobalAveragePool', 'b_relu', 'pooled'],
    ['Flatten', 'pooled', 'row'],
    ['Gemm', 'row fc', 'logits'],
  ],
  outputs: ['logits'],
  weights: { first: [16, 3, 3, 3], second: [16, 16, 3, 3], bias: [16], fc: [16, 5] },
});

/** What all of a model's layers hold for one image, as maps. */
async function activations({ info, file }: Opened, data: Float32Array, dims: readonly number[]) {
  const { graph } = file.model;
  const outputs = info.layers.map(({ tensor }) => create(ValueInfoProtoSchema, { name: tensor }));
  const encoded = encodeModel(file.model, { ...graph, output: outputs, valueInfo: [] });
  const options = { device: 'cpu', optimize: 'none', prepack: false } as const;
  const session = await createSession(file.path, encoded, await file.buffers(encoded), options);
  const names = info.layers.map(({ tensor }) => tensor);
  const results = await session.run({ [info.input.name]: { type: 'float32', data, dims } }, names);
  await session.release();
  const maps = (layer: LayerInfo) => mapsOf(Float32Array.from(results[layer.tensor]!.data, Number), layer);
  return new Map(info.layers.map((layer) => [layer.tensor, maps(layer)]));
}

function imageFor({ info }: Opened) {
  const { height, width } = info.preprocessing;
  const dims = [1, info.input.channels, height.value, width.value];
  return { dims, data: Float32Array.from(noise(dims[1]! * dims[2]! * dims[3]!, 3)) };
}

const FREE = METHODS.filter((name) => !methods[name].needs.some((need) => need.endsWith('gradient')) && name !== 'cam');
const OPTIONS: OptionsByMethod = {
  'group-cam': { groups: 4, theta: 20 },
  rise: { masks: 30 },
  occlusion: { patch: 4, stride: 3 },
};

const isBlocked = ({ file }: Opened) => file.model.graph.node.some(({ domain }) => domain === 'com.microsoft.nchwc');
const BLOCKED = { code: 'no-spatial-layer', message: /onnxruntime's optimiser.*Explain the original model/ };

describe('models saved by onnxruntime’s optimiser', () => {
  const folder = testFolder();
  const service = createService();

  /** The same model plain and saved; undefined in its place if the saved one is refused. */
  async function openBoth(model: string, level: Level) {
    const plain = await openModel({ path: model });
    const saved = await saveOptimised(model, level, folder.at('saved.onnx'));
    return { plain, saved: await openModel({ path: saved }) };
  }

  for (const name of ['vit', 'convnext', 'maxvit', 'resnet', 'efficientnet'])
    for (const level of name === 'maxvit' ? (['all'] as const) : LEVELS)
      it(`${name}, ${level}: each layer holds what the plain model's holds`, async () => {
        const { plain, saved } = await openBoth(network(name), level);
        const { data, dims } = imageFor(plain);
        const [own, theirs] = [await activations(plain, data, dims), await activations(saved, data, dims)];
        const common = [...theirs].filter(([tensor]) => own.has(tensor));
        // The optimiser names a few anew.
        assert.ok(common.length >= 6 && common.length >= theirs.size - 2, `${common.length} of ${theirs.size}`);
        for (const [tensor, maps] of common) {
          const agreement = correlation(own.get(tensor)!, maps);
          assert.ok(agreement >= AGREE, `${tensor}: ${agreement}`);
        }
        assert.ok(own.has(saved.info.layer.value));
        assert.equal(
          saved.info.assumptions.some((text) => text.includes('blocked memory')),
          isBlocked(saved),
        );
      });

  for (const name of ['vit', 'resnet'])
    for (const level of LEVELS)
      it(`${name}, ${level}: maps of the methods without gradients are those of the plain model`, async () => {
        const { plain, saved } = await openBoth(network(name), level);
        await compareMaps(plain, saved, ['group-cam', ...FREE]);
      });

  it('a network with a free batch, extended: the same', async () => {
    const { plain, saved } = await openBoth(folder.write('plain.onnx', CNN), 'extended');
    assert.equal(saved.info.layer.value, 'b_relu');
    await compareMaps(plain, saved, ['group-cam', ...FREE]);
  });

  it('basic: gradients are those of the plain model too', async () => {
    for (const model of [network('vit'), folder.write('plain.onnx', CNN)]) {
      const { plain, saved } = await openBoth(model, 'basic');
      await compareMaps(plain, saved, ['group-cam', 'grad-cam', 'gradient']);
    }
  });

  it('quantised, all: layers with channels last are read as such', async () => {
    const proto = fromBinary(ModelProtoSchema, readFileSync(network('quantised')));
    for (const { type } of [...proto.graph!.input, ...proto.graph!.output])
      if (type?.value.case === 'tensorType') type.value.value.shape!.dim[0]!.value = { case: 'dimValue', value: 1n };
    const { plain, saved } = await openBoth(folder.write('plain.onnx', toBinary(ModelProtoSchema, proto)), 'all');
    const found = saved.info.layers.filter(({ operator }) => operator === 'com.microsoft:QLinearConv');
    const arrangements = found.map(({ arrangement }) => arrangement);
    assert.deepEqual(arrangements, ['NHWC', 'NHWC']);
    assert.equal(saved.info.layer.value, found[1]!.tensor);
    // Features that are put back are rounded to the layer's integers, and its twin's are not.
    const kept = FREE.filter((name) => !methods[name].needs.includes('features'));
    for (const [i, twin] of ['/DequantizeLinear_2_output_0', '/DequantizeLinear_4_output_0'].entries())
      await compareMaps(plain, saved, ['group-cam', ...kept], [twin, found[i]!.tensor]);
  });

  it('gradients of fused operators are those of the plain model', async () => {
    const { plain, saved } = await openBoth(folder.write('plain.onnx', CNN), 'extended');
    assert.deepEqual(saved.info.unsupported, []);
    await compareMaps(plain, saved, ['grad-cam', 'group-cam'], ['a_relu', 'a_relu']);
  });

  it('a network whose maps all lie in blocked memory is refused in one line', async () => {
    const { saved } = await openBoth(folder.write('plain.onnx', CNN), 'extended');
    const file = await saveOptimised(saved.info.path, 'all', folder.at('blocked.onnx'));
    await assert.rejects(openModel({ path: file }), BLOCKED);
  });

  it('a layer that lies in blocked memory is not replaced in silence by one that does not', async () => {
    const model = tinyModel({
      inputs: { image: [1, 3, 16, 20] },
      nodes: [
        ['Conv', 'image first bias', 'a'],
        ['InstanceNormalization', 'a scale bias', 'early'],
        ['Conv', 'early second bias', 'b'],
        ['Relu', 'b', 'late'],
        ['GlobalAveragePool', 'late', 'pooled'],
        ['Flatten', 'pooled', 'row'],
        ['Gemm', 'row fc', 'logits'],
      ],
      outputs: ['logits'],
      weights: { first: [16, 3, 3, 3], second: [16, 16, 3, 3], bias: [16], scale: [16], fc: [16, 5] },
    });
    const { plain, saved } = await openBoth(folder.write('plain.onnx', model), 'all');
    assert.equal(plain.info.layer.value, 'late');
    assert.deepEqual(saved.info.layer, { value: 'early', origin: 'assumed' });
    const asked = { image: { tensor: tensorOf(saved) }, model: { path: saved.info.path } } as const;
    const message = /the layer to explain is in blocked memory.* choose another layer, such as early/;
    await assert.rejects(explainWith(service, { ...asked, method: 'eigen-cam' }), {
      code: 'no-spatial-layer',
      message,
    });
    // It can be followed, and methods that look at no layer are as ever.
    await compareMaps(plain, saved, ['eigen-cam', 'rise', 'occlusion'], ['early', 'early']);
    await explainWith(service, { ...asked, method: 'occlusion', options: OPTIONS.occlusion! });
  });

  it('the optimised model of the cases is refused, and explained as the plain one at level extended', async function () {
    const model = shared('cases', 'nchwc', 'plain.onnx');
    needs(this, model, 'its layers lie in blocked memory');
    await assert.rejects(openModel({ path: shared('cases', 'nchwc', 'optimised.onnx') }), BLOCKED);
    const { plain, saved } = await openBoth(model, 'extended');
    await compareMaps(plain, saved, ['group-cam', 'eigen-cam', 'score-cam', 'rise']);
  });

  const tensorOf = (opened: Opened) => {
    const { data, dims } = imageFor(opened);
    return folder.write('input.npy', npyBytes({ shape: dims, data }));
  };

  /** @param layers of the plain model and of the saved one: if none are given, both the saved model's own */
  async function compareMaps(
    plain: Opened,
    saved: Opened,
    names: readonly MethodName[],
    layers: readonly [string, string] = [saved.info.layer.value, saved.info.layer.value],
  ): Promise<void> {
    const image = { tensor: tensorOf(plain) };
    for (const method of names) {
      const gradientFree = method === 'group-cam' && saved.info.unsupported.length > 0;
      const options = { ...OPTIONS[method], ...(gradientFree && { variant: 'gradient-free' }) };
      const choice = { image, method, options, target: { index: 1 } as const };
      const explain = async ({ info: { path } }: Opened, layer: string) =>
        saliencyOf((await explainWith(service, { ...choice, model: { path, layer } })).explanation.frame);
      const [expected, found] = [await explain(plain, layers[0]), await explain(saved, layers[1])];
      assert.equal(found.zero, expected.zero, method);
      if (expected.zero) continue;
      const agreement = correlation(expected.map, found.map);
      assert.ok(agreement >= AGREE, `${method}: ${agreement}`);
    }
  }
});
