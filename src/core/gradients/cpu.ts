/** Rules for the CPU, faster there than those they replace; other devices lack operators that they use or fuse better. */
import { expand, reshape } from '../onnx/ops';
import { DataType, sizeOf } from '../onnx/tensors';
import type { Rule, RuleContext, RuleTable } from './rule';
import { RULES } from './rule-table';
import { swish } from './rules/activations';
import { multiply } from './rules/arithmetic';
import { boundsOf } from './rules/Clip';

/**
 * dx sums dy at the places that MaxPool itself tells: of several maxima it is the first in row-major order. Sums where
 * windows overlap need ScatterElements as it is since 16.
 */
const MaxPool: Rule = (c) => {
  if (c.emit.opset < 16 || ![DataType.FLOAT, DataType.DOUBLE].includes(c.x.dtype)) return RULES.MaxPool(c);
  // Places are told in the order of storage.
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
 * Without a subtraction, before which the runtime would rearrange a tensor that comes from a convolution, and back: clip(1 - s,
 * 0, 1) is 1 - s.
 */
const Swish: Rule = (c) => {
  if (c.y.dtype !== DataType.FLOAT) return RULES.Swish(c);
  return [swish(c, (s) => c.emit.op('HardSigmoid', [s], { alpha: { float: -1 }, beta: { float: 1 } }))];
};

/**
 * 1 where y > bound, else 0: one pass over the tensor, where a comparison and a select make four. Of two different floats
 * the difference is at least 2^-24 of either, and the least normal number is 2^-126; times this slope it is at least 1.
 */
const above = (c: RuleContext, bound: number) => step(c, bound, steep(bound));

/** 1 where y < bound, else 0. */
const below = (c: RuleContext, bound: number) => step(c, bound, -steep(bound));

const steep = (bound: number) => 2 ** (bound === 0 ? 127 : Math.min(127, 24 - Math.floor(Math.log2(Math.abs(bound)))));

/** clip(slope (y - bound), 0, 1), without rounding since the slope is a power of 2 */
const step = ({ emit, y }: RuleContext, bound: number, slope: number) =>
  emit.op('HardSigmoid', [y.name], { alpha: { float: slope }, beta: { float: -slope * bound } });

export const CPU_RULES = { ...RULES, Clip, MaxPool, Relu, Swish } satisfies RuleTable;
