import type { TinyNode } from '../../../support/tiny-model';
import type { Case } from '../check';
import { float, string } from './operands';

const x = [2, 3, 4];
/** On both sides of every kink, and at least a step of smooth32 away from it. */
const spread = { dims: [8], values: [-4, -2.9, -1, -0.4, 0.2, 0.9, 2.5, 4] };
const inside = [-0.8, 0.8] as const;

/** The runtime has these for float32 only. */
const single = (op: string, attributes: Case['attributes'] = {}, opset = 17): Case => ({
  op,
  kind: 'smooth32',
  inputs: [spread],
  attributes: attributes ?? {},
  opset,
});

/** x (1 + erf(x / divisor)) / 2, as exporters write it: with the half first or last, and operands in either order. */
const writtenOut = (divisor: number): Case[] => {
  const constants: readonly TinyNode[] = [
    ['Constant', '', 'half', { value_float: float(0.5) }],
    ['Constant', '', 'one', { value_float: float(1) }],
    ['Constant', '', 'divisor', { value_float: float(divisor) }],
    ['Constant', '', 'factor', { value_float: float(1 / divisor) }],
  ];
  const forms: readonly (readonly TinyNode[])[] = [
    [
      ['Div', 'x0 divisor', 'scaled'],
      ['Erf', 'scaled', 'erf'],
      ['Add', 'erf one', 'sum'],
      ['Mul', 'x0 sum', 'product'],
      ['Mul', 'product half', 'y'],
    ],
    [
      ['Mul', 'factor x0', 'scaled'],
      ['Erf', 'scaled', 'erf'],
      ['Add', 'one erf', 'sum'],
      ['Mul', 'half x0', 'product'],
      ['Mul', 'sum product', 'y'],
    ],
    // Something else reads the sum.
    [
      ['Div', 'x0 divisor', 'scaled'],
      ['Erf', 'scaled', 'erf'],
      ['Add', 'erf one', 'sum'],
      ['Mul', 'x0 sum', 'product'],
      ['Mul', 'product half', 'gelu'],
      ['Add', 'gelu sum', 'y'],
    ],
  ];
  return forms.map((nodes) => ({ ...single('Gelu'), nodes: [...constants, ...nodes] }));
};

export const activations: readonly Case[] = [
  ...writtenOut(Math.SQRT2),
  ...writtenOut(1.5),
  single('Gelu', {}, 20),
  single('Gelu', { approximate: string('none') }, 20),
  single('Gelu', { approximate: string('tanh') }, 20),
  single('Mish', {}, 18),
  single('Softsign'),
  single('Selu'),
  single('Selu', { alpha: float(0.7), gamma: float(1.3) }, 9),
  single('Celu'),
  single('Celu', { alpha: float(0.6) }, 12),
  single('ThresholdedRelu'),
  single('ThresholdedRelu', { alpha: float(0.3) }),
  single('Shrink'),
  single('Shrink', { lambd: float(1.2), bias: float(0.4) }),
  single('Swish', {}, 24),
  single('Swish', { alpha: float(1.7) }, 24),
  ...silus([spread, 'x0 s'], [spread, 's x0'], [[2, 3, 4, 2], 'x0 s']),
];

/** x sigmoid(x) as exporters write it, by the order of its factors. */
function silus(...rows: readonly (readonly [Case['inputs'][number], string])[]): Case[] {
  return rows.map(([input, factors]) => {
    const nodes = [
      ['Sigmoid', 'x0', 's'],
      ['Mul', factors, 'y'],
    ] as const;
    return { op: 'Swish', kind: 'smooth32', inputs: [input], nodes };
  });
}

export const trigonometry: readonly Case[] = [
  ...['Tan', 'Asin', 'Acos', 'Atan', 'Atanh'].map((op): Case => ({ op, kind: 'smooth32', inputs: [x], range: inside })),
  ...['Sinh', 'Cosh', 'Asinh'].map((op): Case => ({ op, kind: 'smooth32', inputs: [x] })),
  { op: 'Acosh', kind: 'smooth32', inputs: [x], range: [1.5, 3] },
];
