/** Graphs in 8 bits, against convolutions of integers in plain loops and the same graphs in plain onnxruntime. */
import assert from 'node:assert/strict';
import { parseModel } from '../../../src/core/onnx/model';
import { DataType, makeTensor } from '../../../src/core/onnx/tensors';
import { encodeModel } from '../../../src/core/onnx/weights';
import { gridTensors, withConstants } from '../../../src/core/quantise/constants';
import type { Range, Ranges } from '../../../src/core/quantise/grids';
import { type Plan, quantise } from '../../../src/core/quantise/plan';
import { RANGES, rangedTensors, rangesIn, withRanges } from '../../../src/core/quantise/ranges';
import { plainRun } from '../../support/plain';
import { factsOf, parseTiny, type TinyModel, tinyModel } from '../../support/tiny-model';
import { noise } from '../../support/tiny-network';

const DIMS = [1, 3, 8, 8];
const IMAGE = Float32Array.from(noise(3 * 64, 5));

/** Every form that computes on integers, a Sigmoid that does not, and a linear head. */
const NETWORK: TinyModel = {
  nodes: [
    ['Conv', 'image stem bias', 'a', { pads: { ints: [1, 1, 1, 1] } }],
    ['Clip', 'a zero six', 'b'],
    ['MaxPool', 'b', 'c', { kernel_shape: { ints: [2, 2] }, strides: { ints: [2, 2] } }],
    ['Conv', 'c depth', 'd', { pads: { ints: [1, 1, 1, 1] }, group: { int: 4 } }],
    ['Add', 'c d', 'e'],
    ['Relu', 'e', 'f'],
    ['Concat', 'f d', 'g', { axis: { int: 1 } }],
    ['Pad', 'g pads', 'h'],
    ['Conv', 'h point', 'i'],
    ['Sigmoid', 'i', 'j'],
    ['Mul', 'i j', 'k'],
    ['Conv', 'k last', 'l'],
    ['GlobalAveragePool', 'l', 'm'],
    ['Flatten', 'm', 'n'],
    ['MatMul', 'n fc', 'y'],
  ],
  outputs: ['y'],
  weights: { stem: [4, 3, 3, 3], depth: [4, 1, 3, 3], point: [6, 8, 1, 1], last: [4, 6, 1, 1], fc: [4, 2] },
  initializers: [
    makeTensor('bias', DataType.FLOAT, [4], [0.1, -0.2, 0.3, 0]),
    makeTensor('zero', DataType.FLOAT, [], [0]),
    makeTensor('six', DataType.FLOAT, [], [6]),
    makeTensor('pads', DataType.INT64, [8], [0, 0, 1, 1, 0, 0, 0, 0]),
  ],
};

async function planOf(network: TinyModel): Promise<Plan | string> {
  const model = parseTiny(network);
  return quantise(model, await factsOf(model), network.outputs);
}

async function rangesOf(network: TinyModel, plan: Plan): Promise<Ranges> {
  const model = parseTiny(network);
  const tensors = rangedTensors(plan);
  const { bytes } = encodeModel({ ...model, bytes: new Uint8Array() }, withRanges(model.graph, model.opset, tensors));
  return rangesIn(tensors, await plainRun(bytes, IMAGE, DIMS, RANGES));
}

function encoded({ model, ...open }: Plan, ranges: Ranges): Uint8Array {
  return withConstants(encodeModel({ ...model, bytes: new Uint8Array() }, model.graph), gridTensors(open, ranges))
    .bytes;
}

const operators = ({ model }: Plan) => model.graph.node.map(({ opType }) => opType);

