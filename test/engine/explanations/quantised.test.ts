/** A network whose numbers are 8-bit integers, in both of ONNX's forms, against the same network in floats. */
import { strict as assert } from 'node:assert';
import { methods } from '../../../src/core/methods/method-table';
import { METHODS } from '../../../src/core/methods/names';
import { DataType, makeTensor } from '../../../src/core/onnx/tensors';
import { saliencyOf } from '../../../src/core/saliency';
import { gradient } from '../../../src/engine/explanations/gradient';
import { openModel } from '../../../src/engine/model/inspect';
import { createService } from '../../../src/engine/service';
import { explainWith } from '../../support/explain';
import { testFolder } from '../../support/folder';
import { correlation } from '../../support/maps';
import { relativeErrors } from '../../support/runtime';
import { type TinyNode, tinyModel } from '../../support/tiny-model';
import { IMAGE, noise, tensorFile } from '../../support/tiny-network';

const { depth, height, width } = IMAGE;
const [CHANNELS, CLASSES] = [6, 3];
/** Of the layer: half the image's rows and columns. */
const AREA = (height / 2) * (width / 2);
const SCALES = { image: 0.008, conv: 0.004, layer: 0.02, linear: 0.0005, logits: 0.02 };

const bytes = (length: number, seed: number) => noise(length, seed).map((value) => Math.round(value * 100));
const CONV = bytes(CHANNELS * depth * 9, 3);
const LINEAR = bytes(CHANNELS * AREA * CLASSES, 4);

const scalars = Object.entries(SCALES).map(([name, value]) => makeTensor(`${name}/scale`, DataType.FLOAT, [], [value]));
const initializers = [
  ...scalars,
  makeTensor('u128', DataType.UINT8, [], [128]),
  makeTensor('u0', DataType.UINT8, [], [0]),
  makeTensor('s0', DataType.INT8, [], [0]),
  makeTensor('conv/w', DataType.INT8, [CHANNELS, depth, 3, 3], CONV),
  makeTensor('linear/w', DataType.INT8, [CHANNELS * AREA, CLASSES], LINEAR),
];
const GEOMETRY = { strides: { ints: [2, 2] }, pads: { ints: [1, 1, 1, 1] } };
const quantise = (from: string, scale: string, zero: string, to: string): TinyNode => [
  'QuantizeLinear',
  `${from} ${scale}/scale ${zero}`,
  to,
];
const back = (from: string, scale: string, zero: string, to: string): TinyNode => [
  'DequantizeLinear',
  `${from} ${scale}/scale ${zero}`,
  to,
];

const QDQ: readonly TinyNode[] = [
  quantise('image', 'image', 'u128', 'image/q'),
  back('image/q', 'image', 'u128', 'image/r'),
  back('conv/w', 'conv', 's0', 'conv/r'),
  ['Conv', 'image/r conv/r', 'map', GEOMETRY],
  ['Relu', 'map', 'layer'],
  quantise('layer', 'layer', 'u0', 'layer/q'),
  back('layer/q', 'layer', 'u0', 'layer/r'),
  back('linear/w', 'linear', 's0', 'linear/r'),
  ['Flatten', 'layer/r', 'flat'],
  ['MatMul', 'flat linear/r', 'sums'],
  quantise('sums', 'logits', 'u128', 'sums/q'),
  back('sums/q', 'logits', 'u128', 'logits'),
];

const QLINEAR: readonly TinyNode[] = [
  quantise('image', 'image', 'u128', 'image/q'),
  ['QLinearConv', 'image/q image/scale u128 conv/w conv/scale s0 layer/scale u0', 'layer', GEOMETRY],
  ['Flatten', 'layer', 'flat'],
  ['QLinearMatMul', 'flat layer/scale u0 linear/w linear/scale s0 logits/scale u128', 'sums'],
  back('sums', 'logits', 'u128', 'logits'),
];

/** The weights as the integers say, and nothing rounded. */
const FLOAT: readonly TinyNode[] = [
  ['Conv', 'image conv/f', 'map', GEOMETRY],
  ['Relu', 'map', 'layer'],
  ['Flatten', 'layer', 'flat'],
  ['MatMul', 'flat linear/f', 'logits'],
];
const floats = (values: readonly number[], scale: number) => values.map((value) => value * Math.fround(scale));

const FREE = METHODS.filter((name) => !methods[name].needs.some((need) => need.endsWith('gradient')) && name !== 'cam');

