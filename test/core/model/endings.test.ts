import assert from 'node:assert/strict';
import { findScores } from '../../../src/core/model/logits';
import { endingOf } from '../../../src/core/model/scores/ending';
import { rangeOf } from '../../../src/core/model/scores/ranges';
import { indexGraph } from '../../../src/core/onnx/graph';
import { DataType, makeTensor } from '../../../src/core/onnx/tensors';
import { factsOf, parseTiny, type TinyModel, type TinyNode } from '../../support/tiny-model';

const int = (value: number) => ({ int: value });
const ints = (...values: number[]) => ({ ints: values });
const scalar = (name: string, value: number) => makeTensor(name, DataType.FLOAT, [], [value]);

/** To features [1, 4], called `f`, and scores [1, 3], called `y`. */
const BODY: readonly TinyNode[] = [
  ['Conv', 'image stem', 'map'],
  ['GlobalAveragePool', 'map', 'pooled'],
  ['Flatten', 'pooled', 'f'],
  ['MatMul', 'f fc', 'y'],
];
const weights = { stem: [4, 3, 3, 3], fc: [4, 3], other: [4, 2], wide: [4, 3], classifier: [3, 4, 1, 1] };
const CONSTANTS = [
  scalar('one', 1),
  scalar('half', 0.5),
  scalar('hundred', 100),
  makeTensor('classes', DataType.INT64, [1], [1]),
];

async function scoresOf(tail: readonly TinyNode[], initializers: TinyModel['initializers'] = CONSTANTS) {
  const model = parseTiny({ nodes: [...BODY, ...tail], outputs: ['p'], weights, initializers: initializers! });
  return findScores(model, await factsOf(model), 'image');
}

describe('softmax written out', () => {
  const largest: TinyNode = ['ReduceMax', 'y', 'm', { axes: ints(1), keepdims: int(1) }];
  const exponents = (of: string): TinyNode[] => [
    ['Exp', of, 'e'],
    ['ReduceSum', 'e classes', 's', { keepdims: int(1) }],
  ];
  const cases: [string, readonly TinyNode[], string | undefined][] = [
    ['as a quotient', [...exponents('y'), ['Div', 'e s', 'p']], 'y'],
    ['with the largest subtracted', [largest, ['Sub', 'y m', 'z'], ...exponents('z'), ['Div', 'e s', 'p']], 'y'],
    ['as a product', [...exponents('y'), ['Reciprocal', 's', 'r'], ['Mul', 'r e', 'p']], 'y'],
    [
      'as exp of its logarithm',
      [
        ['LogSoftmax', 'y', 'l', { axis: int(1) }],
        ['Exp', 'l', 'p'],
      ],
      'y',
    ],
    ['with a temperature', [['Mul', 'y half', 't'], ...exponents('t'), ['Div', 'e s', 'p']], 't'],
    [
      'and not the quotient of other exponents',
      [['Exp', 'y', 'a'], ['Mul', 'y half', 'z'], ...exponents('z'), ['Div', 'a s', 'p']],
      undefined,
    ],
    [
      'and not less what differs from class to class',
      [['Sub', 'y fixed', 'z'], ...exponents('z'), ['Div', 'e s', 'p']],
      'z',
    ],
  ];
  const fixed = makeTensor('fixed', DataType.FLOAT, [1, 3], [1, 2, 3]);
  for (const [what, tail, logits] of cases)
    it(what, async () => {
      const found = await scoresOf(tail, [...CONSTANTS, fixed]);
      assert.deepEqual([found.logits, found.activation], [logits ?? 'p', logits && 'softmax']);
    });

  it('and clipped to what a logarithm can take', async () => {
    const bounds = [scalar('low', 1e-7), scalar('high', 1 - 1e-7), scalar('far', 0.1)];
    const tail = (low: string): TinyNode[] => [
      ['Softmax', 'y', 'q'],
      ['Clip', `q ${low} high`, 'p'],
    ];
    const logits = async (low: string) => (await scoresOf(tail(low), [...CONSTANTS, ...bounds])).logits;
    assert.deepEqual([await logits('low'), await logits('far')], ['y', 'p']);
  });
});

