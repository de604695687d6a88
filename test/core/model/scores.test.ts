import assert from 'node:assert/strict';
import { create } from '@bufbuild/protobuf';
import { type AttributeProto, AttributeProto_AttributeType, AttributeProtoSchema } from 'onnx-buf';
import { findScores, type WantedScores } from '../../../src/core/model/logits';
import { DataType, makeTensor } from '../../../src/core/onnx/tensors';
import { factsOf, parseTiny, type TinyModel, type TinyNode } from '../../support/tiny-model';

const int = (value: number) => ({ int: value });
const LAST = { axis: int(1), keepdims: int(1) };
const scalar = (name: string, value: number) => makeTensor(name, DataType.FLOAT, [], [value]);
const texts = (values: readonly string[]) => values.map((value) => new TextEncoder().encode(value));
const strings = (name: string, ...values: string[]) =>
  create(AttributeProtoSchema, { name, type: AttributeProto_AttributeType.STRINGS, strings: texts(values) });
const wholes = (name: string, ...values: number[]) =>
  create(AttributeProtoSchema, { name, type: AttributeProto_AttributeType.INTS, ints: values.map(BigInt) });
const names = (name: string, ...values: string[]) =>
  Object.assign(makeTensor(name, DataType.STRING, [values.length], []), { int32Data: [], stringData: texts(values) });

/** To features [1, 4], called `f`, and scores [1, 3], called `y`. */
const BODY: readonly TinyNode[] = [
  ['Conv', 'image stem', 'map'],
  ['GlobalAveragePool', 'map', 'pooled'],
  ['Flatten', 'pooled', 'f'],
  ['MatMul', 'f fc', 'y'],
];
const weights = { stem: [4, 3, 3, 3], fc: [4, 3], other: [4, 2], wide: [4, 3] };
const CONSTANTS = [
  scalar('one', 1),
  scalar('half', 0.5),
  makeTensor('k', DataType.INT64, [1], [2]),
  makeTensor('classes', DataType.INT64, [1], [1]),
  names('words', 'ant', 'bee', 'cat'),
  makeTensor('numbers', DataType.INT64, [3], [3, 5, 8]),
];

async function scoresOf(
  tail: readonly TinyNode[],
  outputs: readonly string[],
  known: { wanted?: WantedScores; labels?: number } = {},
  more: Partial<TinyModel> = {},
) {
  const model = parseTiny({ nodes: [...BODY, ...tail], outputs, weights, initializers: CONSTANTS, ...more });
  return findScores(model, await factsOf(model), 'image', known);
}

describe('scores among several tensors', () => {
  const other: TinyNode = ['MatMul', 'f other', 'o'];
  const soft = (of: string, as: string): TinyNode => ['Softmax', of, as];
  /** [what, tail, outputs, the one taken, the others, why] */
  const cases: [string, TinyNode[], string[], string, string[], RegExp | undefined, { labels?: number }?][] = [
    ['an embedding beside them', [], ['f', 'y'], 'y', ['f'], /more of the network/],
    [
      'an embedding that tells itself',
      [['Identity', 'y', 'embedding'], other],
      ['embedding', 'o'],
      'o',
      ['embedding'],
      /name/,
    ],
    [
      'an age beside a gender',
      [['ReduceSum', 'f classes', 'age'], other, soft('o', 'gender')],
      ['age', 'gender'],
      'gender',
      ['age'],
      /more than one class/,
    ],
    ['two heads, of which one ends in softmax', [other, soft('o', 'p')], ['y', 'p'], 'p', ['y'], /softmax/],
    ['an auxiliary head', [other], ['aux_logits', 'y'], 'y', ['aux_logits'], /name/],
    ['as many classes as labels', [other], ['y', 'o'], 'o', ['y'], /labels/, { labels: 2 }],
    ['two of a kind', [other], ['y', 'o'], 'y', ['o'], /first/],
    ['before and after softmax, which are the same', [soft('y', 'p')], ['y', 'p'], 'p', [], undefined],
    [
      'the best of them, behind TopK',
      [soft('y', 'p'), ['TopK', 'p k', 'values indices']],
      ['values', 'indices'],
      'p',
      [],
      undefined,
    ],
    [
      'probabilities of the best of them',
      [['TopK', 'y k', 'values indices'], soft('values', 'q'), ['Mul', 'q half', 'p']],
      ['p', 'indices'],
      'y',
      [],
      undefined,
    ],
    [
      'the smallest of them, negated',
      [
        ['Neg', 'y', 'n'],
        ['TopK', 'n k', 'values indices', { largest: int(0) }],
        ['Neg', 'values', 'best'],
      ],
      ['best', 'indices'],
      'y',
      [],
      undefined,
    ],
    ['one of them alone, by Hardmax', [['Hardmax', 'y', 'label']], ['label'], 'y', [], undefined],
    [
      'those above a threshold',
      [
        ['Sigmoid', 'y', 'p'],
        ['Greater', 'p half', 'tags'],
      ],
      ['tags'],
      'p',
      [],
      undefined,
    ],
    [
      'a sigmoid of the best of them, which is a score of its own',
      [
        ['ReduceMax', 'y', 'm', { axes: { ints: [1] } }],
        ['Sigmoid', 'm', 'p'],
      ],
      ['p'],
      'p',
      [],
      undefined,
    ],
    ['the best of them, behind ArgMax', [['ArgMax', 'y', 'label', LAST]], ['label'], 'y', [], undefined],
    [
      'their names, chosen by ArgMax',
      [
        ['ArgMax', 'y', 'i', LAST],
        ['ai.onnx.ml:ArrayFeatureExtractor', 'words i', 'label'],
      ],
      ['label'],
      'y',
      [],
      undefined,
    ],
  ];
  for (const [what, tail, outputs, taken, others, reason, known] of cases)
    it(what, async () => {
      const nodes = outputs.includes('aux_logits') ? [...tail, ['Identity', 'o', 'aux_logits'] as TinyNode] : tail;
      const found = await scoresOf(nodes, outputs, known);
      assert.deepEqual(
        found.candidates.map(({ name }) => name),
        [taken, ...others],
      );
      assert.equal(found.output, taken);
      if (reason) assert.match(found.reason ?? '', reason);
      else assert.equal(found.reason, undefined);
    });

  it('tell the activation of an output before it', async () => {
    const found = await scoresOf([['Sigmoid', 'y', 'p']], ['y', 'p'], { wanted: { value: 'y', origin: 'sidecar' } });
    assert.deepEqual([found.output, found.activation], ['y', 'sigmoid']);
  });
});

