/** Branches, local functions and sequences: written out, the scores are onnxruntime's and gradients pass. */
import assert from 'node:assert/strict';
import { create, fromBinary, toBinary } from '@bufbuild/protobuf';
import {
  AttributeProto_AttributeType,
  AttributeProtoSchema,
  FunctionProtoSchema,
  GraphProtoSchema,
  ModelProtoSchema,
} from 'onnx-buf';
import { makeNode } from '../../../src/core/onnx/emit';
import { valueInfo } from '../../../src/core/onnx/facts';
import { DataType, makeTensor } from '../../../src/core/onnx/tensors';
import { gradient } from '../../../src/engine/explanations/gradient';
import { openModel } from '../../../src/engine/model/inspect';
import { createService } from '../../../src/engine/service';
import { npyBytes } from '../../../src/files/npy';
import { explainWith } from '../../support/explain';
import { testFolder } from '../../support/folder';
import { plainDifferences, plainRun } from '../../support/plain';
import { needs, shared } from '../../support/shared';
import { CLASSIFIER, type TinyModel, type TinyNode, tinyModel } from '../../support/tiny-model';
import { noise } from '../../support/tiny-network';

const int = (value: number) => ({ int: value });
const [STEM, RELU, POOL, FLAT, FC] = CLASSIFIER.nodes as [TinyNode, TinyNode, TinyNode, TinyNode, TinyNode];
const base = (nodes: readonly TinyNode[], more: Partial<TinyModel> = {}): TinyModel => ({
  nodes: [STEM, RELU, POOL, FLAT, FC, ...nodes],
  weights: CLASSIFIER.weights!,
  outputs: ['y'],
  ...more,
});

const branch = (name: string, nodes: readonly TinyNode[], output: string) =>
  create(AttributeProtoSchema, {
    name,
    type: AttributeProto_AttributeType.GRAPH,
    g: create(GraphProtoSchema, {
      name,
      node: nodes.map(([op, from, to, attributes]) => makeNode(op, to, from.split(' '), [to], attributes ?? {})),
      output: [valueInfo(output, DataType.FLOAT, [undefined, 2])],
    }),
  });
const BRANCHES = [
  branch('then_branch', [['Mul', 'logits twice', 'a']], 'a'),
  branch(
    'else_branch',
    [
      ['Tanh', 'logits', 'h'],
      ['Neg', 'h', 'b'],
    ],
    'b',
  ),
];
const twice = makeTensor('twice', DataType.FLOAT, [2], [2, 3]);

const SEQUENCES: readonly (readonly [string, readonly TinyNode[]])[] = [
  [
    'SplitToSequence, SequenceAt, SequenceInsert, ConcatFromSequence',
    [
      ['SplitToSequence', 'logits', 's', { axis: int(1) }],
      ['SequenceAt', 's minus', 'last'],
      ['Mul', 'last three', 'tripled'],
      ['SequenceInsert', 's tripled nought', 's2'],
      ['SequenceErase', 's2 minus', 's3'],
      ['ConcatFromSequence', 's3', 'y', { axis: int(1) }],
    ],
  ],
  [
    'SequenceEmpty, a new axis',
    [
      ['SequenceEmpty', '', 's0'],
      ['SequenceInsert', 's0 logits', 's1'],
      ['SequenceInsert', 's1 logits', 's2'],
      ['ConcatFromSequence', 's2', 'both', { axis: int(0), new_axis: int(1) }],
      ['ReduceMean', 'both', 'y', { axes: { ints: [0] }, keepdims: int(0) }],
    ],
  ],
  [
    'SequenceConstruct, a new axis, keepdims=0',
    [
      ['SplitToSequence', 'logits', 's', { axis: int(1), keepdims: int(0) }],
      ['SequenceAt', 's nought', 'first'],
      ['SequenceAt', 's one', 'second'],
      ['SequenceConstruct', 'second first', 's2'],
      ['ConcatFromSequence', 's2', 'y', { axis: int(1), new_axis: int(1) }],
    ],
  ],
];

