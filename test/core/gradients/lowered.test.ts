/** Operators that stand for several others: by differences, and on integers against their twins in QDQ form. */
import assert from 'node:assert/strict';
import { LOWERINGS } from '../../../src/core/gradients/lowering-table';
import { DataType, makeTensor, sizeOf } from '../../../src/core/onnx/tensors';
import { gradientSession, relativeErrors } from '../../support/runtime';
import { inMemory, parseTiny, type TinyModel, type TinyNode } from '../../support/tiny-model';
import { noise } from '../../support/tiny-network';
import { fused } from './cases/fused';
import { check } from './check';

const int = (value: number) => ({ int: value });
const ms = (name: string) => `com.microsoft:${name}`;

/** An operator on integers between `q` (of `image`) and `r`, and the same on real numbers between `x` and `z`. */
interface Twins {
  readonly op: string;
  readonly integers: readonly TinyNode[];
  readonly reals: readonly TinyNode[];
}

const POOL = { kernel_shape: { ints: [2, 2] }, strides: { ints: [2, 2] } };
const one = (name: string, plain: TinyNode): Twins => ({
  op: ms(name),
  integers: [[ms(name), 'q s u s2 u', 'r', plain[3] ?? {}]],
  reals: [plain],
});
const TWINS: readonly Twins[] = [
  { op: 'QLinearConv', integers: [['QLinearConv', 'q s u w sw zw s2 u bias', 'r']], reals: [['Conv', 'x wr br', 'z']] },
  {
    op: 'QLinearMatMul',
    integers: [['QLinearMatMul', 'q s u m s z0 s2 u', 'r']],
    reals: [['MatMul', 'x mr', 'z']],
  },
  { op: ms('QLinearAdd'), integers: [[ms('QLinearAdd'), 'q s u c s u s2 u', 'r']], reals: [['Add', 'x cr', 'z']] },
  { op: ms('QLinearMul'), integers: [[ms('QLinearMul'), 'q s u c s u s2 u', 'r']], reals: [['Mul', 'x cr', 'z']] },
  one('QLinearAveragePool', ['AveragePool', 'x', 'z', POOL]),
  one('QLinearGlobalAveragePool', ['GlobalAveragePool', 'x', 'z']),
  {
    op: ms('QLinearSoftmax'),
    integers: [[ms('QLinearSoftmax'), 'q s u s2 u', 'r', { axis: int(-1), opset: int(13) }]],
    reals: [['Softmax', 'x', 'z', { axis: int(-1) }]],
  },
  {
    op: ms('QLinearWhere'),
    integers: [[ms('QLinearWhere'), 'odd q s u c s u s2 u', 'r']],
    reals: [['Where', 'odd x cr', 'z']],
  },
  one('QLinearSigmoid', ['Sigmoid', 'x', 'z']),
  one('QLinearLeakyRelu', ['LeakyRelu', 'x', 'z', { alpha: { float: 0.2 } }]),
  {
    op: ms('QLinearConcat'),
    integers: [[ms('QLinearConcat'), 's2 u q s u c s u', 'r', { axis: int(1) }]],
    reals: [['Concat', 'x cr', 'z', { axis: int(1) }]],
  },
  {
    op: ms('QGemm'),
    integers: [
      ['Flatten', 'q', 'flat', { axis: int(3) }],
      [ms('QGemm'), 'flat s u m s z0 bias4 s2 u', 'r', { alpha: { float: 1 } }],
    ],
    reals: [
      ['Flatten', 'x', 'flat/r', { axis: int(3) }],
      ['Gemm', 'flat/r mr b4', 'z'],
    ],
  },
];

const [SCALE, SCALE2] = [2 ** -6, 2 ** -4];
const whole = (length: number, seed: number, most: number) =>
  noise(length, seed).map((value) => Math.round(value * most));
const W = whole(3 * 2 * 9, 5, 60);
const C = whole(2 * 16, 6, 60);
const M = whole(4 * 4, 7, 60);
const B = whole(3, 8, 500);
const f = (name: string, dims: readonly number[], values: readonly number[]) =>
  makeTensor(name, DataType.FLOAT, dims, values);

const INITIALIZERS = [
  f('s', [], [SCALE]),
  f('s2', [], [SCALE2]),
  f('sw', [3], [SCALE, SCALE / 2, SCALE * 2]),
  makeTensor('u', DataType.UINT8, [], [128]),
  makeTensor('z0', DataType.INT8, [], [0]),
  makeTensor('odd', DataType.BOOL, [4], [1, 0, 0, 1]),
  makeTensor('zw', DataType.INT8, [3], [0, 0, 0]),
  makeTensor('w', DataType.INT8, [3, 2, 3, 3], W),
  makeTensor('m', DataType.INT8, [4, 4], M),
  makeTensor(
    'c',
    DataType.UINT8,
    [1, 2, 4, 4],
    C.map((value) => value + 128),
  ),
  makeTensor('bias', DataType.INT32, [3], B),
  makeTensor('bias4', DataType.INT32, [4], [3, -5, 100, 7]),
  f(
    'wr',
    [3, 2, 3, 3],
    W.map((value, i) => value * SCALE * [1, 0.5, 2][Math.floor(i / 18)]!),
  ),
  f(
    'cr',
    [1, 2, 4, 4],
    C.map((value) => value * SCALE),
  ),
  f(
    'mr',
    [4, 4],
    M.map((value) => value * SCALE),
  ),
  f(
    'br',
    [3],
    B.map((value, i) => value * SCALE * SCALE * [1, 0.5, 2][i]!),
  ),
  f(
    'b4',
    [4],
    [3, -5, 100, 7].map((value) => value * SCALE * SCALE),
  ),
];

