import assert from 'node:assert/strict';
import { copyFileSync } from 'node:fs';
import { create, fromBinary, toBinary } from '@bufbuild/protobuf';
import { FunctionProtoSchema, ModelProtoSchema, SparseTensorProtoSchema, TensorProtoSchema } from 'onnx-buf';
import { makeNode } from '../../../src/core/onnx/emit';
import { DataType, makeTensor } from '../../../src/core/onnx/tensors';
import { openModel } from '../../../src/engine/model/inspect';
import { createService } from '../../../src/engine/service';
import { npyBytes } from '../../../src/files/npy';
import { explainWith } from '../../support/explain';
import { testFolder } from '../../support/folder';
import { int64, loopBody, looping, SCAN } from '../../support/loop';
import { plainRun } from '../../support/plain';
import { needs, shared } from '../../support/shared';
import { CLASSIFIER, type TinyModel, type TinyNode, tinyModel } from '../../support/tiny-model';
import { noise } from '../../support/tiny-network';

const yes = makeTensor('yes', DataType.BOOL, [], [1]);
const no = makeTensor('no', DataType.BOOL, [], [0]);
const on = loopBody([['Identity', 'going', 'go']]);

/** The classifier with nodes that end in `extra`, a number that is added to its logits. */
function adding(nodes: readonly TinyNode[], initializers: TinyModel['initializers'] = []): TinyModel {
  const sum: TinyNode[] = [
    ['ReduceMax', 'big', 'extra', { keepdims: { int: 0 } }],
    ['Add', 'logits extra', 'out'],
  ];
  return { ...CLASSIFIER, nodes: [...CLASSIFIER.nodes.slice(0, -1), ...nodes, ...sum], outputs: ['out'], initializers };
}

const doubled = (times: number): TinyNode[] =>
  Array.from({ length: times }, (_, i) => [
    'Concat',
    `d${i} d${i}`,
    i === times - 1 ? 'big' : `d${i + 1}`,
    { axis: { int: 0 } },
  ]);

/** What asks for more than the machine has; each has a few bytes only. */
const BOMBS: Readonly<Record<string, readonly [TinyModel, RegExp]>> = {
  'a constant of absurd size': [
    adding([['ConstantOfShape', 'size', 'big']], [makeTensor('size', DataType.INT64, [2], [60_000, 50_000])]),
    /tensor "big" would be \[60000, 50000\]/,
  ],
  'one whose size is computed': [
    adding(
      [
        ['Mul', 'side side', 'square'],
        ['Reshape', 'square one', 'size'],
        ['ConstantOfShape', 'size', 'big'],
      ],
      [int64('side', 100_000), makeTensor('one', DataType.INT64, [1], [1])],
    ),
    /tensor "big" would be \[10000000000\]/,
  ],
  'one that is expanded': [
    adding([['Expand', 'one size', 'big']], [makeTensor('one', DataType.FLOAT, [1], [1]), int64('size', 9e4, 9e4)]),
    /tensor "big" would be \[90000, 90000\]/,
  ],
  'one that is repeated': [
    adding([['Tile', 'one size', 'big']], [makeTensor('one', DataType.FLOAT, [1, 1], [1]), int64('size', 9e4, 9e4)]),
    /tensor "big" would be \[90000, 90000\]/,
  ],
  'a range': [
    adding([['Range', 'zero end one', 'big']], [int64('zero', 0), int64('end', 1e11), int64('one', 1)]),
    /tensor "big" would be \[100000000000\]/,
  ],
  'one that is doubled again and again': [
    adding(doubled(27), [makeTensor('d0', DataType.FLOAT, [8], Array(8).fill(1))]),
    /tensor "d\d+" would be \[\d+\]/,
  ],
  'an image that is repeated': [
    adding([['Tile', 'image size', 'big']], [int64('size', 1, 1, 1e5, 1e5)]),
    /tensor "big" would be \[1, 3, 800000, 800000\]/,
  ],
  'an image that is enlarged': [
    adding([['Resize', 'image   size', 'big']], [int64('size', 1, 3, 1e6, 1e6)]),
    /tensor "big" would be \[1, 3, 1000000, 1000000\]/,
  ],
  'a tensor that holds less than it says': [
    adding(
      [['Identity', 'weight', 'big']],
      [
        create(TensorProtoSchema, {
          name: 'weight',
          dataType: DataType.FLOAT,
          dims: [100_000n, 100_000n],
          rawData: new Uint8Array(16),
        }),
      ],
    ),
    /tensor "weight" float \[100000, 100000\] holds 16 bytes only/,
  ],
  'an input of absurd size': [
    { ...CLASSIFIER, inputs: { image: ['N', 3, 1_000_000, 1_000_000] } },
    /its input "image" is 1000000 x 1000000 pixels/,
  ],
  'a loop of many rounds': [looping('many yes', on, [int64('many', 1e9), yes]), /one run takes \d+ steps/],
  'a loop whose number of rounds is computed': [
    looping('product ', on, [int64('many', 1e6)], [['Mul', 'many many', 'product']]),
    /one run takes \d+ steps/,
  ],
  'a loop without an end': [looping(' ', on, []), /its loop "out" never ends/],
  'one whose condition is a constant': [
    looping(' yes', loopBody([['Identity', 'always', 'go']], [makeTensor('always', DataType.BOOL, [], [1])]), [yes]),
    /its loop "out" never ends/,
  ],
  'one whose condition is computed of constants': [
    looping(
      ' ',
      loopBody(
        [
          ['Not', 'going', 'no'],
          ['Not', 'no', 'go'],
        ],
        [],
      ),
      [],
    ),
    /its loop "out" never ends/,
  ],
  'a loop that counts its rounds': [
    looping(' ', loopBody([['Less', 'i end', 'go']], [int64('end', 1e9)]), []),
    /one run takes \d+ steps/,
  ],
  'a scan of many rounds': [
    adding([['Expand', 'one size', 'long'], SCAN], [makeTensor('one', DataType.FLOAT, [1], [1]), int64('size', 2e6)]),
    /one run takes 4000000 steps/,
  ],
};

