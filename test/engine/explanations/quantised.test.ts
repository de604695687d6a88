/** A network whose numbers are 8-bit integers, in both of ONNX's forms, against the same network in floats. */
import { strict as assert } from 'node:assert';
import { readFileSync } from 'node:fs';
import { methods } from '../../../src/core/methods/method-table';
import { METHODS, type MethodName } from '../../../src/core/methods/names';
import { DataType, makeTensor } from '../../../src/core/onnx/tensors';
import { saliencyOf } from '../../../src/core/saliency';
import { gradient } from '../../../src/engine/explanations/gradient';
import { openModel } from '../../../src/engine/model/inspect';
import { encodePng } from '../../../src/engine/pictures/image';
import { prepareInput } from '../../../src/engine/pictures/prepare';
import { createService } from '../../../src/engine/service';
import { explainWith } from '../../support/explain';
import { classes, engineMap, exportWith, float, runFile } from '../../support/exported';
import { testFolder } from '../../support/folder';
import { correlation } from '../../support/maps';
import { plainRun } from '../../support/plain';
import { largestDifference } from '../../support/reference';
import { relativeErrors } from '../../support/runtime';
import { sweepWith } from '../../support/sweep';
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
/** The same with the ends of the layer's range, between which uint8 has a number for each value. */
const CLIPPED: readonly TinyNode[] = FLOAT.map((node) =>
  node[0] === 'Relu' ? ['Clip', 'map low high', node[2]] : node,
);
const floats = (values: readonly number[], scale: number) => values.map((value) => value * Math.fround(scale));

const FREE = METHODS.filter((name) => !methods[name].needs.some((need) => need.endsWith('gradient')) && name !== 'cam');

describe('quantised models', () => {
  const folder = testFolder();
  const service = createService();
  const write = (nodes: readonly TinyNode[], step = SCALES.logits) =>
    folder.write(
      'model.onnx',
      tinyModel({
        inputs: { image: ['N', depth, height, width] },
        nodes,
        outputs: ['logits'],
        initializers: [
          ...initializers.filter(({ name }) => name !== 'logits/scale'),
          makeTensor('logits/scale', DataType.FLOAT, [], [step]),
          makeTensor('low', DataType.FLOAT, [], [-0.5 * SCALES.layer]),
          makeTensor('high', DataType.FLOAT, [], [255.5 * SCALES.layer]),
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

  it('QLinear: beyond the ends of a range there is no gradient, as beyond those of a Clip', async () => {
    const of = async (nodes: readonly TinyNode[]) =>
      (await gradient({ model: { path: write(nodes) }, image: { tensor: tensor() }, target: { index: 1 } })).data;
    const own = await of(QLINEAR);
    const clipped = relativeErrors(own, await of(CLIPPED)).largest;
    assert.ok(clipped <= 1e-5, `${clipped}`);
    const open = relativeErrors(own, await of(FLOAT)).largest;
    assert.ok(open > 0.01, `no value is beyond the upper end: ${open}`);
  });

  for (const [name, nodes] of Object.entries({ QDQ, QLINEAR }))
    it(`${name}: exported, the map is the engine's`, async () => {
      const model = { path: write(nodes) };
      const output = folder.at('explained.onnx');
      const made = await exportWith(service, { model, output, class: 'input' });
      assert.equal(made.options['variant'], 'paper');
      const target = { index: 1 };
      const { map } = await engineMap(service, { model, image: { tensor: tensor() }, target });
      const fed = float(Float32Array.from(image), [1, depth, height, width]);
      const { saliency } = await runFile(output, { image: fed, class: classes(1) });
      const error = largestDifference(saliency!.data as Float32Array, map);
      assert.ok(error <= 1e-4, `${error}`);
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

  describe('a logit beyond the ends of its integers', () => {
    /** The image's logits in floats, and the model whose integers hold those of all classes but the strongest. */
    async function narrow(nodes: readonly TinyNode[], data: Float32Array) {
      const logits = await plainRun(write(FLOAT), data, [1, depth, height, width]);
      const [strongest, second] = [...logits.keys()].toSorted((a, b) => Math.abs(logits[b]!) - Math.abs(logits[a]!));
      const most = (Math.abs(logits[strongest!]!) + Math.abs(logits[second!]!)) / 2;
      const path = folder.write('narrow.onnx', readFileSync(write(nodes, most / 128)));
      return { path, strongest: strongest!, second: second!, sign: Math.sign(logits[strongest!]!), most };
    }
    const of = (path: string, index: number, method: MethodName) =>
      explainWith(service, { image: { tensor: tensor() }, model: { path }, target: { index }, method });

    for (const [name, nodes] of Object.entries({ QDQ, QLINEAR }))
      it(`${name}: is told under the blank map, and what to do`, async () => {
        const data = Float32Array.from(image);
        const { path, strongest, second, sign, most } = await narrow(nodes, data);
        const plain = await plainRun(path, data, [1, depth, height, width]);
        // The ends are -128 and 127 steps.
        const end = ((sign > 0 ? 127 : -128) * most) / 128;
        assert.ok(Math.abs(plain[strongest]! - end) < 1e-6, 'onnxruntime clips it');
        const said = new RegExp(
          `logit is saturated: at (-?[\\d.]+), the ${sign > 0 ? 'highest' : 'lowest'} value .* another class, .* RISE, .* in floats`,
        );
        for (const method of ['grad-cam', 'group-cam', 'gradient', 'layer-cam'] as const) {
          const { saliency } = (await of(path, strongest, method)).explanation;
          assert.ok(saliency.zero, method);
          assert.ok(Math.abs(Number(said.exec(saliency.reason!)?.[1]) - end) < 1e-3 * most, saliency.reason);
          const other = (await of(path, second, method)).explanation.saliency;
          assert.doesNotMatch(`${other.reason} ${other.note}`, /saturated/, method);
        }
        assert.ok(!(await of(path, second, 'gradient')).explanation.saliency.zero);
        const without = (await of(path, strongest, 'eigen-cam')).explanation.saliency;
        assert.ok(!without.zero, without.reason);
      });

    it('is told of the images of a dataset, too', async () => {
      // Values within [-1, 1], which the integers of the input can hold.
      for (const name of ['model', 'narrow'])
        folder.write(`${name}.explain.json`, { input: { mean: [0.5, 0.5, 0.5], std: [0.5, 0.5, 0.5] } });
      const pixels = Uint8Array.from(noise(depth * height * width, 8), (value) => 128 + 127 * value);
      const picture = folder.write('picture.png', await encodePng({ data: pixels, width, height }, 3));
      const { tensor: data } = await prepareInput({ path: picture }, (await openModel({ path: write(QDQ) })).info);
      const { path, strongest, second } = await narrow(QDQ, data);
      const images = [strongest, second].map((index, id) => ({ id, path: picture, truth: [], class: index }));
      const { swept } = await sweepWith(service, { model: { path }, images });
      assert.match(swept[0]!.blank!, /logit is saturated/);
      assert.doesNotMatch(swept[1]!.blank ?? '', /saturated/);
    });
  });
});
