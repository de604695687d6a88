import { strict as assert } from 'node:assert';
import { CPU_RULES } from '../../../src/core/gradients/cpu';
import { fused } from '../../../src/core/gradients/fusion';
import { guided } from '../../../src/core/gradients/guided';
import type { RuleTable } from '../../../src/core/gradients/rule';
import { RULES } from '../../../src/core/gradients/rule-table';
import { operatorOf } from '../../../src/core/onnx/operators';
import { factsOf, parseTiny, type TinyNode } from '../../support/tiny-model';

/** The operators that a gradient passes in place of these nodes. */
async function operatorsOf(
  nodes: readonly TinyNode[],
  kept: readonly string[] = [],
  rules: RuleTable = CPU_RULES,
  dims: readonly number[] = [4],
) {
  const model = parseTiny({ inputs: { image: dims }, outputs: ['y'], nodes, weights: PARAMETERS });
  return fused(model.graph.node, kept, await factsOf(model, [...dims]), rules)
    .map(operatorOf)
    .filter((operator) => operator !== 'Constant');
}

const PARAMETERS = { scale: [2], bias: [2], mean: [2], variance: [2] };
const pooled: TinyNode[] = [
  ['Relu', 'image', 'relu'],
  ['MaxPool', 'relu', 'y', { kernel_shape: { ints: [2, 2] } }],
];
const normalised: TinyNode[] = [
  ['BatchNormalization', 'image scale bias mean variance', 'normal'],
  ['Relu', 'normal', 'y'],
];
const PLANE = [1, 2, 4, 4];

const number = (name: string, value: number): TinyNode => ['Constant', '', name, { value_float: { float: value } }];
const gelu = (divisor: number): TinyNode[] => [
  number('divisor', divisor),
  number('one', 1),
  number('half', 0.5),
  ['Div', 'image divisor', 'scaled'],
  ['Erf', 'scaled', 'erf'],
  ['Add', 'erf one', 'sum'],
  ['Mul', 'image sum', 'product'],
  ['Mul', 'product half', 'y'],
];
const silu: TinyNode[] = [
  ['Sigmoid', 'image', 's'],
  ['Mul', 's image', 'y'],
];

describe('nodes that form one operator', () => {
  it('are a GELU with the divisor sqrt 2 and with no other', async () => {
    assert.deepEqual(await operatorsOf(gelu(Math.SQRT2)), ['Gelu']);
    assert.deepEqual(await operatorsOf(gelu(1.5)), ['Div', 'Erf', 'Add', 'Mul', 'Mul']);
  });

  it('are a Swish if they compute x sigmoid(x)', async () => assert.deepEqual(await operatorsOf(silu), ['Swish']));

  it('are a ReLU with the MaxPool after it or the BatchNormalization before it, on a CPU', async () => {
    const operators = (nodes: TinyNode[], rules: RuleTable, kept?: string[]) => operatorsOf(nodes, kept, rules, PLANE);
    assert.deepEqual(await operators(pooled, CPU_RULES), ['RectifiedMaxPool']);
    assert.deepEqual(await operators(normalised, CPU_RULES), ['RectifiedBatchNormalization']);
    for (const rules of [RULES, guided(CPU_RULES)]) {
      assert.deepEqual(await operators(pooled, rules), ['Relu', 'MaxPool']);
      assert.deepEqual(await operators(normalised, rules), ['BatchNormalization', 'Relu']);
    }
    assert.deepEqual(await operators(pooled, CPU_RULES, ['relu']), ['Relu', 'MaxPool']);
    assert.deepEqual(await operators(normalised, CPU_RULES, ['scale']), ['BatchNormalization', 'Relu']);
  });

  for (const [name, ranges, expected] of [
    [
      'in order',
      [
        [0, 3],
        [3, 9],
      ],
      ['Split', 'Concat'],
    ],
    [
      'rolled, from the end',
      [
        [-1, 4],
        [0, -1],
      ],
      ['Split', 'Concat'],
    ],
    [
      'with a gap',
      [
        [0, 2],
        [3, 4],
      ],
      ['Slice', 'Slice', 'Concat'],
    ],
    [
      'that overlap',
      [
        [0, 3],
        [2, 4],
      ],
      ['Slice', 'Slice', 'Concat'],
    ],
    [
      'that end early',
      [
        [0, 2],
        [2, 3],
      ],
      ['Slice', 'Slice', 'Concat'],
    ],
  ] as const)
    it(`are a Split if they are all of a tensor: Slices ${name}`, async () => {
      const nodes: TinyNode[] = [
        ...ranges.flatMap(([start, end], i): TinyNode[] => [
          ['Constant', '', `start${i}`, { value_ints: { ints: [start] } }],
          ['Constant', '', `end${i}`, { value_ints: { ints: [end] } }],
        ]),
        ['Constant', '', 'axis', { value_ints: { ints: [-1] } }],
        ...ranges.map((_, i): TinyNode => ['Slice', `image start${i} end${i} axis`, `part${i}`]),
        ['Concat', 'part0 part1', 'y', { axis: { int: -1 } }],
      ];
      assert.deepEqual(await operatorsOf(nodes, [], RULES, PLANE), expected);
    });

  it('stay apart where a gradient is wanted between them', async () => {
    assert.deepEqual(await operatorsOf(gelu(Math.SQRT2), ['erf']), ['Div', 'Erf', 'Add', 'Mul', 'Mul']);
    assert.deepEqual(await operatorsOf(silu, ['s']), ['Sigmoid', 'Mul']);
  });
});
