import assert from 'node:assert/strict';
import { create, fromBinary, toBinary } from '@bufbuild/protobuf';
import {
  AttributeProtoSchema,
  GraphProtoSchema,
  ModelProtoSchema,
  type NodeProto,
  NodeProtoSchema,
  TensorProtoSchema,
} from 'onnx-buf';
import { attributeOf, intsAttribute, parseModel, stringAttribute } from '../../../src/core/onnx/model';
import { DataType, makeTensor, valuesOf } from '../../../src/core/onnx/tensors';
import { parseTiny, type TinyModel, tinyModel } from '../../support/tiny-model';

const SCALED: TinyModel = { nodes: [['Mul', 'image scale', 'y']], outputs: ['y'], weights: { scale: [300] } };

const withConstant = (attributes: NonNullable<TinyModel['nodes'][number][3]>): TinyModel => ({
  ...SCALED,
  weights: {},
  nodes: [['Constant', '', 'scale', attributes], ...SCALED.nodes],
});

describe('parsing', () => {
  it('keeps the weights as views of the file', () => {
    const bytes = tinyModel(SCALED);
    const model = parseModel(bytes, 'm.onnx');
    const { rawData } = model.initializers.get('scale')!;
    assert.equal(rawData.byteLength, 1200);
    assert.equal(rawData.buffer, bytes.buffer);
    // The file's bytes change under the tensor: nothing was copied.
    bytes.fill(0, rawData.byteOffset - bytes.byteOffset, rawData.byteOffset - bytes.byteOffset + 1200);
    assert.ok(valuesOf(model.initializers.get('scale')!)!.every((value) => value === 0));
  });

  it('keeps the large tensor of a Constant node as a view too', () => {
    const bytes = tinyModel(
      withConstant({ value: { tensor: makeTensor('', DataType.FLOAT, [300], Array(300).fill(2)) } }),
    );
    assert.equal(parseModel(bytes, 'm.onnx').initializers.get('scale')!.rawData.buffer, bytes.buffer);
  });

  it('finds a view in bytes that lie in the middle of a buffer', () => {
    const bytes = tinyModel(SCALED);
    const middle = new Uint8Array(bytes.length + 100).subarray(37, 37 + bytes.length);
    middle.set(bytes);
    const values = valuesOf(parseModel(middle, 'm.onnx').initializers.get('scale')!)!;
    assert.deepEqual(values.slice(0, 3), [-0.5, -0.4, -0.3].map(Math.fround));
  });

  it('makes initializers of Constant nodes', () => {
    const cases = [
      [{ value: { tensor: makeTensor('x', DataType.FLOAT, [2], [1, 2]) } }, [1, 2], [2]],
      [{ value_float: { float: 1.5 } }, [1.5], []],
      [{ value_int: { int: 7 } }, [7], []],
      [{ value_ints: { ints: [3, 4, 5] } }, [3, 4, 5], [3]],
    ] as const;
    for (const [attributes, values, dims] of cases) {
      const model = parseTiny(withConstant(attributes));
      assert.deepEqual(
        model.graph.node.map(({ opType }) => opType),
        ['Mul'],
      );
      const tensor = model.initializers.get('scale')!;
      assert.deepEqual([valuesOf(tensor), tensor.dims.map(Number), tensor.name], [values, dims, 'scale']);
    }
  });

  it('leaves a constant of strings a node', () => {
    const model = parseTiny(withConstant({ value_string: { string: 'a' } }));
    assert.deepEqual(
      model.graph.node.map(({ opType }) => opType),
      ['Constant', 'Mul'],
    );
  });

  it('takes no initializer for an input, as IR 3 lists them', () => {
    const model = parseTiny({
      ...SCALED,
      inputs: { image: [1, 3, 8, 300], scale: [300] },
      irVersion: 3,
    });
    assert.deepEqual(
      model.graph.input.map(({ name }) => name),
      ['image'],
    );
    assert.equal(model.proto.irVersion, 4n);
  });

  it('reads the default domain’s operator set, by either name', () => {
    for (const domain of ['', 'ai.onnx']) {
      const proto = fromBinary(ModelProtoSchema, tinyModel(SCALED));
      proto.opsetImport = [
        { ...proto.opsetImport[0]!, domain: 'com.example', version: 1n },
        { ...proto.opsetImport[0]!, domain, version: 12n },
      ];
      assert.equal(parseModel(toBinary(ModelProtoSchema, proto), 'm.onnx').opset, 12);
    }
  });

  it('raises the operator set to 16 from 13 on, where the graph means the same', () => {
    const opsets = (opset: number, ...nodes: NodeProto[]) => {
      const proto = fromBinary(ModelProtoSchema, tinyModel({ ...SCALED, opset }));
      proto.graph!.node.push(...nodes);
      const model = parseModel(toBinary(ModelProtoSchema, proto), 'm.onnx');
      return [model.fileOpset, model.opset, Number(model.proto.opsetImport[0]!.version)];
    };
    const align = create(NodeProtoSchema, { opType: 'RoiAlign' });
    const branch = create(AttributeProtoSchema, {
      name: 'then_branch',
      g: create(GraphProtoSchema, { node: [align] }),
    });
    assert.deepEqual(opsets(12), [12, 12, 12]);
    assert.deepEqual(opsets(13), [13, 16, 16]);
    assert.deepEqual(opsets(15), [15, 16, 16]);
    assert.deepEqual(opsets(17), [17, 17, 17]);
    assert.deepEqual(opsets(15, align), [15, 15, 15]);
    assert.deepEqual(opsets(15, create(NodeProtoSchema, { opType: 'If', attribute: [branch] })), [15, 15, 15]);
    const norm = { opType: 'BatchNormalization', output: ['y', 'mean', 'var'] };
    assert.deepEqual(opsets(14, create(NodeProtoSchema, norm)), [14, 14, 14]);
    assert.deepEqual(opsets(14, create(NodeProtoSchema, { ...norm, output: ['y'] })), [14, 16, 16]);
  });

  it('refuses what is no model', () => {
    const whole = tinyModel(SCALED);
    const unreadable = [
      ['text', new TextEncoder().encode('This is no model.\n')],
      ['cut short', whole.subarray(0, whole.length - 400)],
      ['no graph', toBinary(ModelProtoSchema, create(ModelProtoSchema, { irVersion: 8n }))],
      ['nothing', new Uint8Array()],
    ] as const;
    for (const [what, bytes] of unreadable) {
      assert.throws(() => parseModel(bytes, 'm.onnx'), { code: 'model-unreadable', message: /^m\.onnx/ }, what);
    }
  });
});

