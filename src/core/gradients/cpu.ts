/**
 * Rules for the CPU, which are faster there than the general ones. Other devices lack operators that these rules use,
 * or fuse those of the general rules better.
 */
import { expand, reshape } from '../onnx/ops';
import { DataType, sizeOf } from '../onnx/tensors';
import type { Rule, RuleContext, RuleTable } from './rule';
import { RULES } from './rule-table';
import { swish } from './rules/activations';
import { multiply } from './rules/arithmetic';
import { boundsOf } from './rules/Clip';

/**
 * dx sums dy at the indices that MaxPool itself returns; of several maxima it returns the first in row-major order. If
 * windows overlap, the sums need ScatterElements in the form of operator set 16.
 */
const MaxPool: Rule = (c) => {
  if (c.emit.opset < 16 || ![DataType.FLOAT, DataType.DOUBLE].includes(c.x.dtype)) return RULES.MaxPool(c);
  // The attribute storage_order would change the order of the indices.
  const window = c.node.attribute.filter(({ name }) => name !== 'storage_order');
  const [, places] = c.emit.ops('MaxPool', [c.x.name], 2, window);
  const zeros = expand(c.emit, c.scalar(0), [sizeOf(c.x.dims)]);
  const flat = [places!, c.dy].map((tensor) => reshape(c.emit, tensor, [sizeOf(c.y.dims)]));
  const sum = c.emit.op('ScatterElements', [zeros, ...flat], { axis: { int: 0 }, reduction: { string: 'add' } });
  return [reshape(c.emit, sum, c.x.dims)];
};

/** dx = dy [y > 0] */
const Relu: Rule = (c) =>
  c.staysFinite && c.y.dtype === DataType.FLOAT ? [multiply(c, c.dy, above(c, 0))] : RULES.Relu(c);

/** dx = dy [y > min] [y < max] */
const Clip: Rule = (c) => {
  const { min, max } = boundsOf(c);
  const isKnown = [min, max].every((bound) => bound === undefined || Number.isFinite(bound));
  if (!isKnown || !c.staysFinite || c.y.dtype !== DataType.FLOAT) return RULES.Clip(c);
  const inside = [
    ...(min === undefined ? [] : [above(c, Number(min))]),
    ...(max === undefined ? [] : [below(c, Number(max))]),
  ];
  return [inside.reduce((dx, factor) => multiply(c, dx, factor), c.dy)];
};

/**
 * 1 - s is written as clip(1 - s, 0, 1). For a subtraction the runtime would rearrange a tensor that comes from a
 * convolution, and back.
 */
const Swish: Rule = (c) => {
  if (c.y.dtype !== DataType.FLOAT) return RULES.Swish(c);
  return [swish(c, (s) => c.emit.op('HardSigmoid', [s], { alpha: { float: -1 }, beta: { float: 1 } }))];
};

/**
 * 1 where y > bound, else 0. This takes one pass over the tensor, and a comparison with a select would take four. Two
 * different floats differ by at least 2^-24 of either, and the least normal number is 2^-126, so the difference times
 * this slope is at least 1.
 */
const above = (c: RuleContext, bound: number) => step(c, bound, steep(bound));

/** 1 where y < bound, else 0. */
const below = (c: RuleContext, bound: number) => step(c, bound, -steep(bound));

const steep = (bound: number) => 2 ** (bound === 0 ? 127 : Math.min(127, 24 - Math.floor(Math.log2(Math.abs(bound)))));

/** clip(slope (y - bound), 0, 1), without rounding since the slope is a power of 2 */
const step = ({ emit, y }: RuleContext, bound: number, slope: number) =>
  emit.op('HardSigmoid', [y.name], { alpha: { float: slope }, beta: { float: -slope * bound } });

export const CPU_RULES = { ...RULES, Clip, MaxPool, Relu, Swish } satisfies RuleTable;
