/** Classifiers whose scores go through a loop. */
import { create } from '@bufbuild/protobuf';
import { AttributeProto_AttributeType, AttributeProtoSchema, GraphProtoSchema, type TensorProto } from 'onnx-buf';
import { makeNode } from '../../src/core/onnx/emit';
import { valueInfo } from '../../src/core/onnx/facts';
import { DataType, makeTensor } from '../../src/core/onnx/tensors';
import { CLASSIFIER, type TinyModel, type TinyNode } from './tiny-model';

export const int64 = (name: string, ...values: readonly number[]): TensorProto =>
  makeTensor(name, DataType.INT64, values.length === 1 ? [] : [values.length], values);

/** The body of a loop with the state [N, 2] `v`, which it passes on; `nodes` make `go`, whether it goes on. */
export function loopBody(nodes: readonly TinyNode[], initializer: readonly TensorProto[] = []) {
  const g = create(GraphProtoSchema, {
    name: 'body',
    node: [...nodes, ['Identity', 'v', 'w'] as TinyNode].map(([operator, inputs, output, attributes]) =>
      makeNode(operator, output, inputs.split(' '), [output], attributes ?? {}),
    ),
    initializer: [...initializer],
    input: [
      valueInfo('i', DataType.INT64, []),
      valueInfo('going', DataType.BOOL, []),
      valueInfo('v', DataType.FLOAT, ['N', 2]),
    ],
    output: [valueInfo('go', DataType.BOOL, []), valueInfo('w', DataType.FLOAT, ['N', 2])],
  });
  return [create(AttributeProtoSchema, { name: 'body', type: AttributeProto_AttributeType.GRAPH, g })];
}

/**
 * The classifier with a loop behind its logits.
 *
 * @param inputs the limit and the first condition, each may be empty
 * @param nodes that compute these
 */
export function looping(
  inputs: string,
  body: ReturnType<typeof loopBody>,
  initializers: readonly TensorProto[],
  nodes: readonly TinyNode[] = [],
): TinyModel {
  const loop: TinyNode = ['Loop', `${inputs} logits`, 'out', body];
  return { ...CLASSIFIER, nodes: [...CLASSIFIER.nodes.slice(0, -1), ...nodes, loop], outputs: ['out'], initializers };
}

/** Nothing but running it tells that this one does not end: it goes on while what it passes on is less than infinity. */
export const ENDLESS: TinyModel = looping(
  ' ',
  loopBody(
    [
      ['ReduceMax', 'v', 'most', { keepdims: { int: 0 } }],
      ['Less', 'most end', 'go'],
    ],
    [makeTensor('end', DataType.FLOAT, [], [Number.POSITIVE_INFINITY])],
  ),
  [],
);

const number = (name: string) => valueInfo(name, DataType.FLOAT, []);
/** Adds up the numbers in `long`, from `one` [1], to `big`. */
export const SCAN: TinyNode = [
  'Scan',
  'one long',
  'big',
  [
    create(AttributeProtoSchema, { name: 'num_scan_inputs', type: AttributeProto_AttributeType.INT, i: 1n }),
    create(AttributeProtoSchema, {
      name: 'body',
      type: AttributeProto_AttributeType.GRAPH,
      g: create(GraphProtoSchema, {
        name: 'body',
        node: [
          makeNode('Add', 'sum', ['before', 'x'], ['sum'], {}),
          makeNode('Identity', 'next', ['sum'], ['after'], {}),
        ],
        input: [valueInfo('before', DataType.FLOAT, [1]), number('x')],
        output: [valueInfo('after', DataType.FLOAT, [1])],
      }),
    }),
  ],
];
