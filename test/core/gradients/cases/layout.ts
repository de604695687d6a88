import type { Case } from '../check';
import { bool, int, int64, int64Of, ints, scalar, string } from './operands';

const x = [2, 3, 4];
const linear = (op: string, inputs: Case['inputs'], attributes: Case['attributes'] = {}, opset = 17): Case => ({
  op,
  kind: 'smooth',
  inputs,
  attributes: attributes ?? {},
  opset,
});

export const layout: readonly Case[] = [
  linear('Reshape', [x, int64(4, -1)]),
  linear('Reshape', [x, int64(0, 0, 2, 2)]),
  linear('Flatten', [x]),
  linear('Flatten', [x], { axis: int(2) }, 9),
  linear('Squeeze', [[2, 1, 3, 1], int64(1, 3)]),
  linear('Squeeze', [[2, 1, 3, 1]], { axes: ints(-1) }, 11),
  linear('Unsqueeze', [x, int64(0, 2)]),
  linear('Unsqueeze', [x], { axes: ints(1) }, 11),
  linear('Identity', [x]),
  linear('Dropout', [x]),
  linear('Dropout', [x, scalar(0.5), bool([], 0)]),
  { ...linear('Dropout', [x], {}, 9), nodes: [['Dropout', 'x0', 'y']] },
  // To another type and back, since the score has the input's type.
  {
    ...linear('Cast', [x]),
    kind: 'linear',
    nodes: [
      ['Cast', 'x0', 'wide', { to: int(11) }],
      ['Cast', 'wide', 'y', { to: int(1) }],
    ],
  },
  linear('Transpose', [x]),
  linear('Transpose', [x], { perm: ints(1, 2, 0) }),
];

const part = (starts: number[], ends: number[], axes?: number[], steps?: number[]): Case =>
  linear('Slice', [
    [4, 5, 6],
    int64(...starts),
    int64(...ends),
    ...(axes ? [int64(...axes)] : []),
    ...(steps ? [int64(...steps)] : []),
  ]);

export const parts: readonly Case[] = [
  { ...linear('Concat', [x, [2, 2, 4], [2, 1, 4]], { axis: int(1) }), wrt: [0, 1, 2] },
  { ...linear('Concat', [x, [2, 3, 1]], { axis: int(-1) }, 9), wrt: [0, 1] },
  linear('Concat', [x], { axis: int(0) }),
  ...[11, 13].map(
    (opset): Case => ({
      ...linear('Split', opset < 13 ? [[2, 6]] : [[2, 6], int64(1, 2, 3)], {}, opset),
      // The middle part goes nowhere, so that its gradient is zeros.
      nodes: [
        [
          'Split',
          opset < 13 ? 'x0' : 'x0 x1',
          'a b c',
          opset < 13 ? { axis: int(1), split: ints(1, 2, 3) } : { axis: int(-1) },
        ],
        ['Mul', 'a c', 'y'],
      ],
    }),
  ),
  part([1, 0], [3, 4]),
  part([1], [-1], [2]),
  part([-4, 2], [1000, 5], [-1, 0]),
  part([0, 1], [4, 6], [0, 2], [2, 3]),
  part([5, 3], [0, -1000], [2, 1], [-2, -1]),
  part([1000], [-1000], [2], [-3]),
  linear('Slice', [[4, 5, 6]], { starts: ints(1, -2), ends: ints(3, 1000), axes: ints(0, 2) }, 9),
  linear('Slice', [[4, 5]], { starts: ints(1, 2), ends: ints(3, 5) }, 9),

  linear('Gather', [x, int64Of([], 1)], { axis: int(1) }),
  linear('Gather', [x, int64Of([], -1)], { axis: int(-1) }),
  linear('Gather', [x, int64(2)], { axis: int(1) }),
  linear('Gather', [x, int64(2, 0, 2, -1)], { axis: int(1) }),
  linear('Gather', [x, int64Of([2, 2], 3, 1, 0, 3)], { axis: int(2) }),
  linear('Gather', [x, { dims: [3], values: [1, 0, 1], dtype: 6 }], {}, 9),
  linear('GatherElements', [[2, 3], int64Of([2, 2], 0, 0, 2, -1)], { axis: int(1) }),
  linear('GatherElements', [x, int64Of([1, 4, 2], 0, 1, 2, 2, 1, 1, 0, -1)], { axis: int(1) }, 11),

  linear('Pad', [x, int64(0, 1, 2, 1, 0, 3)]),
  linear('Pad', [x, int64(0, -1, 2, 1, 0, -1)]),
  linear('Pad', [x, int64(1, 2), scalar(3), int64(-1)], {}, 18),
  linear('Pad', [x], { pads: ints(0, 1, 2, 1, 0, 3) }, 9),
  linear('Pad', [[1, 2, 4, 5], int64(0, 0, 2, 3, 0, 0, 3, 1)], { mode: string('reflect') }),
  linear('Pad', [[1, 2, 4, 5], int64(0, 0, 2, 3, 0, 0, 5, 1)], { mode: string('edge') }),
  linear('Pad', [[1, 2, 4, 5], int64(0, 0, 2, 0, 0, 0, 1, 3)], { mode: string('wrap') }, 19),
  linear('Pad', [[1, 2, 4, 5]], { mode: string('reflect'), pads: ints(0, 0, 1, 2, 0, 0, 3, 4) }, 9),
];