describe('models that ask for too much', () => {
  const folder = testFolder();

  for (const [what, [model, message]] of Object.entries(BOMBS)) {
    it(`are refused: ${what}`, async () => {
      const file = folder.write('net.onnx', tinyModel(model));
      const before = process.memoryUsage.rss();
      await assert.rejects(openModel({ path: file }), { code: /^model-(too-large|unreadable)$/, message });
      assert.ok(process.memoryUsage.rss() - before < 2 ** 28, 'before they take memory');
    });
  }

  it('are refused: functions that call one another twice each, twenty deep, or that call themselves', async () => {
    for (const [depth, message] of [
      [20, /its graph has 10485\d\d nodes/],
      [1000, /its functions or bodies lie deeper/],
    ] as const) {
      const file = folder.write('net.onnx', withFunctions(depth));
      await assert.rejects(openModel({ path: file }), { code: 'model-too-large', message });
    }
  });

  it('are refused: a sparse tensor that is too large when it is dense', async () => {
    const part = (name: string, type: DataType) => makeTensor(name, type, [1], [0]);
    const sparse = create(SparseTensorProtoSchema, {
      values: part('big', DataType.FLOAT),
      indices: part('where', DataType.INT64),
      dims: [2n ** 14n, 2n ** 14n],
    });
    const model = fromBinary(ModelProtoSchema, tinyModel(adding([])));
    model.graph!.sparseInitializer = [sparse];
    const file = folder.write('net.onnx', toBinary(ModelProtoSchema, model));
    await assert.rejects(openModel({ path: file }), {
      code: 'model-too-large',
      message: /sparse tensor "big" would be \[16384, 16384\]/,
    });
  });

  it('do not include models with loops that end or functions of a usual size: these are opened', async () => {
    for (const model of [
      tinyModel(looping('few yes', on, [int64('few', 100), yes])),
      tinyModel(looping('many no', on, [int64('many', 1e15), no])),
      tinyModel(looping('many ', loopBody([['Less', 'i end', 'go']], [int64('end', 9)]), [int64('many', 2 ** 60)])),
      withFunctions(5),
    ]) {
      const { info } = await openModel({ path: folder.write('net.onnx', model) });
      assert.equal(info.output.classes, 2);
    }
  });

  it('have the facts of small constants all the same, through sizes that follow from others', async () => {
    const model = adding(
      [
        ['ConstantOfShape', 'one', 'zeros', { value: { tensor: makeTensor('', DataType.INT64, [1], [0]) } }],
        ['Add', 'zeros one', 'side'],
        ['Concat', 'side side', 'size', { axis: { int: 0 } }],
        ['Expand', 'four size', 'big'],
      ],
      [makeTensor('one', DataType.INT64, [1], [1]), makeTensor('four', DataType.FLOAT, [1], [4])],
    );
    const { facts } = await openModel({ path: folder.write('net.onnx', tinyModel(model)) });
    assert.deepEqual(facts.get('size')?.values, [1, 1]);
    assert.deepEqual(facts.get('big'), { dtype: DataType.FLOAT, dims: [1, 1], values: [4] });
  });

  it('have no layer that is larger than an image may be: its maps would take minutes', async () => {
    const [conv, ...rest] = CLASSIFIER.nodes;
    const padded: TinyNode = [conv![0], conv![1], conv![2], { pads: { ints: [1_000_000, 1, 1, 1] } }];
    const file = folder.write('net.onnx', tinyModel({ ...CLASSIFIER, nodes: [padded, ...rest] }));
    const { info } = await openModel({ path: file });
    assert.deepEqual(info.layers, []);
  });

  for (const name of ['memory-bomb-1', 'endless-loop-1', 'functions-7']) {
    it(`are refused: the case ${name}`, async function () {
      const file = shared('cases', 'safety', `model-${name}.onnx`);
      needs(this, file, 'the cases of safety');
      await assert.rejects(openModel({ path: file }), { code: 'model-too-large' });
    });
  }
});