describe('a graph in 8 bits', () => {
  it('computes a convolution as Jacob et al. write it', async () => {
    const network: TinyModel = {
      nodes: [
        ['Conv', 'image stem bias', 'a'],
        ['Clip', 'a zero six', 'y'],
      ],
      outputs: ['y'],
      weights: { stem: [4, 3, 3, 3] },
      initializers: NETWORK.initializers!,
    };
    const plan = (await planOf(network)) as Plan;
    assert.deepEqual(operators(plan), ['QuantizeLinear', 'QLinearConv', 'DequantizeLinear']);
    const ranges: Ranges = new Map<string, Range>([
      ['image', [-1, 1]],
      ['y', [-3, 2]],
    ]);
    const actual = await plainRun(encoded(plan, ranges), IMAGE, DIMS, 'y');
    // Real numbers x = scale (integer - zero): the image from -1 to 1, y from 0 (the Clip's) to 2, weights up to 0.5.
    const [x, y] = [2 / 255, 2 / 255];
    const zero = Math.round(1 / x);
    const image = Array.from(IMAGE, (value) => Math.min(Math.max(Math.round(value / x) + zero, 0), 255));
    const weight = (i: number) => (i % 11) / 10 - 0.5;
    const steps = (m: number) => Math.max(...Array.from({ length: 27 }, (_, i) => Math.abs(weight(27 * m + i)))) / 127;
    const bias = [0.1, -0.2, 0.3, 0];
    for (let m = 0; m < 4; m++) {
      for (let at = 0; at < 36; at++) {
        const [row, column] = [Math.floor(at / 6), at % 6];
        let sum = Math.round(bias[m]! / (x * steps(m)));
        for (let i = 0; i < 27; i++) {
          const [c, r, k] = [Math.floor(i / 9), Math.floor(i / 3) % 3, i % 3];
          const integer = image[64 * c + 8 * (row + r) + column + k]! - zero;
          sum += integer * Math.round(weight(27 * m + i) / steps(m));
        }
        const expected = Math.min(Math.max(Math.round((sum * x * steps(m)) / y), 0), 255) * y;
        // Weights half between two integers may be rounded to either.
        assert.ok(
          Math.abs(actual[36 * m + at]! - expected) <= y * 1.01,
          `${m} ${at}: ${actual[36 * m + at]}, ${expected}`,
        );
      }
    }
  });

  it('has integers from convolution to convolution, and real numbers elsewhere', async () => {
    const plan = (await planOf(NETWORK)) as Plan;
    const expected = [
      ...['QuantizeLinear', 'QLinearConv', 'MaxPool', 'QLinearConv', 'QLinearAdd', 'QLinearConcat', 'Pad'],
      ...['QLinearConv', 'DequantizeLinear', 'Sigmoid', 'Mul', 'QuantizeLinear', 'QLinearConv', 'DequantizeLinear'],
      ...['GlobalAveragePool', 'Flatten', 'MatMul'],
    ];
    assert.deepEqual(operators(plan), expected);
    const bounds = new Map(plan.grids.map(({ tensor, bounds }) => [tensor, bounds]));
    assert.deepEqual(bounds.get('b'), [0, 6]);
    assert.deepEqual(bounds.get('f'), [0, Number.POSITIVE_INFINITY]);
  });

  for (const level of ['disabled', 'all'] as const)
    it(`gives nearly what the graph in floats gives, optimised: ${level}`, async () => {
      const plan = (await planOf(NETWORK)) as Plan;
      const ranges = await rangesOf(NETWORK, plan);
      const [real, small] = [
        await plainRun(tinyModel(NETWORK), IMAGE, DIMS),
        await plainRun(encoded(plan, ranges), IMAGE, DIMS, 'y', level),
      ];
      const most = Math.max(...real.map(Math.abs));
      real.forEach((value, i) => {
        assert.ok(Math.abs(value - small[i]!) <= 0.03 * most, `${small[i]} instead of ${value}`);
      });
      assert.notDeepEqual([...small], [...real]);
    });

  it('finds ranges as they are', async () => {
    const plan = (await planOf(NETWORK)) as Plan;
    const ranges = await rangesOf(NETWORK, plan);
    const model = parseModel(tinyModel({ ...NETWORK, outputs: ['f'] }), 'tiny.onnx');
    const { bytes } = encodeModel({ ...model, bytes: new Uint8Array() }, model.graph);
    const values = await plainRun(bytes, IMAGE, DIMS, 'f');
    assert.deepEqual(ranges.get('f'), [Math.min(...values), Math.max(...values)]);
    assert.deepEqual(ranges.get('image'), [Math.min(...IMAGE), Math.max(...IMAGE)]);
  });

  for (const [why, network] of [
    ['it has no convolution', { nodes: [['Relu', 'image', 'y']], outputs: ['y'] }],
    [
      'none of its convolutions has stored weights in float32',
      {
        nodes: [
          ['Neg', 'stem', 'computed'],
          ['Conv', 'image computed', 'y'],
        ],
        outputs: ['y'],
        weights: { stem: [4, 3, 3, 3] },
      },
    ],
    [
      'its operator set 9 has no operators on integers',
      { nodes: [['Conv', 'image stem', 'y']], outputs: ['y'], weights: { stem: [4, 3, 3, 3] }, opset: 9 },
    ],
  ] as const satisfies readonly (readonly [string, TinyModel])[])
    it(`can't be made where ${why}`, async () => {
      assert.equal(await planOf(network), why);
    });
});
