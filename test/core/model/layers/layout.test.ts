/** The meaning of tensors' axes downstream of operators that are not ONNX's own. */
import assert from 'node:assert/strict';
import { findImageInput } from '../../../../src/core/model/inputs';
import { findLayouts } from '../../../../src/core/model/layers/layout';
import type { Facts } from '../../../../src/core/onnx/facts';
import { DataType } from '../../../../src/core/onnx/tensors';
import { parseTiny, type TinyNode } from '../../../support/tiny-model';

const int = (value: number) => ({ int: value });
const ints = (...values: number[]) => ({ ints: values });

/** Layouts, of tensors that are all of four axes unless they are listed. */
function layoutsOf(nodes: readonly TinyNode[], dims: Readonly<Record<string, readonly number[]>> = {}) {
  const model = parseTiny({ nodes, outputs: [nodes.at(-1)![2]] });
  const tensors = ['image', ...model.graph.node.flatMap(({ output }) => output)];
  const facts: Facts = new Map(
    tensors.map((name) => [name, { dtype: DataType.FLOAT, dims: dims[name] ?? [1, 8, 8, 8] }]),
  );
  const layouts = findLayouts(model.graph.node, facts, findImageInput(model));
  return (tensor: string) => layouts.get(tensor)?.axes;
}

describe('layouts behind operators of other domains', () => {
  it('channels_last is honoured, with its default', () => {
    for (const operator of ['QLinearConv', 'QLinearAveragePool', 'QLinearGlobalAveragePool', 'GroupNorm']) {
      const of = (attributes: object) =>
        layoutsOf([[`com.microsoft:${operator}`, 'image', 'y', { ...attributes }]])('y');
      assert.equal(of({ channels_last: int(0) }), 'NCHW', operator);
      assert.equal(of({ channels_last: int(1) }), 'NHWC', operator);
      assert.equal(of({}), operator === 'GroupNorm' ? 'NHWC' : 'NCHW', operator);
    }
    // ONNX's own has no such attribute.
    assert.equal(layoutsOf([['QLinearConv', 'image', 'y', { channels_last: int(1) }]])('y'), 'NCHW');
  });

  it('some are defined for channels last alone, and tell it of what they read', () => {
    const operators = ['com.microsoft:NhwcMaxPool', 'com.microsoft:NhwcFusedConv', 'com.ms.internal.nhwc:MaxPool'];
    for (const operator of operators) {
      const of = layoutsOf([
        ['com.example:Odd', 'image', 'x'],
        [operator, 'x', 'y'],
        ['com.microsoft:QLinearAdd', 'y scale zero y scale zero scale zero', 'z'],
      ]);
      assert.deepEqual([of('x'), of('y'), of('z')], ['NHWC', 'NHWC', 'NHWC'], operator);
    }
  });

  it('FusedConv is a Conv', () => {
    const of = layoutsOf([
      ['com.example:Odd', 'image', 'x'],
      ['com.microsoft:FusedConv', 'x w', 'y'],
      ['com.microsoft:QuickGelu', 'y', 'z'],
    ]);
    assert.deepEqual([of('x'), of('y'), of('z')], ['NCHW', 'NCHW', 'NCHW']);
  });

  it('blocked memory has none, and nothing that is made of it, until it is reordered', () => {
    for (const [last, axes] of [
      [0, 'NCHW'],
      [1, 'NHWC'],
    ] as const) {
      const of = layoutsOf([
        ['Relu', 'image', 'x'],
        ['com.microsoft.nchwc:ReorderInput', 'x', 'in', { channels_last: int(0) }],
        ['com.microsoft.nchwc:Conv', 'in w', 'a'],
        ['com.microsoft.nchwc:MaxPool', 'a', 'b'],
        ['Concat', 'a b', 'c', { axis: int(1) }],
        ['Relu', 'c', 'd'],
        ['Conv', 'd w', 'e'],
        ['com.microsoft.nchwc:ReorderOutput', 'd', 'out', { channels_last: int(last) }],
        ['Relu', 'out', 'y'],
      ]);
      for (const blocked of ['in', 'a', 'b', 'c', 'd', 'e']) assert.equal(of(blocked), undefined, blocked);
      assert.deepEqual([of('x'), of('out'), of('y')], ['NCHW', axes, axes]);
    }
  });

  it('a size read from blocked memory is none', () => {
    const nodes: readonly TinyNode[] = [
      ['com.microsoft.nchwc:Conv', 'image w', 'a'],
      ['Shape', 'a', 'size'],
      ['Expand', 'size size', 'zeros'],
      ['Add', 'image zeros', 'y'],
    ];
    assert.equal(layoutsOf(nodes, { size: [4] })('y'), 'NCHW');
  });

  it('of an unknown operator nothing is known, whatever its name', () => {
    for (const operator of ['com.example:Conv', 'com.example:Relu', 'com.microsoft:Conv', 'com.microsoft:Attention']) {
      const of = layoutsOf([
        [operator, 'image', 'x'],
        ['Relu', 'x', 'y'],
      ]);
      assert.deepEqual([of('x'), of('y')], [undefined, undefined], operator);
    }
  });

  it('a product keeps tokens where a matrix of weights mixes their channels', () => {
    const shapes = { flat: [1, 8, 64], tokens: [1, 64, 8], y: [1, 64, 8] };
    const of = (operator: string, inputs: string, attributes: object = {}) =>
      layoutsOf(
        [
          ['Reshape', 'image size', 'flat'],
          ['Transpose', 'flat', 'tokens', { perm: ints(0, 2, 1) }],
          [operator, inputs, 'y', { ...attributes }],
        ],
        shapes,
      )('y');
    assert.equal(of('com.microsoft:FusedMatMul', 'tokens w'), 'NTC');
    assert.equal(of('com.microsoft:FusedMatMul', 'tokens w', { transB: int(1) }), 'NTC');
    assert.equal(of('com.microsoft:FusedMatMul', 'tokens w', { transA: int(1) }), undefined);
    assert.equal(of('com.microsoft:FusedMatMul', 'tokens tokens'), undefined);
    assert.equal(of('com.microsoft:FusedMatMul', 'flat w'), undefined);
    assert.equal(of('QLinearMatMul', 'tokens s z w s z s z'), 'NTC');
    assert.equal(of('QLinearMatMul', 'flat s z w s z s z'), undefined);
    assert.equal(of('com.microsoft:SkipLayerNormalization', 'tokens other scale'), 'NTC');
  });

  it('tokens are rows of a matrix for a while, as the optimiser has them of a fixed number of images', () => {
    const shapes = { flat: [1, 8, 64], tokens: [1, 64, 8], rows: [64, 8], mixed: [64, 16], y: [1, 64, 16] };
    const of = (operator: string, attributes: object = {}) =>
      layoutsOf(
        [
          ['Reshape', 'image size', 'flat'],
          ['Transpose', 'flat', 'tokens', { perm: ints(0, 2, 1) }],
          ['Reshape', 'tokens size', 'rows'],
          [operator, 'rows w bias', 'mixed', { ...attributes }],
          ['Reshape', 'mixed size', 'y'],
        ],
        shapes,
      );
    for (const operator of ['Gemm', 'com.microsoft:FusedGemm'])
      assert.deepEqual(
        ['rows', 'mixed', 'y'].map((name) => of(operator)(name)),
        ['TC', 'TC', 'NTC'],
      );
    assert.equal(of('Gemm', { transB: int(1) })('y'), 'NTC');
    assert.equal(of('Gemm', { transA: int(1) })('y'), undefined);
  });
});