describe('quantised models', () => {
  const folder = testFolder();
  const service = createService();
  const write = (nodes: readonly TinyNode[]) =>
    folder.write(
      'model.onnx',
      tinyModel({
        inputs: { image: ['N', depth, height, width] },
        nodes,
        outputs: ['logits'],
        initializers: [
          ...initializers,
          makeTensor('conv/f', DataType.FLOAT, [CHANNELS, depth, 3, 3], floats(CONV, SCALES.conv)),
          makeTensor('linear/f', DataType.FLOAT, [CHANNELS * AREA, CLASSES], floats(LINEAR, SCALES.linear)),
        ],
      }),
    );
  /** On the grid of the quantised image, so that no ReLU sees another number in floats. */
  const image = IMAGE.data.map((value) => Math.fround(Math.round(value / SCALES.image) * Math.fround(SCALES.image)));
  const tensor = () => folder.write('input.npy', tensorFile({ ...IMAGE, data: image }));
  const explain = (nodes: readonly TinyNode[], more: object = {}) =>
    explainWith(service, { image: { tensor: tensor() }, model: { path: write(nodes) }, target: { index: 1 }, ...more });

  it('QuantizeLinear passes the gradient of the float network, and says so', async () => {
    const of = async (nodes: readonly TinyNode[]) =>
      (await gradient({ model: { path: write(nodes) }, image: { tensor: tensor() }, target: { index: 1 } })).data;
    const { largest } = relativeErrors(await of(QDQ), await of(FLOAT));
    assert.ok(largest <= 1e-5, `${largest}`);
    const { info } = await openModel({ path: write(QDQ) });
    assert.match(info.assumptions.join('; '), /straight-through/);
    assert.deepEqual([info.unsupported, info.output.logits], [[], 'logits']);
    assert.doesNotMatch((await openModel({ path: write(FLOAT) })).info.assumptions.join('; '), /straight-through/);
  });

  for (const method of METHODS.filter((name) => name !== 'cam'))
    it(`QDQ: ${method}`, async () => {
      const { explanation } = await explain(QDQ, { method });
      const { map, zero } = saliencyOf(explanation.frame);
      assert.ok(!zero && map.every(Number.isFinite), explanation.saliency.reason);
    });

  for (const nodes of [QDQ, QLINEAR])
    it(`${nodes[1]![0]}: classes and features are those of the float network, but for rounding`, async () => {
      const method = { method: 'eigen-cam' };
      const [quantised, plain] = [await explain(nodes, method), await explain(FLOAT, method)];
      for (const [c, p] of plain.explanation.probabilities.entries())
        assert.ok(Math.abs(quantised.explanation.probabilities[c]! - p) < 0.05, `${c}`);
      const maps = [quantised, plain].map(({ explanation }) => saliencyOf(explanation.frame).map);
      const agreement = correlation(maps[0]!, maps[1]!);
      assert.ok(agreement >= 0.99, `correlation ${agreement}`);
    });

  for (const method of FREE)
    it(`QLinear: ${method}, on integers`, async () => {
      const { explanation } = await explain(QLINEAR, { method });
      assert.equal(explanation.layer, 'layer');
      assert.ok(!explanation.saliency.zero, explanation.saliency.reason);
    });

  it('QLinear: gradients are those of QDQ, straight through, and close to those of the float network', async () => {
    const of = async (nodes: readonly TinyNode[]) =>
      (await gradient({ model: { path: write(nodes) }, image: { tensor: tensor() }, target: { index: 1 } })).data;
    // The zero point 0 of the layer is its ReLU.
    const twin = QDQ.map((node): TinyNode => (node[0] === 'Relu' ? ['Identity', node[1], node[2]] : node));
    const { largest } = relativeErrors(await of(QLINEAR), await of(twin));
    assert.ok(largest <= 1e-5, `${largest}`);
    const agreement = correlation(await of(QLINEAR), await of(FLOAT));
    assert.ok(agreement >= 0.95, `correlation ${agreement}`);
    const { info } = await openModel({ path: write(QLINEAR) });
    assert.match(info.assumptions.join('; '), /straight-through/);
    assert.deepEqual(info.unsupported, []);
    const { explanation } = await explain(QLINEAR, { method: 'group-cam' });
    assert.equal(explanation.options['variant'], 'paper');
  });
});
