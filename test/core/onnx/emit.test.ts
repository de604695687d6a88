import assert from 'node:assert/strict';
import { createEmitter } from '../../../src/core/onnx/emit';
import { attributeOf } from '../../../src/core/onnx/model';
import { pad, reduce, reduceSum, slice, split, unsqueeze } from '../../../src/core/onnx/ops';
import { DataType, valuesOf } from '../../../src/core/onnx/tensors';

describe('emitter', () => {
  it('gives readable names, each once', () => {
    const emit = createEmitter('grad', 17);
    assert.equal(emit.op('Neg', ['x']), 'grad/Neg');
    emit.scope('layer1/conv');
    assert.equal(emit.op('Mul', ['x', 'y']), 'grad/layer1/conv/Mul');
    assert.equal(emit.op('Mul', ['x', 'y']), 'grad/layer1/conv/Mul_1');
    assert.deepEqual(emit.ops('Split', ['x'], 2), ['grad/layer1/conv/Split.0', 'grad/layer1/conv/Split.1']);
    assert.equal(emit.alias('x', 'result'), 'result');
    assert.deepEqual(emit.nodes.at(-1)!.output, ['result']);
  });

  it('stays clear of the model’s own names', () => {
    const emit = createEmitter('grad', 17, ['grad/Neg', 'grad_/Neg', 'gradient']);
    assert.equal(emit.op('Neg', ['x']), 'grad__/Neg');
  });

  it('makes one constant of equal ones', () => {
    const emit = createEmitter('grad', 17);
    assert.equal(emit.ints([1, 2]), emit.ints([1, 2]));
    assert.notEqual(emit.ints([1, 2]), emit.ints([2, 1]));
    assert.notEqual(emit.scalar(1), emit.scalar(1, DataType.DOUBLE));
    assert.notEqual(emit.scalar(1), emit.constant(DataType.FLOAT, [1], [1]));
    assert.equal(emit.initializers.length, 5);
    assert.deepEqual(valuesOf(emit.initializers[0]!), [1, 2]);
  });

  it('writes a node with the attributes of another', () => {
    const emit = createEmitter('grad', 17);
    emit.op('Conv', ['x', 'w'], { strides: { ints: [2, 2] }, auto_pad: { string: 'VALID' } });
    emit.op('Conv', ['y', 'w'], emit.nodes[0]!.attribute);
    assert.deepEqual(attributeOf(emit.nodes[1]!, 'strides'), [2, 2]);
    assert.equal(attributeOf(emit.nodes[1]!, 'auto_pad'), 'VALID');
  });
});

/** The operator set in which a parameter became an input (onnx/onnx, docs/Changelog.md). */
const SINCE = [
  ['ReduceSum', 13, 'axes', (opset: number) => written(opset, (e) => reduceSum(e, 'x', [1]))],
  ['ReduceMean', 18, 'axes', (opset: number) => written(opset, (e) => reduce(e, 'ReduceMean', 'x', [1]))],
  ['Unsqueeze', 13, 'axes', (opset: number) => written(opset, (e) => unsqueeze(e, 'x', [1]))],
  ['Slice', 10, 'starts', (opset: number) => written(opset, (e) => slice(e, 'x', [0], [1], [1]))],
  ['Pad', 11, 'pads', (opset: number) => written(opset, (e) => pad(e, 'x', [0, 1]))],
  ['Split', 13, 'split', (opset: number) => written(opset, (e) => split(e, 'x', [1, 2], 0))],
] as const;

function written(opset: number, write: (emit: ReturnType<typeof createEmitter>) => unknown) {
  const emit = createEmitter('e', opset);
  write(emit);
  return emit.nodes[0]!;
}

describe('operators that changed', () => {
  for (const [operator, since, parameter, write] of SINCE) {
    it(`${operator} has ${parameter} as an input from ${since}`, () => {
      assert.equal(write(since - 1).input.length, 1);
      assert.notEqual(attributeOf(write(since - 1), parameter), undefined);
      assert.ok(write(since).input.length > 1);
      assert.equal(attributeOf(write(since), parameter), undefined);
    });
  }
});