describe('scores without an upper bound', () => {
  const cases: [string, readonly TinyNode[], boolean][] = [
    ['a product of matrices', [['Identity', 'y', 'p']], true],
    [
      'a bias and a temperature',
      [
        ['Add', 'y one', 'b'],
        ['Div', 'b half', 'p'],
      ],
      true,
    ],
    [
      'two heads joined',
      [
        ['MatMul', 'f other', 'o'],
        ['Concat', 'y o', 'p', { axis: int(1) }],
      ],
      true,
    ],
    [
      'two networks of an ensemble',
      [
        ['MatMul', 'f wide', 'o'],
        ['Mean', 'y o', 'p'],
      ],
      true,
    ],
    [
      'rectified and pooled, as in SqueezeNet',
      [
        ['Conv', 'map classifier', 'c'],
        ['Relu', 'c', 'd'],
        ['GlobalAveragePool', 'd', 'e'],
        ['Flatten', 'e', 'p'],
      ],
      true,
    ],
    [
      'rectified from above too',
      [
        ['Sub', 'one y', 'a'],
        ['Relu', 'a', 'b'],
        ['Sub', 'one b', 'c'],
        ['Relu', 'c', 'p'],
      ],
      false,
    ],
    [
      'rectified probabilities',
      [
        ['Softmax', 'y', 'q'],
        ['Relu', 'q', 'p'],
      ],
      false,
    ],
    [
      'a constant mixture of probabilities',
      [
        ['Softmax', 'f', 'q'],
        ['MatMul', 'q wide', 'p'],
      ],
      false,
    ],
    [
      'probabilities joined',
      [
        ['Sigmoid', 'y', 'q'],
        ['Sub', 'one q', 'r'],
        ['Concat', 'q r', 'p', { axis: int(1) }],
      ],
      false,
    ],
    [
      'a gate',
      [
        ['Sigmoid', 'y', 'q'],
        ['Mul', 'q y', 'p'],
      ],
      false,
    ],
  ];
  for (const [what, tail, unbounded] of cases)
    it(`${what}: ${unbounded}`, async () => assert.equal((await scoresOf(tail)).unbounded, unbounded));
});

describe('what operators alone tell of a range', () => {
  const cases: [string, readonly TinyNode[], readonly [number, number]][] = [
    [
      'a mean of sigmoids',
      [
        ['Sigmoid', 'y', 'q'],
        ['Sigmoid', 'f', 'g'],
        ['ReduceMean', 'g', 'r'],
        ['Mean', 'q r', 'p'],
      ],
      [0, 1],
    ],
    [
      'tanh in the range of probabilities',
      [
        ['Tanh', 'y', 'q'],
        ['Add', 'q one', 'r'],
        ['Mul', 'r half', 'p'],
      ],
      [0, 1],
    ],
    [
      'the other class',
      [
        ['Sigmoid', 'y', 'q'],
        ['Sub', 'one q', 'p'],
      ],
      [0, 1],
    ],
    [
      'sigmoid written out',
      [
        ['Neg', 'y', 'n'],
        ['Exp', 'n', 'e'],
        ['Add', 'e one', 'd'],
        ['Div', 'one d', 'p'],
      ],
      [0, 1],
    ],
    [
      'rounded probabilities',
      [
        ['Softmax', 'y', 'q'],
        ['Mul', 'q hundred', 'r'],
        ['Round', 'r', 's'],
        ['Div', 's hundred', 'p'],
      ],
      [0, 1],
    ],
    ['what is not negative', [['Relu', 'y', 'p']], [0, Number.POSITIVE_INFINITY]],
    ['anything', [['Add', 'y one', 'p']], [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY]],
  ];
  for (const [what, tail, range] of cases)
    it(what, async () => {
      const model = parseTiny({ nodes: [...BODY, ...tail], outputs: ['p'], weights, initializers: CONSTANTS });
      assert.deepEqual(rangeOf(indexGraph(model.graph.node), await factsOf(model), 'p'), range);
    });
});

it('an end of ten thousand sums is looked at once each', async () => {
  const sums = Array.from({ length: 10_000 }, (_, i): TinyNode => ['Add', `s${i} s${i}`, `s${i + 1}`]);
  const model = parseTiny({ nodes: [...BODY, ['Relu', 'y', 's0'], ...sums], outputs: ['s10000'], weights });
  const graph = indexGraph(model.graph.node);
  const facts = new Map([['y', { dtype: DataType.FLOAT, dims: [1, 3] }]]);
  assert.equal(endingOf(model, graph, facts, 's10000').unbounded, false);
  assert.deepEqual(rangeOf(graph, facts, 's12'), [0, Number.POSITIVE_INFINITY]);
});
