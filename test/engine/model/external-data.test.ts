/** External data of tensors that are no weights of the graph: in bodies, functions and attributes. */
import assert from 'node:assert/strict';
import { readFileSync, symlinkSync } from 'node:fs';
import { create, fromBinary, toBinary } from '@bufbuild/protobuf';
import {
  AttributeProto_AttributeType,
  AttributeProtoSchema,
  FunctionProtoSchema,
  GraphProtoSchema,
  type ModelProto,
  ModelProtoSchema,
  type NodeProto,
  OperatorSetIdProtoSchema,
  SparseTensorProtoSchema,
  StringStringEntryProtoSchema,
  type TensorProto,
  TensorProto_DataLocation,
  TensorProtoSchema,
  ValueInfoProtoSchema,
} from 'onnx-buf';
import { makeNode } from '../../../src/core/onnx/emit';
import { innerTensors } from '../../../src/core/onnx/external';
import { DataType, makeTensor } from '../../../src/core/onnx/tensors';
import { encodeModel } from '../../../src/core/onnx/weights';
import { openModel } from '../../../src/engine/model/inspect';
import { readModelFile } from '../../../src/engine/model/model-file';
import { createSession } from '../../../src/engine/runtime/runtime';
import { testFolder } from '../../support/folder';
import { needs, shared } from '../../support/shared';
import { tinyModel } from '../../support/tiny-model';

type Entries = Readonly<Record<string, string | number>>;

/** Four floats that lie in a file. */
function external(entries: Entries, type = DataType.FLOAT): TensorProto {
  return create(TensorProtoSchema, {
    name: 'kept',
    dataType: type,
    dims: [4n],
    dataLocation: TensorProto_DataLocation.EXTERNAL,
    externalData: Object.entries(entries).map(([key, value]) =>
      create(StringStringEntryProtoSchema, { key, value: `${value}` }),
    ),
  });
}

const value = (name: string) => create(ValueInfoProtoSchema, { name });

/** A node with the tensor as its value. */
const constant = (tensor: TensorProto, output: string): NodeProto =>
  makeNode('Constant', output, [], [output], { value: { tensor } });

/** If yes, the body, which gives `inner`. */
function choice(body: { node?: NodeProto[]; initializer?: TensorProto[] }, output: string): NodeProto {
  const branch = (name: string) =>
    create(AttributeProtoSchema, {
      name,
      type: AttributeProto_AttributeType.GRAPH,
      g: create(GraphProtoSchema, { name, output: [value('inner')], ...body }),
    });
  return makeNode('If', output, ['yes'], [output], [branch('then_branch'), branch('else_branch')]);
}

const passed = (name: string): NodeProto => makeNode('Identity', 'pass', [name], ['inner'], {});

/** Nodes, and what else a model has, that make `found` of the tensor. */
const PLACES: Readonly<
  Record<string, (tensor: TensorProto) => { node: NodeProto[]; change?: (m: ModelProto) => void }>
> = {
  'a body': (tensor) => ({ node: [choice({ node: [passed('kept')], initializer: [tensor] }, 'found')] }),
  'a node of a body': (tensor) => ({ node: [choice({ node: [constant(tensor, 'inner')] }, 'found')] }),
  'a body in a body in a body': (tensor) => {
    const third = choice({ node: [passed('kept')], initializer: [tensor] }, 'inner');
    return { node: [choice({ node: [choice({ node: [third] }, 'inner')] }, 'found')] };
  },
  'a function': (tensor) => ({
    node: [{ ...makeNode('Made', 'call', [], ['found'], {}), domain: 'com.example' }],
    change: (proto) => {
      const domains = proto.opsetImport;
      domains.push(create(OperatorSetIdProtoSchema, { domain: 'com.example', version: 1n }));
      const node = [constant(tensor, 'made')];
      const opsetImport = domains.slice(0, 1);
      proto.functions.push(
        create(FunctionProtoSchema, { name: 'Made', domain: 'com.example', output: ['made'], node, opsetImport }),
      );
    },
  }),
  'a body of a function': (tensor) => ({
    node: [{ ...makeNode('Made', 'call', ['yes'], ['found'], {}), domain: 'com.example' }],
    change: (proto) => {
      const domains = proto.opsetImport;
      domains.push(create(OperatorSetIdProtoSchema, { domain: 'com.example', version: 1n }));
      const node = [choice({ node: [constant(tensor, 'inner')] }, 'made')];
      const opsetImport = domains.slice(0, 1);
      proto.functions.push(
        create(FunctionProtoSchema, {
          name: 'Made',
          domain: 'com.example',
          input: ['yes'],
          output: ['made'],
          node,
          opsetImport,
        }),
      );
    },
  }),
};

function modelWith(place: keyof typeof PLACES, entries: Entries): Uint8Array {
  const bytes = tinyModel({
    inputs: { row: [1, 4] },
    nodes: [['Mul', 'row found', 'y']],
    outputs: ['y'],
    initializers: [makeTensor('yes', DataType.BOOL, [], [1])],
  });
  const proto = fromBinary(ModelProtoSchema, bytes);
  const { node, change } = PLACES[place]!(external(entries));
  proto.graph!.node.unshift(...node);
  change?.(proto);
  return toBinary(ModelProtoSchema, proto);
}

const floats = (...values: number[]) => new Uint8Array(Float32Array.from(values).buffer);

