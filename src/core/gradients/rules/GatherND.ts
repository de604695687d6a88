/** y = the parts of x at `indices`, whose last axis addresses the axes after `batch_dims`: dx sums dy over the picks. */
import { intAttribute } from '../../onnx/model';
import { reduceSum, reshape } from '../../onnx/ops';
import { DataType, sizeOf } from '../../onnx/tensors';
import type { Rule, RuleContext } from '../rule';
import { contract } from '../scatter';
import { selection } from './Gather';

export const GatherND: Rule = (c) => {
  const batch = intAttribute(c.node, 'batch_dims', 0);
  const depth = batch + c.input(1).dims.at(-1)!;
  const size = sizeOf(c.x.dims.slice(0, depth));
  const count = sizeOf(c.input(1).dims.slice(0, -1));
  const rows = [count, sizeOf(c.x.dims.slice(depth))];
  const matrix = selection(c, flatIndices(c, batch, depth), count, size);
  return [reshape(c.emit, contract(c.emit, reshape(c.emit, c.dy, rows), rows, 0, matrix, size), c.x.dims)];
};

/** Replaces each tuple by one index into x with its first `depth` axes merged: [batches, picks]. */
function flatIndices(c: RuleContext, batch: number, depth: number): string {
  const { emit } = c;
  const { name, dims } = c.input(1);
  const addressed = c.x.dims.slice(batch, depth);
  const strides = addressed.map((_, axis) => sizeOf(addressed.slice(axis + 1)));
  const shifted = emit.op('Add', [name, emit.ints(addressed)]);
  const positive = emit.op('Where', [emit.op('Less', [name, emit.ints([0])]), shifted, name]);
  const steps = emit.op('Mul', [positive, emit.ints(strides)]);
  const inBatch = reduceSum(emit, steps, [dims.length - 1], false);
  const batches = sizeOf(dims.slice(0, batch));
  const starts = Array.from({ length: batches }, (_, i) => i * sizeOf(addressed));
  return emit.op('Add', [reshape(emit, inBatch, [batches, -1]), emit.constant(DataType.INT64, [batches, 1], starts)]);
}
