import { strict as assert } from 'node:assert';
import { fused } from '../../../src/core/gradients/fusion';
import { operatorOf } from '../../../src/core/onnx/operators';
import { factsOf, parseTiny, type TinyNode } from '../../support/tiny-model';

/** The operators that a gradient passes in place of these nodes. */
async function operatorsOf(nodes: readonly TinyNode[], kept: readonly string[] = []) {
  const model = parseTiny({ inputs: { image: [4] }, outputs: ['y'], nodes });
  return fused(model.graph.node, kept, await factsOf(model, [4]))
    .map(operatorOf)
    .filter((operator) => operator !== 'Constant');
}

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

  it('stay apart where a gradient is wanted between them', async () => {
    assert.deepEqual(await operatorsOf(gelu(Math.SQRT2), ['erf']), ['Div', 'Erf', 'Add', 'Mul', 'Mul']);
    assert.deepEqual(await operatorsOf(silu, ['s']), ['Sigmoid', 'Mul']);
  });
});
