/** y = x at `indices` along an axis: dx sums dy over the places where an index was picked. */
import { intAttribute } from '../../onnx/model';
import { reduceSum, reshape, unsqueeze } from '../../onnx/ops';
import { DataType, sizeOf } from '../../onnx/tensors';
import type { Rule, RuleContext, Tensor } from '../rule';
import { border, contract } from '../scatter';
import { where } from './arithmetic';

export const Gather: Rule = (c) => {
  const { axis, size } = axisOf(c);
  const indices = c.input(1);
  const count = sizeOf(indices.dims);
  const picked = c.y.dims.toSpliced(axis, indices.dims.length, count);
  const dy = reshape(c.emit, c.dy, picked);
  const [only] = indices.values ?? [];
  if (count === 1 && only !== undefined) {
    const place = only < 0 ? only + size : only;
    const zeros = c.x.dims.map(() => 0);
    return [border(c.emit, dy, zeros.with(axis, place), zeros.with(axis, size - 1 - place))];
  }
  return [contract(c.emit, dy, picked, axis, selection(c, positive(c, indices, size), count, size), size)];
};

/**
 * A matrix [size, count] with a 1 where an index (int64, not negative) picks a position. Multiplying by it moves a
 * gradient back to the positions.
 */
export function selection(c: RuleContext, indices: string, count: number, size: number): string {
  const chosen = c.emit.op('Equal', [range(c, size, 2), reshape(c.emit, indices, [1, count])]);
  return c.emit.op('Cast', [chosen], { to: { int: c.y.dtype } });
}

/** Like Gather, but each element of y has its own index. */
export const GatherElements: Rule = (c) => [takenBack(c, c.input(1), intAttribute(c.node, 'axis', 0))];

/**
 * The first output y has the largest or smallest elements of x, and the second their indices: dx is dy at these
 * indices.
 */
export const TopK: Rule = (c) => [takenBack(c, c.output(1), intAttribute(c.node, 'axis', -1))];

/** dx, in the dimensions of x, for elements y that were taken along an axis, each by its own index. */
function takenBack(c: RuleContext, places: Tensor, along: number): string {
  const { axis, size } = axisOf(c, along);
  const indices = unsqueeze(c.emit, positive(c, places, size), [axis]);
  const chosen = c.emit.op('Equal', [range(c, size, c.x.dims.length + 1 - axis), indices]);
  const dy = unsqueeze(c.emit, c.dy, [axis]);
  const sum = reduceSum(c.emit, where(c, chosen, dy, c.scalar(0)), [axis + 1], false);
  const rest = c.x.dims.map((dim, other) => (other === axis ? 0 : dim - c.y.dims[other]!));
  return border(
    c.emit,
    sum,
    rest.map(() => 0),
    rest,
  );
}

function axisOf(c: RuleContext, given = intAttribute(c.node, 'axis', 0)) {
  const axis = given < 0 ? given + c.x.dims.length : given;
  return { axis, size: c.x.dims[axis]! };
}

/** 0 to size - 1 as [size, 1, ...] of the given rank. */
function range(c: RuleContext, size: number, rank: number): string {
  const values = Array.from({ length: size }, (_, i) => i);
  return c.emit.constant(DataType.INT64, [size, ...Array(rank - 1).fill(1)], values);
}

/** The indices as int64, with negative ones counted from the start. */
function positive({ emit }: RuleContext, indices: Tensor, size: number): string {
  const wide =
    indices.dtype === DataType.INT64 ? indices.name : emit.op('Cast', [indices.name], { to: { int: DataType.INT64 } });
  if (indices.values?.every((index) => index >= 0)) return wide;
  const shifted = emit.op('Add', [wide, emit.ints([size])]);
  return emit.op('Where', [emit.op('Less', [wide, emit.ints([0])]), shifted, wide]);
}