const DIMS = [1, 2, 4, 4];
const quantised = (nodes: readonly TinyNode[], output: string): TinyModel => ({
  inputs: { image: DIMS },
  nodes: [['QuantizeLinear', 'image s u', 'q'], ...nodes, ['DequantizeLinear', `${output} s2 u`, 'y']],
  initializers: INITIALIZERS,
  outputs: ['y'],
});
const qdq = (nodes: readonly TinyNode[]): TinyModel =>
  quantised([['DequantizeLinear', 'q s u', 'x'], ...nodes, ['QuantizeLinear', 'z s2 u', 'r']], 'r');
/** On the grid of the scale. */
const IMAGE = Float32Array.from(whole(32, 9, 70), (value) => value * SCALE);

async function gradientOf(model: TinyModel) {
  const session = await gradientSession(inMemory(parseTiny(model)), DIMS, ['image']);
  try {
    const seed = Float32Array.from(noise(sizeOf(session.facts.get('y')!.dims), 12));
    const { score, gradients } = await session.run({ type: 'float32', data: IMAGE, dims: DIMS }, seed);
    return { y: score.data as Float32Array, dx: gradients.get('image')!.data as Float32Array };
  } finally {
    await session.release();
  }
}

describe('operators that stand for several others', () => {
  for (const [i, row] of fused.entries()) it(`${row.op} (${i})`, () => check(row));

  for (const { op, integers, reals } of TWINS)
    it(`${op} has the gradient of its twin between QuantizeLinear and DequantizeLinear`, async () => {
      const [own, twin] = [await gradientOf(quantised(integers, 'r')), await gradientOf(qdq(reals))];
      for (const [i, value] of twin.y.entries()) assert.ok(Math.abs(own.y[i]! - value) <= 1.01 * SCALE2, `y[${i}]`);
      assert.ok(twin.dx.some((value) => value !== 0));
      assert.ok(relativeErrors(own.dx, twin.dx).largest <= 1e-5);
    });

  const dynamic: readonly (readonly [string, readonly TinyNode[], TinyNode])[] = [
    [
      'ConvInteger',
      [
        ['DynamicQuantizeLinear', 'image', 'd ds dz'],
        ['ConvInteger', 'd w dz', 'sums', { pads: { ints: [1, 1, 1, 1] } }],
        ['Cast', 'sums', 'real', { to: int(DataType.FLOAT) }],
        ['Mul', 'ds s', 'both'],
        ['Mul', 'real both', 'y'],
      ],
      ['Conv', 'image even', 'y', { pads: { ints: [1, 1, 1, 1] } }],
    ],
    [
      'MatMulInteger',
      [
        ['DynamicQuantizeLinear', 'image', 'd ds dz'],
        ['MatMulInteger', 'd m dz z0', 'sums'],
        ['Cast', 'sums', 'real', { to: int(DataType.FLOAT) }],
        ['Mul', 'ds s', 'both'],
        ['Mul', 'real both', 'y'],
      ],
      ['MatMul', 'image mr', 'y'],
    ],
    [
      ms('MatMulIntegerToFloat'),
      [
        ['DynamicQuantizeLinear', 'image', 'd ds dz'],
        [ms('MatMulIntegerToFloat'), 'd m ds s dz z0', 'y'],
      ],
      ['MatMul', 'image mr', 'y'],
    ],
    [ms('DynamicQuantizeMatMul'), [[ms('DynamicQuantizeMatMul'), 'image m s z0', 'y']], ['MatMul', 'image mr', 'y']],
  ];
  for (const [op, integers, plain] of dynamic)
    it(`${op} behind DynamicQuantizeLinear has the gradient of the product of real numbers`, async () => {
      const even = f(
        'even',
        [3, 2, 3, 3],
        W.map((value) => value * SCALE),
      );
      const model = (nodes: readonly TinyNode[]) => ({
        inputs: { image: DIMS },
        nodes,
        initializers: [...INITIALIZERS, even],
        outputs: ['y'],
      });
      const [own, twin] = [await gradientOf(model(integers)), await gradientOf(model([plain]))];
      assert.ok(relativeErrors(own.y, twin.y).largest <= 0.05);
      assert.ok(relativeErrors(own.dx, twin.dx).largest <= 1e-5);
    });

  it('each is tested here', () => {
    const tested = new Set([...fused, ...TWINS, ...dynamic.map(([op]) => ({ op }))].map(({ op }) => op));
    const alike = ['TransposeMatMul', 'QuantizeLinear', 'DequantizeLinear', 'QLinearConv'].map(ms);
    const untested = Object.keys(LOWERINGS).filter((op) => !tested.has(op) && !alike.includes(op));
    assert.deepEqual(untested, []);
  });
});
