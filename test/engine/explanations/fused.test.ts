/** A transformer in the operators that onnxruntime's tools fuse it to, against the same in ONNX's own. */
import { strict as assert } from 'node:assert';
import type { OptionsByMethod } from '../../../src/core/methods/method-options';
import type { MethodName } from '../../../src/core/methods/names';
import { DataType, makeTensor } from '../../../src/core/onnx/tensors';
import { saliencyOf } from '../../../src/core/saliency';
import { openModel } from '../../../src/engine/model/inspect';
import { createService } from '../../../src/engine/service';
import { npyBytes } from '../../../src/files/npy';
import { explainWith } from '../../support/explain';
import { testFolder } from '../../support/folder';
import { correlation } from '../../support/maps';
import { type TinyNode, tinyModel } from '../../support/tiny-model';
import { noise } from '../../support/tiny-network';

const D = 8;
const ints = (...values: number[]) => ({ ints: values });
const int = (value: number) => ({ int: value });

/** 12 x 16 pixels to 6 x 8 patches of 8 channels behind a class token, [N, 49, 8]. */
const TOKENS: readonly TinyNode[] = [
  ['Conv', 'image stem', 'map', { strides: ints(2, 2) }],
  ['Reshape', 'map columns', 'flat'],
  ['Transpose', 'flat', 'patches', { perm: ints(0, 2, 1) }],
  ['Concat', 'token patches', 'joined', { axis: int(1) }],
  ['Add', 'joined places', 'x0'],
];
const HEAD: readonly TinyNode[] = [
  ['Gather', 'normed zero', 'row', { axis: int(1) }],
  ['Gemm', 'row fc', 'logits'],
];

/** Tokens x to tokens y, of which x_norm and y_norm are normalised. */
const plainBlock = (x: string, y: string): TinyNode[] => [
  ['LayerNormalization', `${x} gamma beta`, `${x}_norm`],
  ['MatMul', `${x}_norm qkv`, `${y}_product`],
  ['Add', `${y}_product qkv_bias`, `${y}_qkv`],
  ['Split', `${y}_qkv`, `${y}_q ${y}_k ${y}_v`, { axis: int(-1) }],
  ['Transpose', `${y}_k`, `${y}_keys`, { perm: ints(0, 2, 1) }],
  ['MatMul', `${y}_q ${y}_keys`, `${y}_scores`],
  ['Mul', `${y}_scores scale`, `${y}_scaled`],
  ['Softmax', `${y}_scaled`, `${y}_weights`],
  ['MatMul', `${y}_weights ${y}_v`, `${y}_mixed`],
  ['MatMul', `${y}_mixed out`, `${y}_projected`],
  ['Add', `${y}_projected out_bias`, `${y}_attended`],
  ['Add', `${x} ${y}_attended`, `${y}_sum`],
  ['LayerNormalization', `${y}_sum gamma beta`, `${y}_norm2`],
  ['MatMul', `${y}_norm2 up`, `${y}_up`],
  ['Add', `${y}_up up_bias`, `${y}_wide`],
  ['Div', `${y}_wide root`, `${y}_divided`],
  ['Erf', `${y}_divided`, `${y}_erf`],
  ['Add', `${y}_erf one`, `${y}_shifted`],
  ['Mul', `${y}_wide ${y}_shifted`, `${y}_doubled`],
  ['Mul', `${y}_doubled half`, `${y}_gelu`],
  ['MatMul', `${y}_gelu down`, `${y}_mlp`],
  ['Add', `${y}_sum ${y}_mlp`, y],
];
const PLAIN: readonly TinyNode[] = [
  ...TOKENS,
  ...plainBlock('x0', 'x1'),
  ...plainBlock('x1', 'x2'),
  ['LayerNormalization', 'x2 gamma beta', 'normed'],
  ...HEAD,
];

