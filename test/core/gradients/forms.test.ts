/** Graphs of other types than float32, and operators that a gradient can't pass. */
import { strict as assert } from 'node:assert';
import { create } from '@bufbuild/protobuf';
import { AttributeProto_AttributeType, AttributeProtoSchema, GraphProtoSchema, ValueInfoProtoSchema } from 'onnx-buf';
import { appendGradient, operatorsWithoutRule } from '../../../src/core/gradients/driver';
import { createEmitter, makeNode } from '../../../src/core/onnx/emit';
import type { Facts } from '../../../src/core/onnx/facts';
import { parseModel } from '../../../src/core/onnx/model';
import { DataType, makeTensor, sizeOf } from '../../../src/core/onnx/tensors';
import { gradientSession, relativeErrors } from '../../support/runtime';
import { inMemory, type TinyNode, tinyModel } from '../../support/tiny-model';
import { generator } from './check';

const DIMS = [1, 3, 8, 8];

/** A network inside of which all is of one type, between casts from and to float32. */
function network(type: DataType, opset: number): Uint8Array {
  const random = generator(3);
  const weight = (name: string, dims: readonly number[]) =>
    makeTensor(
      name,
      type,
      dims,
      Array.from({ length: sizeOf(dims) }, () => (random() - 0.5) / 2),
    );
  const to = (dtype: DataType) => ({ to: { int: dtype } });
  const nodes: TinyNode[] = [
    ['Cast', 'image', 'x', to(type)],
    ['Conv', 'x stem', 'map', { strides: { ints: [2, 2] } }],
    ['Clip', 'map', 'clipped', opset < 11 ? { min: { float: -1 }, max: { float: 1 } } : {}],
    ['MaxPool', 'clipped', 'pool', { kernel_shape: { ints: [2, 2] } }],
    ['Sigmoid', 'pool', 'gate'],
    ['Mul', 'pool gate', 'gated'],
    ['GlobalAveragePool', 'gated', 'pooled'],
    ['Flatten', 'pooled', 'row'],
    ['Gemm', 'row fc bias', 'scores'],
    ['Cast', 'scores', 'y', to(DataType.FLOAT)],
  ];
  const initializers = [weight('stem', [6, 3, 3, 3]), weight('fc', [6, 4]), weight('bias', [4])];
  return tinyModel({ inputs: { image: DIMS }, outputs: ['y'], nodes, initializers, opset });
}

async function gradientOf(bytes: Uint8Array): Promise<Float32Array> {
  const random = generator(5);
  const data = Float32Array.from({ length: sizeOf(DIMS) }, () => random() - 0.5);
  const session = await gradientSession(inMemory(parseModel(bytes, 'forms.onnx')), DIMS, ['image']);
  const { gradients } = await session.run({ type: 'float32', data, dims: DIMS }, 1);
  await session.release();
  return gradients.get('image')!.data as Float32Array;
}

describe('gradients of other graphs', () => {
  for (const opset of [9, 13, 17, 21]) {
    it(`a float16 graph of operator set ${opset} agrees with its float32 twin within float16's precision`, async () => {
      const half = await gradientOf(network(DataType.FLOAT16, opset));
      const single = await gradientOf(network(DataType.FLOAT, opset));
      assert.ok(single.some((value) => value !== 0));
      const { largest } = relativeErrors(half, single);
      assert.ok(largest > 0 && largest <= 5e-3, `${largest}`);
    });
  }

  const fact = { dtype: DataType.FLOAT, dims: [2, 3] };
  const facts: Facts = new Map([
    ['image', fact],
    ['inside', fact],
    ['logits', fact],
    ['indices', { dtype: DataType.INT64, dims: [2, 3] }],
  ]);

  /** A body that reads a tensor from outside. */
  function body(name: string) {
    const node = [makeNode('Relu', 'within', ['image'], [`${name} out`], {})];
    const output = [create(ValueInfoProtoSchema, { name: `${name} out` })];
    const g = create(GraphProtoSchema, { name, node, output });
    return create(AttributeProtoSchema, { name, type: AttributeProto_AttributeType.GRAPH, g });
  }

  for (const [operator, bodies] of Object.entries({
    If: ['then_branch', 'else_branch'],
    Loop: ['body'],
    Scan: ['body'],
  })) {
    it(`${operator} is named, also where only its body reads the tensor`, () => {
      const nodes = [
        makeNode(operator, 'branching', ['condition'], ['inside'], bodies.map(body)),
        makeNode('Relu', 'last', ['inside'], ['logits'], {}),
      ];
      const path = { nodes, facts, scores: ['logits'], wrt: ['image'] };
      assert.deepEqual(operatorsWithoutRule(path), [{ operator, node: 'branching' }]);
      assert.throws(
        () => appendGradient(createEmitter('grad', 17), { ...path, seeds: new Map([['logits', 'seed']]) }),
        {
          code: 'unsupported-operator',
          message: new RegExp(`operator ${operator} \\(node "branching"\\)`),
        },
      );
    });
  }

  for (const operator of ['ArgMax', 'NonZero', 'QuantizeLinear', 'Hardmax']) {
    it(`${operator} ends the path`, () => {
      const between = operator === 'Hardmax' ? 'inside' : 'indices';
      const nodes = [
        makeNode(operator, 'stop', ['image'], [between], {}),
        makeNode('Cast', 'last', [between], ['logits'], { to: { int: DataType.FLOAT } }),
      ];
      const request = { nodes, facts, seeds: new Map([['logits', 'seed']]), wrt: ['image'] };
      assert.throws(() => appendGradient(createEmitter('grad', 17), request), { code: 'not-connected' });
    });
  }
});
