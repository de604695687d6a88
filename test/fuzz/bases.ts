/** Models that are as they should be. */
import { create, fromBinary, toBinary } from '@bufbuild/protobuf';
import { FunctionProtoSchema, ModelProtoSchema } from 'onnx-buf';
import { makeNode } from '../../src/core/onnx/emit';
import { DataType, makeTensor } from '../../src/core/onnx/tensors';
import { int64, loopBody, looping } from '../support/loop';
import { CLASSIFIER, type TinyModel, type TinyNode, tinyModel } from '../support/tiny-model';

const NAMES = "{0: 'cat', 1: \"dog's\"}";
/** From [N, C, h, w] `relu` to the probabilities. */
const TAIL = CLASSIFIER.nodes.slice(2);
const numbers = (name: string, dims: readonly number[]) =>
  makeTensor(
    name,
    DataType.FLOAT,
    dims,
    Array.from({ length: dims.reduce((a, b) => a * b, 1) }, (_, i) => ((i * 7) % 11) / 10 + 0.1),
  );

function classifier(nodes: readonly TinyNode[], more: Partial<TinyModel> = {}): Uint8Array {
  return tinyModel({ ...CLASSIFIER, nodes: [...nodes, ...TAIL], ...more });
}

const STEM: TinyNode = ['Conv', 'image stem', 'map', { pads: { ints: [1, 1, 1, 1] } }];

/** Small classifiers that between them have most of what real ones have. */
export const MODELS: readonly Uint8Array[] = [
  tinyModel({ ...CLASSIFIER, metadata: { names: NAMES, imgsz: '[8, 8]', task: 'classify' } }),
  classifier(
    [
      STEM,
      ['BatchNormalization', 'map one one one one', 'normal'],
      ['Add', 'normal map', 'sum'],
      ['Relu', 'sum', 'relu'],
    ],
    { initializers: [numbers('one', [4])] },
  ),
  classifier([
    STEM,
    ['MaxPool', 'map', 'pool', { kernel_shape: { ints: [2, 2] }, strides: { ints: [2, 2] } }],
    ['Sigmoid', 'pool', 'gate'],
    ['Mul', 'pool gate', 'relu'],
  ]),
  classifier(
    [
      STEM,
      ['Shape', 'map', 'shape'],
      ['Gather', 'shape last', 'side'],
      ['Mul', 'side two', 'double'],
      ['Concat', 'double double', 'sizes', { axis: { int: 0 } }],
      ['Concat', 'first sizes', 'target', { axis: { int: 0 } }],
      ['Resize', 'map   target', 'large', { mode: { string: 'linear' } }],
      ['Relu', 'large', 'relu'],
    ],
    {
      initializers: [
        makeTensor('last', DataType.INT64, [1], [3]),
        makeTensor('two', DataType.INT64, [1], [2]),
        int64('first', 1, 4),
      ],
    },
  ),
  classifier(
    [
      ['Transpose', 'image', 'planes', { perm: { ints: [0, 3, 1, 2] } }],
      ['Conv', 'planes stem', 'map'],
      ['Relu', 'map', 'relu'],
    ],
    { inputs: { image: ['N', 8, 8, 3] } },
  ),
  classifier(
    [
      STEM,
      ['QuantizeLinear', 'map scale zero', 'q'],
      ['DequantizeLinear', 'q scale zero', 'd'],
      ['Clip', 'd low high', 'relu'],
    ],
    {
      initializers: [
        makeTensor('scale', DataType.FLOAT, [], [0.05]),
        makeTensor('zero', DataType.UINT8, [], [128]),
        makeTensor('low', DataType.FLOAT, [], [0]),
        makeTensor('high', DataType.FLOAT, [], [6]),
      ],
    },
  ),
  classifier(
    [
      STEM,
      ['Reshape', 'map tokens', 'flat'],
      ['Transpose', 'flat', 'keys', { perm: { ints: [0, 2, 1] } }],
      ['MatMul', 'keys flat', 'scores'],
      ['Softmax', 'scores', 'weights', { axis: { int: -1 } }],
      ['MatMul', 'flat weights', 'mixed'],
      ['Reshape', 'mixed plane', 'relu'],
    ],
    {
      initializers: [int64('tokens', 1, 4, 64), int64('plane', 1, 4, 8, 8)],
      weights: { stem: [4, 3, 3, 3], fc: [4, 2] },
    },
  ),
  tinyModel(
    looping('rounds yes', loopBody([['Identity', 'going', 'go']]), [
      int64('rounds', 3),
      makeTensor('yes', DataType.BOOL, [], [1]),
    ]),
  ),
  withFunction(),
];

function withFunction(): Uint8Array {
  const model = fromBinary(ModelProtoSchema, tinyModel(CLASSIFIER));
  const opsetImport = [...model.opsetImport, { ...model.opsetImport[0]!, domain: 'own', version: 1n }];
  const relu = model.graph!.node.find(({ opType }) => opType === 'Relu')!;
  Object.assign(relu, { opType: 'Twice', domain: 'own' });
  model.opsetImport = opsetImport;
  const node = [makeNode('Relu', 'a', ['x'], ['t'], {}), makeNode('Relu', 'b', ['t'], ['y'], {})];
  model.functions = [
    create(FunctionProtoSchema, { name: 'Twice', domain: 'own', input: ['x'], output: ['y'], node, opsetImport }),
  ];
  return toBinary(ModelProtoSchema, model);
}
