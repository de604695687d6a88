import { strict as assert } from 'node:assert';
import { CPU_RULES } from '../../../src/core/gradients/cpu';
import { RULES } from '../../../src/core/gradients/rule-table';
import { activations, trigonometry } from './cases/activations';
import { products, reductions, softmaxes } from './cases/algebra';
import { attention } from './cases/attention';
import { arithmetic, elementwise } from './cases/elementwise';
import { indexing } from './cases/indexing';
import { layout, parts } from './cases/layout';
import { norms } from './cases/norms';
import { quantisation } from './cases/quantisation';
import { convolutions, normalisations, pools, resizes } from './cases/windows';
import { type Case, check } from './check';

const cases: readonly Case[] = [
  ...elementwise,
  ...arithmetic,
  ...products,
  ...softmaxes,
  ...reductions,
  ...layout,
  ...parts,
  ...convolutions,
  ...pools,
  ...normalisations,
  ...resizes,
  ...activations,
  ...trigonometry,
  ...indexing,
  ...norms,
  ...attention,
  ...quantisation,
];

/** In lowered.test.ts, with the operators that read its results. */
const ELSEWHERE: ReadonlySet<string> = new Set(['DynamicQuantizeLinear']);

describe('gradient rules', () => {
  for (const [i, row] of cases.entries()) {
    it(`${row.op} ${titleOf(row)} (${i})`, () => check(row));
  }

  for (const [i, row] of cases.entries()) {
    if (CPU_RULES[row.op as keyof typeof RULES] !== RULES[row.op as keyof typeof RULES])
      it(`on a CPU: ${row.op} ${titleOf(row)} (${i})`, () => check(row, CPU_RULES));
  }

  it('has a case for every rule', () => {
    const tested = new Set(cases.map(({ op }) => op));
    assert.deepEqual(
      Object.keys(RULES).filter((operator) => !tested.has(operator) && !ELSEWHERE.has(operator)),
      [],
    );
  });
});

function titleOf({ inputs, attributes = {}, opset = 17, wrt = [0] }: Case): string {
  const operands = inputs.map((input) => (input === '' ? '-' : `[${'dims' in input ? input.dims : input}]`));
  const values = Object.entries(attributes).map(([name, value]) => `${name}=${Object.values(value)[0]}`);
  return [...operands, ...values, `d/d${wrt.join(',')}`, `opset ${opset}`].join(' ');
}
