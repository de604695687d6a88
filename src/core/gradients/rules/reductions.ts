/** Operators that reduce axes to one value. The reduced axes of dy and y are first restored, with size 1. */
import { intAttribute, intsAttribute } from '../../onnx/model';
import { expand, reduce, reduceSum, reshape } from '../../onnx/ops';
import { sizeOf } from '../../onnx/tensors';
import type { Rule, RuleContext } from '../rule';
import { divide, isEqual, multiply, subtract, where } from './arithmetic';

interface Reduced {
  readonly axes: readonly number[];
  /** Number of elements that are reduced to one. */
  readonly count: number;
  readonly dy: string;
  readonly y: string;
}

function reduced(c: RuleContext, axes = axesOf(c)): Reduced {
  const kept = c.x.dims.map((dim, axis) => (axes.includes(axis) ? 1 : dim));
  const sameRank = c.y.dims.length === kept.length;
  const keep = (tensor: string) => (sameRank ? tensor : reshape(c.emit, tensor, kept));
  return {
    axes,
    count: sizeOf(axes.map((axis) => c.x.dims[axis]!)),
    dy: keep(c.dy),
    get y() {
      return keep(c.y.name);
    },
  };
}

/**
 * The reduced axes, which are an input in newer operator sets. If no axes are given, all are reduced, or none if the
 * node says so.
 */
function axesOf(c: RuleContext): number[] {
  const rank = c.x.dims.length;
  const given = c.has(1) ? c.values(1) : (intsAttribute(c.node, 'axes') ?? []);
  if (given.length > 0) return given.map((axis) => (axis < 0 ? axis + rank : axis));
  return intAttribute(c.node, 'noop_with_empty_axes', 0) ? [] : c.x.dims.map((_, axis) => axis);
}

const spatialAxes = (c: RuleContext) => c.x.dims.flatMap((_, axis) => (axis < 2 ? [] : [axis]));

/** dx = dy / count for all elements */
const mean = (c: RuleContext, { dy, count }: Reduced) => [expand(c.emit, divide(c, dy, c.scalar(count)), c.x.dims)];

/** dx = dy / (number of elements that reach the extremum), where x reaches it */
const extremum: Rule = (c) => {
  const { axes, dy, y } = reduced(c);
  const reaches = isEqual(c, c.x.name, y);
  const count = reduceSum(c.emit, c.emit.op('Cast', [reaches], { to: { int: c.x.dtype } }), axes);
  return [where(c, reaches, divide(c, dy, count), c.scalar(0))];
};

export const reductions = {
  /** dx = dy */
  ReduceSum: (c) => [expand(c.emit, reduced(c).dy, c.x.dims)],

  ReduceMean: (c) => mean(c, reduced(c)),
  /** dx = dy times 1 / count. The rule for the CPU rounds in the same way, so that an exported model has the engine's gradient. */
  GlobalAveragePool: (c) => {
    const { dy, count } = reduced(c, spatialAxes(c));
    return [expand(c.emit, multiply(c, dy, c.scalar(1 / count)), c.x.dims)];
  },

  ReduceMax: extremum,
  ReduceMin: extremum,

  /** y = sum(|x|): dx = dy sign(x) */
  ReduceL1: (c) => [multiply(c, c.emit.op('Sign', [c.x.name]), reduced(c).dy)],

  /** y = log(sum(x)): dx = dy / exp(y) */
  ReduceLogSum: (c) => {
    const { dy, y } = reduced(c);
    return [expand(c.emit, divide(c, dy, c.emit.op('Exp', [y])), c.x.dims)];
  },

  /** y = log(sum(exp(x))): dx = dy exp(x - y) */
  ReduceLogSumExp: (c) => {
    const { dy, y } = reduced(c);
    return [multiply(c, dy, c.emit.op('Exp', [subtract(c, c.x.name, y)]))];
  },

  /** dx = dy times the product of the other elements, which is 0 if one of them is 0 */
  ReduceProd: (c) => {
    const { axes, dy } = reduced(c);
    const isZero = isEqual(c, c.x.name, c.scalar(0));
    const one = c.emit.op('Cast', [isZero], { to: { int: c.x.dtype } });
    const otherZeros = subtract(c, reduceSum(c.emit, one, axes), one);
    const factor = where(c, isZero, c.scalar(1), c.x.name);
    const others = divide(c, reduce(c.emit, 'ReduceProd', factor, axes), factor);
    const hasOthers = c.emit.op('Less', [otherZeros, c.scalar(0.5)]);
    return [multiply(c, dy, where(c, hasOthers, others, c.scalar(0)))];
  },

  /** y = sqrt(sum(x^2)): dx = dy x / y, 0 where y is 0 */
  ReduceL2: (c) => {
    const { dy, y } = reduced(c);
    const isZero = isEqual(c, y, c.scalar(0));
    return [multiply(c, c.x.name, where(c, isZero, c.scalar(0), divide(c, dy, y)))];
  },

  /** y = sum(x^2): dx = 2 dy x */
  ReduceSumSquare: (c) => {
    const { dy } = reduced(c);
    return [multiply(c, c.x.name, multiply(c, dy, c.scalar(2)))];
  },
} satisfies Record<string, Rule>;