/** scaled(x; alpha) = leaky(x) + weight, called twice, once by another function. */
function withFunctions(): Uint8Array {
  const proto = fromBinary(
    ModelProtoSchema,
    tinyModel(
      base([
        ['local:Outer', 'logits', 'h'],
        ['local:Scaled', 'h', 'y', { alpha: { float: 0.3 } }],
      ]),
    ),
  );
  const own = [
    { domain: '', version: 17n },
    { domain: 'local', version: 1n },
  ].map((each) => ({ ...each, $typeName: 'onnx.OperatorSetIdProto' as const }));
  const constant = makeTensor('', DataType.FLOAT, [2], [0.25, -0.5]);
  const leaky = makeNode('LeakyRelu', 'leaky', ['x'], ['r'], {});
  leaky.attribute.push(
    create(AttributeProtoSchema, { name: 'alpha', refAttrName: 'alpha', type: AttributeProto_AttributeType.FLOAT }),
  );
  const call = { ...makeNode('Scaled', 'inner', ['v'], ['w'], { alpha: { float: 0.1 } }), domain: 'local' };
  proto.functions = [
    create(FunctionProtoSchema, {
      name: 'Scaled',
      domain: 'local',
      input: ['x'],
      output: ['out'],
      attribute: ['alpha'],
      opsetImport: own,
      node: [
        leaky,
        makeNode('Constant', 'c', [], ['c'], { value: { tensor: constant } }),
        makeNode('Add', 'add', ['r', 'c'], ['out'], {}),
      ],
    }),
    create(FunctionProtoSchema, {
      name: 'Outer',
      domain: 'local',
      input: ['v'],
      output: ['w2'],
      opsetImport: own,
      node: [call, makeNode('Mul', 'mul', ['w', 'w'], ['w2'], {})],
    }),
  ];
  return toBinary(ModelProtoSchema, proto);
}

describe('graphs that are written out', () => {
  const folder = testFolder();
  const service = createService();

  /** Scores and gradient against plain onnxruntime, by all kinds of methods. */
  async function agrees(path: string, dims: readonly number[] = [1, 3, 8, 8], classes = 2) {
    const size = dims.reduce((product, dim) => product * dim, 1);
    const data = Float32Array.from(noise(size, 6));
    const image = { tensor: folder.write('input.npy', npyBytes({ shape: [...dims], data })) };
    const run = (input: Float32Array) => plainRun(path, input, dims);
    const exp = [...(await run(data))].map(Math.exp);
    const total = exp.reduce((sum, value) => sum + value, 0);
    const { info } = await openModel({ path });
    assert.deepEqual([info.unsupported, info.output.classes], [[], classes]);
    for (const method of ['group-cam', 'grad-cam', 'gradient', 'ablation-cam'] as const) {
      const { explanation } = await explainWith(service, { image, model: { path }, method, options: {} });
      assert.doesNotMatch(explanation.saliency.note ?? '', /gradient-free/, method);
      for (const [c, p] of explanation.probabilities.entries())
        assert.ok(Math.abs(p - exp[c]! / total) < 1e-5, `${method}: ${p} for ${exp[c]! / total}`);
    }
    for (const index of [0, 1]) {
      const { data: slopes } = await gradient({ model: { path }, image, target: { index } });
      const places = [5, 70, size - 20];
      const expected = await plainDifferences(run, data, index, places, 2 ** -8);
      const scale = Math.max(...slopes.map(Math.abs));
      for (const [i, place] of places.entries())
        assert.ok(Math.abs(slopes[place]! - expected[i]!) < 0.02 * scale, `${slopes[place]} for ${expected[i]}`);
    }
  }

  it('if-const.onnx: the branch of a constant condition', async function () {
    const path = shared('cases', 'if', 'if-const.onnx');
    needs(this, path, 'a constant condition');
    await agrees(path, [1, 3, 32, 32], 5);
  });

  it('a condition that follows from sizes alone is known as well', async () => {
    const nodes: readonly TinyNode[] = [
      ['Shape', 'image', 'shape'],
      ['ReduceMax', 'shape', 'most', { keepdims: int(0) }],
      ['Less', 'most ten', 'small'],
      ['If', 'small', 'y', BRANCHES],
    ];
    const ten = makeTensor('ten', DataType.INT64, [], [10]);
    await agrees(folder.write('net.onnx', tinyModel(base(nodes, { initializers: [twice, ten] }))));
  });

  for (const limit of [-1e9, 1e9])
    it(`a condition on the image computes both branches, and takes ${limit < 0 ? 'the first' : 'the second'}`, async () => {
      const nodes: readonly TinyNode[] = [
        ['ReduceSum', 'logits', 'sum', { keepdims: int(0) }],
        ['Greater', 'sum limit', 'high'],
        ['If', 'high', 'y', BRANCHES],
      ];
      const initializers = [twice, makeTensor('limit', DataType.FLOAT, [], [limit])];
      await agrees(folder.write('net.onnx', tinyModel(base(nodes, { initializers }))));
    });

  it('local functions, with attributes and constants, in one another', async () => {
    await agrees(folder.write('net.onnx', withFunctions()));
  });

  for (const [what, nodes] of SEQUENCES)
    it(`sequences: ${what}`, async () => {
      const whole = (name: string, value: number) => makeTensor(name, DataType.INT64, [], [value]);
      const initializers = [
        whole('minus', -1),
        whole('nought', 0),
        whole('one', 1),
        makeTensor('three', DataType.FLOAT, [], [3]),
      ];
      await agrees(folder.write('net.onnx', tinyModel(base(nodes, { initializers }))));
    });
});
