/** Explanations of layers that are no maps [K, u, v] by themselves. */
import { strict as assert } from 'node:assert';
import { readFileSync } from 'node:fs';
import type { MethodChoice } from '../../../src/core/methods/choice';
import { DataType, makeTensor } from '../../../src/core/onnx/tensors';
import { createService } from '../../../src/engine/service';
import { npyBytes } from '../../../src/files/npy';
import type { Explanation } from '../../../src/protocol/explanation';
import { explainWith } from '../../support/explain';
import { testFolder } from '../../support/folder';
import { project } from '../../support/shared';
import { type TinyNode, tinyModel } from '../../support/tiny-model';
import { IMAGE, LAYER, NETWORK, networkModel, noise, tensorFile } from '../../support/tiny-network';

/** Rows and columns of the network's layer. */
const [U, V] = [6, 8];
const { channels, classes } = NETWORK;
const TOKENS = U * V + 1;
const ints = (...values: number[]) => ({ ints: values });

/** The network's convolution; its ReLU is the layer, in another arrangement. */
const CONV: TinyNode = ['Conv', 'image conv', 'map', { strides: ints(2, 2), pads: ints(1, 1, 1, 1) }];

/** From an arrangement in which the layer lies to a row of the channels' means. */
const TWINS: Readonly<Record<string, readonly TinyNode[]>> = {
  'with channels last': [
    ['Transpose', 'map', 'turned', { perm: ints(0, 2, 3, 1) }],
    ['Relu', 'turned', LAYER],
    ['ReduceMean', LAYER, 'row', { axes: ints(1, 2), keepdims: { int: 0 } }],
  ],
  'of tokens': [
    ['Reshape', 'map columns', 'flat'],
    ['Transpose', 'flat', 'turned', { perm: ints(0, 2, 1) }],
    ['Relu', 'turned', LAYER],
    ['ReduceMean', LAYER, 'row', { axes: ints(1), keepdims: { int: 0 } }],
  ],
  // The class token, of zeros, is made the mean of the patches by a matrix over the tokens.
  'of tokens behind a class token': [
    ['Reshape', 'map columns', 'flat'],
    ['Transpose', 'flat', 'turned', { perm: ints(0, 2, 1) }],
    ['Slice', 'turned zero one one', 'any'],
    ['Mul', 'any nothing', 'token'],
    ['Concat', 'token turned', 'joined', { axis: { int: 1 } }],
    ['Relu', 'joined', LAYER],
    ['Transpose', LAYER, 'over_tokens', { perm: ints(0, 2, 1) }],
    ['MatMul', 'over_tokens mixing', 'mixed'],
    ['Transpose', 'mixed', 'normal', { perm: ints(0, 2, 1) }],
    ['Gather', 'normal index', 'row', { axis: { int: 1 } }],
  ],
};

function twin(nodes: readonly TinyNode[]): Uint8Array {
  const mixing = Array.from({ length: TOKENS ** 2 }, (_, i) => (i >= TOKENS && i % TOKENS === 0 ? 1 / (U * V) : 0));
  const int64 = (name: string, dims: readonly number[], ...values: number[]) =>
    makeTensor(name, DataType.INT64, dims, values);
  return tinyModel({
    inputs: { image: ['N', IMAGE.depth, IMAGE.height, IMAGE.width] },
    outputs: ['logits'],
    nodes: [CONV, ...nodes, ['MatMul', 'row linear', 'logits']],
    initializers: [
      makeTensor('conv', DataType.FLOAT, [channels, IMAGE.depth, 3, 3], NETWORK.conv),
      makeTensor('linear', DataType.FLOAT, [channels, classes], NETWORK.linear),
      makeTensor('mixing', DataType.FLOAT, [TOKENS, TOKENS], mixing),
      makeTensor('nothing', DataType.FLOAT, [1], [0]),
      int64('columns', [3], 0, channels, U * V),
      int64('zero', [1], 0),
      int64('one', [1], 1),
      int64('index', [], 0),
    ],
  });
}

describe('explanations of other arrangements', () => {
  const folder = testFolder();

  async function explain(model: Uint8Array, image: Uint8Array, choice: object, layer?: string): Promise<Explanation> {
    const paths = { model: folder.write('model.onnx', model), image: folder.write('input.npy', image) };
    const service = createService();
    const request = {
      model: { path: paths.model, ...(layer && { layer }) },
      image: { tensor: paths.image },
      ...choice,
    };
    return (await explainWith(service, request)).explanation;
  }

  const settings: readonly Pick<MethodChoice, 'method' | 'options'>[] = [
    { method: 'grad-cam', options: {} },
    { method: 'group-cam', options: { groups: 3 } },
    { method: 'group-cam', options: { variant: 'gradient-free', groups: 2 } },
    { method: 'hires-cam', options: {} },
    { method: 'ablation-cam', options: {} },
    { method: 'recipro-cam', options: {} },
  ];
  for (const [what, nodes] of Object.entries(TWINS))
    for (const setting of settings)
      it(`a layer ${what} is explained as its twin of maps is (${setting.method} ${JSON.stringify(setting.options)})`, async () => {
        const choice = { ...setting, target: { index: 1 } as const };
        const image = tensorFile(IMAGE);
        const expected = (await explain(networkModel(), image, choice, LAYER)).frame;
        const { frame, layer } = await explain(twin(nodes), image, choice);
        assert.equal(layer, LAYER, 'the default layer');
        assert.deepEqual([frame.height, frame.width], [U, V]);
        assert.ok(expected.map.some((value) => value !== expected.map[0]));
        for (const [i, value] of expected.map.entries())
          assert.ok(Math.abs(frame.map[i]! - value) <= 1e-5, `${frame.map[i]} for ${value} at ${i}`);
        assert.ok(Math.abs(frame.offset - expected.offset) <= 1e-5);
      });

  for (const name of ['vit', 'swin', 'convnext', 'maxvit'])
    it(`${name}: every map is finite, and one is blank only for a reason`, async () => {
      const data = project('test', 'data', 'gradients');
      const { dims } = JSON.parse(readFileSync(`${data}/${name}.json`, 'utf8'));
      const noisy = npyBytes({ shape: dims, data: Float32Array.from(noise(3 * dims[2] * dims[3], 3)) });
      const request = {
        model: { path: `${data}/${name}.onnx` },
        image: { tensor: folder.write('input.npy', noisy) },
        options: { groups: 4, theta: 20 },
      };
      const service = createService();
      const shown: boolean[] = [];
      for (let index = 0; index < 5; index++) {
        const { explanation } = await explainWith(service, { ...request, target: { index } });
        const { min, max, reason } = explanation.saliency;
        assert.ok(explanation.frame.map.every(Number.isFinite));
        assert.ok(max > min || reason, `class ${index}`);
        shown.push(max > min);
      }
      assert.ok(shown.filter(Boolean).length >= 2, `${shown}`);
    });
});