/** The classifier with a function behind its logits, each of which calls the one before twice. */
function withFunctions(depth: number): Uint8Array {
  const opsetImport = [
    { domain: '', version: 17n },
    { domain: 'own', version: 1n },
  ];
  const call = (i: number, from: string, to: string) =>
    Object.assign(makeNode(i === 0 ? 'Identity' : `F${i - 1}`, `${from} to ${to}`, [from], [to], {}), {
      domain: i === 0 ? '' : 'own',
    });
  const model = fromBinary(ModelProtoSchema, tinyModel({ ...CLASSIFIER, outputs: ['out'] }));
  model.opsetImport = opsetImport.map((entry) => ({ ...model.opsetImport[0]!, ...entry }));
  model.graph!.node[model.graph!.node.length - 1] = call(depth, 'logits', 'out');
  model.functions = Array.from({ length: depth }, (_, i) =>
    create(FunctionProtoSchema, {
      name: `F${i}`,
      domain: 'own',
      input: ['x'],
      output: ['y'],
      node: [call(i, 'x', 't'), call(i, 't', 'y')],
      opsetImport,
    }),
  );
  return toBinary(ModelProtoSchema, model);
}

describe('sizes', () => {
  const folder = testFolder();
  const free: TinyModel = { ...CLASSIFIER, inputs: { image: ['N', 3, 'h', 'w'] } };

  it('that a file beside the model asks for are at most those of a sidecar; others are not used, which is said', async () => {
    folder.write('preprocessor_config.json', { size: { height: 100_000, width: 1e9 }, image_mean: [0, 0, 0] });
    const { info } = await openModel({ path: folder.write('net.onnx', tinyModel(free)) });
    assert.equal(info.preprocessing.width.value, 224);
    assert.equal(info.preprocessing.height.value, 224);
    for (const side of ['width', 'height'])
      assert.ok(
        info.assumptions.some((line) => line.includes(`${side} not used; it must be a whole number from 1 to 4096`)),
        info.assumptions.join('\n'),
      );
  });

  it('of the case dynamic-size are those that it can take, whatever a file beside it asks for', async function () {
    const file = shared('cases', 'safety', 'model-dynamic-size.onnx');
    needs(this, file, 'the cases of safety');
    const path = folder.at('net.onnx');
    copyFileSync(file, path);
    const data = Float32Array.from(noise(3 * 224 * 224, 5));
    const image = { tensor: folder.write('input.npy', npyBytes({ shape: [1, 3, 224, 224], data })) };
    const expected = await plainRun(path, data, [1, 3, 224, 224]);
    for (const size of [
      { height: 100_000, width: 100_000 },
      { height: 1e300, width: 5000 },
    ]) {
      folder.write('preprocessor_config.json', { size });
      const { info } = await openModel({ path });
      assert.deepEqual([info.preprocessing.width.value, info.preprocessing.height.value], [224, 224]);
      assert.match(info.assumptions.join('; '), /height not used; it must be a whole number from 1 to 4096/);
      const { explanation } = await explainWith(createService(), { image, model: { path }, method: 'eigen-cam' });
      const total = expected.reduce((sum, y) => sum + Math.exp(y), 0);
      for (const [c, p] of explanation.probabilities.entries())
        assert.ok(Math.abs(p - Math.exp(expected[c]!) / total) < 1e-5, `class ${c}: ${p}`);
    }
  });

  it('of the metadata too, and of the shorter side before a crop', async () => {
    folder.write('preprocessor_config.json', { size: { shortest_edge: 1e7 }, crop_size: { height: 8, width: 8 } });
    const metadata = { imgsz: `[${'9'.repeat(400)}, 5000]` };
    const { info } = await openModel({ path: folder.write('net.onnx', tinyModel({ ...free, metadata })) });
    assert.equal(info.preprocessing.resize.value, 9);
    assert.equal(info.preprocessing.width.value, 8);
    assert.ok(info.assumptions.some((line) => line.includes('resize not used')));
  });
});

describe('names of classes', () => {
  it('in the case redos-names-200k-digits are read in no time, or not at all', async function () {
    const file = shared('cases', 'safety', 'redos-names-200k-digits.onnx');
    needs(this, file, 'the cases of safety');
    const { labels } = await createService().inspect({ model: { path: file } }, NOBODY);
    assert.equal(labels.origin, 'assumed');
  });
});

const NOBODY = { signal: new AbortController().signal, emit: () => {} };
