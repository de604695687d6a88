import { strict as assert } from 'node:assert';
import { CPU_RULES } from '../../../src/core/gradients/cpu';
import type { RuleTable } from '../../../src/core/gradients/rule';
import { RULES } from '../../../src/core/gradients/rule-table';
import { parseModel } from '../../../src/core/onnx/model';
import { DataType, makeTensor, sizeOf } from '../../../src/core/onnx/tensors';
import { gradientSession, relativeErrors } from '../../support/runtime';
import { inMemory, type TinyModel, type TinyNode, tinyModel } from '../../support/tiny-model';

async function gradientOf(nodes: readonly TinyNode[], input: readonly number[], rules: RuleTable) {
  const model = tinyModel({ inputs: { image: [input.length] }, outputs: ['y'], nodes });
  const file = inMemory(parseModel(model, 'rules'));
  const session = await gradientSession(file, [input.length], ['image'], 'all', DataType.FLOAT, rules);
  const seed = Float32Array.from(input, (_, i) => i - 3.5);
  const image = { type: 'float32', data: Float32Array.from(input), dims: [input.length] };
  const { gradients } = await session.run(image, seed);
  await session.release();
  return Array.from(gradients.get('image')!.data as Float32Array);
}

/** The float32 after and before a value. */
function neighbours(value: number): number[] {
  const bits = new Int32Array(1);
  const float = new Float32Array(bits.buffer);
  return [1, -1].map((direction) => {
    float[0] = value;
    bits[0] = bits[0]! + direction;
    return float[0];
  });
}

const SUM: TinyNode = ['ReduceSum', 'pool', 'sum', { keepdims: { int: 0 } }];
const TOTAL: TinyNode = ['Mul', 'relu sum', 'y'];

/** That the rules for the CPU give what the general ones give; neither is exact, since they order sums differently. */
async function agree(model: Omit<TinyModel, 'outputs'>, dims: readonly number[], values: Float32Array) {
  const tiny = tinyModel({ ...model, inputs: { image: dims }, outputs: ['y'] });
  const [fast, plain] = await Promise.all(
    [CPU_RULES, RULES].map(async (rules: RuleTable) => {
      const file = inMemory(parseModel(tiny, 'rules'));
      const session = await gradientSession(file, dims, ['image'], 'all', DataType.FLOAT, rules);
      const size = sizeOf(session.facts.get('y')!.dims);
      const seed = Float32Array.from({ length: size }, (_, i) => ((i * 5) % 13) - 6.5);
      const { gradients } = await session.run({ type: 'float32', data: values, dims }, seed);
      await session.release();
      return gradients.get('image')!.data as Float32Array;
    }),
  );
  assert.ok(relativeErrors(fast!, plain!).largest < 1e-6);
  assert.ok(plain!.includes(0) && plain!.some((value) => value !== 0));
}

describe('gradient rules for the CPU', () => {
  it('round a global average as the general rule does', async () => {
    const dims = [1, 64, 7, 7];
    const nodes = [['GlobalAveragePool', 'image', 'y']] as const;
    const image = { type: 'float32', data: new Float32Array(sizeOf(dims)), dims };
    const gradients = [CPU_RULES, RULES].map(async (rules: RuleTable) => {
      const file = inMemory(parseModel(tinyModel({ inputs: { image: dims }, outputs: ['y'], nodes }), 'rules'));
      const session = await gradientSession(file, dims, ['image'], 'all', DataType.FLOAT, rules);
      const { gradients } = await session.run(
        image,
        Float32Array.from({ length: 64 }, (_, i) => i / 10),
      );
      await session.release();
      return gradients.get('image')!.data;
    });
    const [fast, plain] = await Promise.all(gradients);
    assert.deepEqual(fast, plain);
  });

  const LEAST = 2 ** -126;
  const around = (bound: number) => (bound === 0 ? [LEAST, -LEAST] : neighbours(bound));

  it('tell the sides of a ReLU apart down to the least normal number', async () => {
    const input = [...around(0), 0, -0, 3e38, -3e38, Infinity];
    assert.deepEqual(
      (await gradientOf([['Relu', 'image', 'y']], input, CPU_RULES)).map(Math.abs),
      [3.5, 0, 0, 0, 0.5, 0, 2.5],
    );
  });

  for (const [min, max] of [
    [0, 6],
    [-1, 1],
    [-0.7, 1e-20],
    [0.1, 3e38],
    [-1e30, 255],
  ] as const) {
    it(`tell the neighbours of the bounds ${min} and ${max} apart`, async () => {
      const bounds = [min, max].map(Math.fround);
      const input = [...bounds, ...bounds.flatMap(around), 2 * bounds[0]!, 3.2e38];
      const nodes = [
        ['Constant', '', 'min', { value_float: { float: min } }],
        ['Constant', '', 'max', { value_float: { float: max } }],
        ['Clip', 'image min max', 'y'],
      ] as const;
      const [fast, plain] = [await gradientOf(nodes, input, CPU_RULES), await gradientOf(nodes, input, RULES)];
      assert.deepEqual(fast.map(Math.abs), plain.map(Math.abs));
      assert.ok(fast.some((value) => value === 0) && fast.some((value) => value !== 0));
    });
  }

  const plane = [1, 2, 8, 8];
  // With ties, zeros and planes without a positive number.
  const values = Float32Array.from({ length: sizeOf(plane) }, (_, i) => ((i * 7) % 11) - 5 - (i % 64 < 16 ? 9 : 0));

  for (const [kernel, strides, pads] of [
    [2, 2, 0],
    [3, 2, 1],
    [3, 1, 1],
    [2, 3, 0],
  ] as const) {
    it(`pass a MaxPool of ${kernel} x ${kernel} and stride ${strides} and the ReLU before it like two rules`, async () => {
      const pool = {
        kernel_shape: { ints: [kernel, kernel] },
        strides: { ints: [strides, strides] },
        pads: { ints: [pads, pads, pads, pads] },
      };
      const nodes: TinyNode[] = [
        ['Relu', 'image', 'relu'],
        ['MaxPool', 'relu', 'y', pool],
      ];
      await agree({ nodes }, plane, values);
      // With a gradient that arrives between the two.
      await agree({ nodes: [...nodes.slice(0, 1), ['MaxPool', 'relu', 'pool', pool], SUM, TOTAL] }, plane, values);
    });
  }

  it('pass a BatchNormalization and the ReLU after it like two rules', async () => {
    const inputs = 'image scale bias mean variance';
    const nodes: TinyNode[] = [
      ['BatchNormalization', inputs, 'normal'],
      ['Relu', 'normal', 'y'],
    ];
    const initializers = [
      makeTensor('variance', DataType.FLOAT, [2], [0.5, 3]),
      makeTensor('scale', DataType.FLOAT, [2], [-1.5, 0.7]),
    ];
    await agree({ nodes, weights: { bias: [2], mean: [2] }, initializers }, plane, values);
  });

  it('keep an infinite gradient from the units that are not active', async () => {
    const nodes = [
      ['Relu', 'image', 'relu'],
      ['Sqrt', 'relu', 'y'],
    ] as const;
    assert.deepEqual(await gradientOf(nodes, [-1, 0, 4], CPU_RULES), [0, 0, -1.5 / 4]);
  });
});