const fusedBlock = (x: string, y: string, norm: string): TinyNode[] => [
  ['com.microsoft:Attention', `${x}_norm qkv qkv_bias`, `${y}_mixed`, { num_heads: int(1) }],
  ['MatMul', `${y}_mixed out`, `${y}_projected`],
  ['com.microsoft:SkipLayerNormalization', `${x} ${y}_projected gamma beta out_bias`, `${y}_norm2   ${y}_sum`],
  ['MatMul', `${y}_norm2 up`, `${y}_up`],
  ['com.microsoft:BiasGelu', `${y}_up up_bias`, `${y}_gelu`],
  ['com.microsoft:FusedMatMul', `${y}_gelu down`, `${y}_mlp`],
  ['com.microsoft:SkipLayerNormalization', `${y}_sum ${y}_mlp gamma beta`, `${norm}   ${y}`],
];
const FUSED: readonly TinyNode[] = [
  ...TOKENS,
  ['LayerNormalization', 'x0 gamma beta', 'x0_norm'],
  ...fusedBlock('x0', 'x1', 'x1_norm'),
  ...fusedBlock('x1', 'x2', 'normed'),
  ...HEAD,
];

function transformer(nodes: readonly TinyNode[]): Uint8Array {
  const drawn = Object.entries({
    stem: [D, 3, 2, 2],
    token: [1, 1, D],
    places: [1, 49, D],
    qkv: [D, 3 * D],
    qkv_bias: [3 * D],
    out: [D, D],
    out_bias: [D],
    up: [D, 2 * D],
    up_bias: [2 * D],
    down: [2 * D, D],
    beta: [D],
    fc: [D, 5],
  }).map(([name, dims], i) => {
    const size = dims.reduce((product, dim) => product * dim, 1);
    return makeTensor(name, DataType.FLOAT, dims, noise(size, i + 20));
  });
  const number = (name: string, value: number) => makeTensor(name, DataType.FLOAT, [], [value]);
  return tinyModel({
    inputs: { image: [1, 3, 12, 16] },
    nodes,
    outputs: ['logits'],
    initializers: [
      ...drawn,
      makeTensor('gamma', DataType.FLOAT, [D], new Array(D).fill(1)),
      makeTensor('columns', DataType.INT64, [3], [1, D, 48]),
      makeTensor('zero', DataType.INT64, [], [0]),
      number('scale', 1 / Math.sqrt(D)),
      number('root', Math.SQRT2),
      number('one', 1),
      number('half', 0.5),
    ],
  });
}

describe('a transformer of onnxruntime’s fused operators', () => {
  const folder = testFolder();
  const service = createService();
  const write = (name: string, nodes: readonly TinyNode[]) => folder.write(name, transformer(nodes));

  it('has the layers of its twin, and the same default', async () => {
    const [plain, fused] = [
      await openModel({ path: write('plain.onnx', PLAIN) }),
      await openModel({ path: write('fused.onnx', FUSED) }),
    ];
    assert.equal(plain.info.layer.value, 'x1_norm');
    assert.equal(fused.info.layer.value, 'x1_norm');
    const [of, own] = [plain, fused].map(({ info }) => new Map(info.layers.map((layer) => [layer.tensor, layer])));
    assert.ok(own!.size >= 8, `${[...own!.keys()]}`);
    for (const [tensor, { operator: _, cut: __, ...layer }] of own!) {
      const { operator: ___, cut: ____, ...twin } = of!.get(tensor)!;
      assert.deepEqual(layer, twin, tensor);
    }
    assert.deepEqual(fused.info.unsupported, []);
  });

  const OPTIONS: OptionsByMethod = {
    'group-cam': { groups: 4 },
    'integrated-gradients': { steps: 10 },
    occlusion: { patch: 30, stride: 20 },
  };
  const methods: readonly MethodName[] = [
    'group-cam',
    'grad-cam',
    'hires-cam',
    'gradient',
    'integrated-gradients',
    'eigen-cam',
    'score-cam',
    'ablation-cam',
    'recipro-cam',
    'occlusion',
  ];
  for (const method of methods)
    it(`${method} gives the map of its twin`, async () => {
      const data = Float32Array.from(noise(3 * 12 * 16, 3));
      const image = { tensor: folder.write('input.npy', npyBytes({ shape: [1, 3, 12, 16], data })) };
      const choice = { image, method, options: OPTIONS[method] ?? {}, target: { index: 1 } } as const;
      const mapOf = async (path: string) => {
        const asked = { ...choice, model: { path } } as const;
        return saliencyOf((await explainWith(service, asked)).explanation.frame);
      };
      const [plain, fused] = [await mapOf(write('plain.onnx', PLAIN)), await mapOf(write('fused.onnx', FUSED))];
      assert.ok(!plain.zero && !fused.zero);
      const agreement = correlation(plain.map, fused.map);
      assert.ok(agreement >= 0.999, `${agreement}`);
    });
});