describe('external data', () => {
  const folder = testFolder();

  /** What the model makes of ones. */
  async function run(file: string): Promise<number[]> {
    const read = await readModelFile(file);
    const encoded = encodeModel(read.model, read.model.graph);
    const buffers = await read.buffers(encoded);
    const session = await createSession(file, encoded, buffers, { device: 'cpu', optimize: 'none', prepack: false });
    const row = { type: 'float32', data: new Float32Array(4).fill(1), dims: [1, 4] };
    const { y } = await session.run({ row }, ['y']);
    await session.release();
    return Array.from(y!.data, Number);
  }

  /** Runs a task with a file of other numbers in the working directory. */
  async function inDecoyFolder<T>(task: () => Promise<T>): Promise<T> {
    const before = process.cwd();
    folder.write('elsewhere/weights.bin', floats(9, 9, 9, 9, 9, 9, 9, 9));
    process.chdir(folder.at('elsewhere'));
    try {
      return await task();
    } finally {
      process.chdir(before);
    }
  }

  for (const place of Object.keys(PLACES)) {
    it(`of ${place} comes from the model's folder, not from the working directory`, async () => {
      const file = folder.write('m/model.onnx', modelWith(place, { location: 'weights.bin', offset: 8, length: 16 }));
      await inDecoyFolder(async () => {
        const missing = { code: 'external-data-missing', message: /model\.onnx: its weights file weights\.bin/ };
        await assert.rejects(readModelFile(file), missing);
        folder.write('m/weights.bin', floats(7, 8, 1, 2, 3, 4));
        assert.deepEqual(await run(file), [1, 2, 3, 4]);
      });
      const { stamps } = await readModelFile(file);
      assert.deepEqual(
        stamps.map(({ path }) => path),
        [file, folder.at('m', 'weights.bin')],
      );
    });

    for (const location of ['../weights.bin', '/etc/hostname', 'a/../../weights.bin', ''])
      it(`of ${place} at "${location}" is refused`, async () => {
        folder.write('weights.bin', floats(1, 2, 3, 4));
        const file = folder.write('m/model.onnx', modelWith(place, { location }));
        await assert.rejects(readModelFile(file), { code: 'external-data-outside' });
      });
  }

  it('of a body behind a link that leaves the folder is refused', async () => {
    folder.write('weights.bin', floats(1, 2, 3, 4));
    const file = folder.write('m/model.onnx', modelWith('a body', { location: 'weights.bin' }));
    symlinkSync('../weights.bin', folder.at('m', 'weights.bin'));
    await assert.rejects(readModelFile(file), { code: 'external-data-outside' });
  });

  it('without a length is as long as its tensor', async () => {
    folder.write('weights.bin', floats(1, 2, 3, 4, 5, 6, 7, 8));
    assert.deepEqual(
      await run(folder.write('m.onnx', modelWith('a body', { location: 'weights.bin', offset: 4 }))),
      [2, 3, 4, 5],
    );
  });

  it('in memory of the process, as the runtime writes it, is no file', async () => {
    const entries = { location: '*/_ORT_MEM_ADDR_/*', offset: 4096, length: 16 };
    const file = folder.write('m.onnx', modelWith('a body', entries));
    await assert.rejects(readModelFile(file), { code: 'external-data-missing' });
  });

  for (const wrong of ['1e3', '0x10', '1.5', '-1', ' 4', '', 'NaN'])
    for (const key of ['offset', 'length'])
      it(`whose ${key} is "${wrong}" is refused: whole numbers only`, async () => {
        folder.write('weights.bin', new Uint8Array(4096));
        for (const place of ['a body', 'a function']) {
          const file = folder.write('m.onnx', modelWith(place, { location: 'weights.bin', [key]: wrong }));
          const message = new RegExp(`m\\.onnx: its weights file weights\\.bin has an invalid ${key} "${wrong}"`);
          await assert.rejects(readModelFile(file), { code: 'external-data-missing', message });
        }
      });

  it('beyond the end of the file is refused, however far', async () => {
    folder.write('weights.bin', new Uint8Array(64));
    for (const offset of [64, 2 ** 40, '9'.repeat(400)]) {
      const file = folder.write('m.onnx', modelWith('a body', { location: 'weights.bin', offset, length: 16 }));
      await assert.rejects(readModelFile(file), { code: 'external-data-missing' }, `${offset}`);
    }
  });

  it('is found in sparse tensors and in lists too', () => {
    const [a, b, c, d] = [1, 2, 3, 4].map((offset) => external({ location: 'w', offset }));
    const sparse = create(SparseTensorProtoSchema, { values: a!, indices: b! });
    const list = create(AttributeProtoSchema, { name: 'tensors', tensors: [c!] });
    const graphs = create(AttributeProtoSchema, {
      name: 'graphs',
      graphs: [create(GraphProtoSchema, { sparseInitializer: [{ values: d! }] })],
    });
    const node = makeNode('Any', 'any', [], ['y'], [list, graphs]);
    const graph = create(GraphProtoSchema, { node: [node], sparseInitializer: [sparse] });
    const found = innerTensors(create(ModelProtoSchema, { graph }));
    assert.deepEqual(new Set(found), new Set([a, b, c, d]));
  });

  it('of the case external-in-subgraph-cwd is not read from the working directory', async function () {
    const file = shared('cases', 'safety', 'model-external-in-subgraph-cwd.onnx');
    needs(this, file, 'external data in a body');
    const read = fromBinary(ModelProtoSchema, readFileSync(file));
    const location = innerTensors(read)
      .flatMap(({ externalData }) => externalData)
      .find(({ key }) => key === 'location')!.value;
    folder.write(`elsewhere/${location}`, new Uint8Array(4096));
    await inDecoyFolder(() => assert.rejects(openModel({ path: file }), { code: 'external-data-missing' }));
  });
});