describe('attributes', () => {
  it('have plain values', () => {
    const [node] = parseTiny({
      nodes: [['Op', 'image', 'y', { a: { int: -3 }, b: { float: 0.5 }, c: { string: 'é' }, d: { ints: [1, -2] } }]],
      outputs: ['y'],
    }).graph.node;
    assert.deepEqual(
      ['a', 'b', 'c', 'd', 'e'].map((name) => attributeOf(node!, name)),
      [-3, 0.5, 'é', [1, -2], undefined],
    );
    assert.deepEqual(intsAttribute(node!, 'd'), [1, -2]);
    assert.equal(intsAttribute(node!, 'a'), undefined);
    assert.equal(stringAttribute(node!, 'e', 'NOTSET'), 'NOTSET');
  });
});

describe('values of tensors', () => {
  it('are read from either field', () => {
    const both = [
      [DataType.FLOAT, { floatData: [0.5, -1] }],
      [DataType.DOUBLE, { doubleData: [0.5, -1] }],
      [DataType.FLOAT16, { int32Data: [0x3800, 0xbc00] }],
    ] as const;
    for (const [dataType, data] of both) {
      const field = Object.assign(create(TensorProtoSchema, { dataType, dims: [2n] }), data);
      assert.deepEqual(valuesOf(field), [0.5, -1], `${dataType}`);
      assert.deepEqual(valuesOf(makeTensor('t', dataType, [2], [0.5, -1])), [0.5, -1], `${dataType}`);
    }
    const half = create(TensorProtoSchema, { dataType: DataType.FLOAT16, dims: [1n], rawData: Uint8Array.of(0, 0x38) });
    assert.deepEqual(valuesOf(half), [0.5]);
    for (const type of [DataType.INT64, DataType.INT32, DataType.INT8]) {
      assert.deepEqual(valuesOf(makeTensor('t', type, [2], [3, -4])), [3, -4], `${type}`);
    }
    assert.deepEqual(valuesOf(makeTensor('t', DataType.BOOL, [2], [1, 0])), [1, 0]);
    assert.equal(valuesOf(create(TensorProtoSchema, { dataType: DataType.STRING })), undefined);
  });
});