describe('names of classes in the graph', () => {
  const zipMap = (attribute: AttributeProto): TinyNode => ['ai.onnx.ml:ZipMap', 'y', 'z', [attribute]];
  const index: TinyNode = ['ArgMax', 'y', 'i', LAST];
  const cases: [string, readonly TinyNode[], string, readonly string[] | undefined][] = [
    ['texts of ZipMap', [zipMap(strings('classlabels_strings', 'ant', 'bee', 'cat'))], 'z', ['ant', 'bee', 'cat']],
    ['numbers of ZipMap', [zipMap(wholes('classlabels_int64s', 3, 5, 8))], 'z', ['3', '5', '8']],
    ['texts that an index chooses from', [index, ['Gather', 'words i', 'z']], 'z', ['ant', 'bee', 'cat']],
    [
      'LabelEncoder, by keys',
      [
        index,
        [
          'ai.onnx.ml:LabelEncoder',
          'i',
          'z',
          [wholes('keys_int64s', 2, 0, 1), strings('values_strings', 'c', 'a', 'b')],
        ],
      ],
      'z',
      ['a', 'b', 'c'],
    ],
    [
      'numbers that an index chooses from',
      [index, ['ai.onnx.ml:ArrayFeatureExtractor', 'numbers i', 'z']],
      'z',
      ['3', '5', '8'],
    ],
    ['none', [index], 'i', undefined],
  ];
  for (const [what, tail, output, labels] of cases)
    it(what, async () => {
      const found = await scoresOf(tail, [output]);
      assert.deepEqual([found.output, found.labels], ['y', labels]);
    });

  it("a classifier's own", async () => {
    const floats = (name: string, count: number) =>
      create(AttributeProtoSchema, {
        name,
        type: AttributeProto_AttributeType.FLOATS,
        floats: Array.from({ length: count }, (_, i) => i / 8),
      });
    const attributes = [
      floats('coefficients', 8),
      floats('intercepts', 2),
      strings('classlabels_strings', 'ant', 'bee'),
    ];
    const classifier: TinyNode = ['ai.onnx.ml:LinearClassifier', 'f', 'label p', attributes];
    const found = await scoresOf([classifier], ['label', 'p']);
    assert.deepEqual([found.output, found.labels], ['p', ['ant', 'bee']]);
  });
});

describe('scores that are named', () => {
  const tail: readonly TinyNode[] = [
    ['Softmax', 'y', 'p'],
    ['TopK', 'p k', 'values indices'],
  ];
  const named = (value: string, origin: WantedScores['origin'] = 'chosen') =>
    scoresOf(tail, ['values', 'indices'], { wanted: { value, origin } });

  for (const [name, output, logits] of [
    ['p', 'p', 'y'],
    ['y', 'y', 'y'],
    ['f', 'f', 'f'],
    ['pooled', 'pooled', 'pooled'],
    ['values', 'p', 'y'],
    ['indices', 'p', 'y'],
  ])
    it(`"${name}"`, async () => {
      const found = await named(name!);
      assert.deepEqual([found.output, found.logits, found.reason], [output, logits, undefined]);
      assert.equal(found.candidates[0]!.name, output);
    });

  it('and are none: with near ones that can be named', async () => {
    await assert.rejects(named('poled'), { code: 'no-scores', message: /no tensor "poled" .*pooled/ });
    await assert.rejects(named('map'), { code: 'no-scores', message: /map \[1, 4, 6, 6\] .*it may be p, / });
    await assert.rejects(named('image', 'sidecar'), {
      code: 'sidecar-invalid',
      message: /tiny\.explain\.json: output\.name: image/,
    });
  });

  it('where no output holds them: what the error offers can be named', async () => {
    const outputs = ['map'];
    const failure = await scoresOf([], outputs).then(
      () => '',
      (error: Error) => error.message,
    );
    const [, offered] = /these have the right shape: (.*)\.$/.exec(failure)!;
    const names = [...offered!.matchAll(/(\w+) \[/g)].map(([, name]) => name!);
    assert.deepEqual(names, ['y', 'f', 'pooled']);
    for (const value of names)
      assert.equal((await scoresOf([], outputs, { wanted: { value, origin: 'sidecar' } })).output, value);
  });
});
