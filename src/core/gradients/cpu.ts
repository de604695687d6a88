/**
 * Rules for the CPU, which are faster there than the general ones. Other devices lack operators that these rules use,
 * or fuse those of the general rules better.
 */
import { floatAttribute, intsAttribute, stringAttribute } from '../onnx/model';
import { expand, reshape } from '../onnx/ops';
import { DataType, sizeOf } from '../onnx/tensors';
import { blocked, fitsBlocks, repeated } from './blocked';
import { kernelByProducts } from './kernel';
import type { Rule, RuleContext, RuleTable } from './rule';
import { RULES } from './rule-table';
import { averagePool, type PoolAdjoint } from './rules/AveragePool';
import { geluSlope, isApproximateGelu, swish } from './rules/activations';
import { add, multiply } from './rules/arithmetic';
import { boundsOf } from './rules/Clip';
import { convolution, convolvedBack } from './rules/Conv';
import { transposedConvolution } from './rules/ConvTranspose';
import { layerNormalization } from './rules/LayerNormalization';
import { standardised, standardisedBack } from './standardise';
import { stridedGradient } from './strided';
import { type Window, windowOf } from './window';

/** Whether no element is in two windows, and none reaches beyond the image. */
const isTiling = ({ kernel, strides, dilations, begins, ends }: Window) =>
  kernel.every((k, axis) => k <= strides[axis]!) &&
  dilations.every((dilation) => dilation === 1) &&
  [...begins, ...ends].every((pads) => pads <= 0);

/**
 * dx sums dy at the indices that MaxPool itself returns; of several maxima it returns the first in row-major order. If
 * windows overlap, the sums need ScatterElements in the form of operator set 16.
 */
const MaxPool: Rule = (c) => {
  const [dx] = maxPool(c);
  return dx === undefined ? RULES.MaxPool(c) : [blocked(c, dx)];
};

function maxPool(c: RuleContext): readonly string[] {
  if (![DataType.FLOAT, DataType.DOUBLE].includes(c.x.dtype)) return [];
  const window = windowOf(c, c.x.dims.slice(2), c.y.dims.slice(2), intsAttribute(c.node, 'kernel_shape')!);
  const isApart = isTiling(window) && c.x.dtype === DataType.FLOAT && c.emit.opset >= 9;
  if (!isApart && c.emit.opset < 16) return [];
  // The attribute storage_order would change the order of the indices.
  const attributes = c.node.attribute.filter(({ name }) => !['storage_order', 'rectified'].includes(name));
  const [, places] = c.emit.ops('MaxPool', [c.x.name], 2, attributes);
  if (isApart) {
    const { kernel, strides } = window;
    const sizes = { kernel_shape: { ints: kernel }, strides: { ints: strides } };
    return [c.emit.op('MaxUnpool', [c.dy, places!, c.emit.ints(c.x.dims)], sizes)];
  }
  const zeros = expand(c.emit, c.scalar(0), [sizeOf(c.x.dims)]);
  const flat = [places!, c.dy].map((tensor) => reshape(c.emit, tensor, [sizeOf(c.y.dims)]));
  const sum = c.emit.op('ScatterElements', [zeros, ...flat], { axis: { int: 0 }, reduction: { string: 'add' } });
  return [reshape(c.emit, sum, c.x.dims)];
}

/**
 * y = maxpool(r) with r = relu(x): the maxima of r are positive where y is, so the ReLU's mask is that of the small y, and r has
 * the places. What is before a ReLU is mostly a convolution, which changes the layout by itself.
 */
const RectifiedMaxPool: Rule = (c) => {
  const rectified = { ...c, x: { ...c.x, name: stringAttribute(c.node, 'rectified', '') }, dy: masked(c) };
  const [dx] = maxPool(rectified);
  return dx === undefined ? RULES.MaxPool(rectified) : [dx];
};

/** y = relu(batchNormalization(x)): first times the scale, which the runtime multiplies into a convolution's weights, then the mask. */
const RectifiedBatchNormalization: Rule = (c) => {
  const [scaled] = RULES.BatchNormalization(c) as [string];
  return [masked({ ...c, dy: scaled })];
};

/** Windows that do not overlap repeat their share, and windows at every place sum shares as a convolution with ones does. */
const poolAdjoint: PoolAdjoint = (c, share, window) => {
  const { kernel, strides, begins, ends } = window;
  if (!fitsBlocks(c)) return undefined;
  const isPlainTiling =
    kernel.every((k, axis) => k === strides[axis]) && [...begins, ...ends].every((pads) => pads === 0);
  if (isPlainTiling && c.emit.opset >= 11) return repeated(c, blocked(c, share, c.y.dims), kernel);
  const channels = c.x.dims[1]!;
  const ones = () => c.constant([channels, 1, ...kernel], Array(channels * sizeOf(kernel)).fill(1));
  return convolvedBack(c, share, ones, window, channels);
};

/** dx = dy / count for all elements of a plane */
const GlobalAveragePool: Rule = (c) => {
  if (!fitsBlocks(c) || c.emit.opset < 11) return RULES.GlobalAveragePool(c);
  const [height, width] = c.x.dims.slice(2) as [number, number];
  const share = multiply(c, c.dy, c.scalar(1 / (height * width)));
  return [repeated(c, blocked(c, share), [height, width])];
};

/** dy [y > 0] */
const masked = (c: RuleContext): string =>
  c.staysFinite && c.y.dtype === DataType.FLOAT ? multiply(c, c.dy, above(c, 0)) : (RULES.Relu(c) as [string])[0];

/** dx = dy [y > 0] */
const Relu: Rule = (c) => [masked(c)];

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

/** n and 1 / sqrt(var + epsilon) are taken from the runtime's own operator, which computes them in one pass. */
const LayerNormalization = layerNormalization((c, axes, epsilon) => {
  if (c.x.dtype !== DataType.FLOAT || c.emit.opset < 17) return standardised(c, c.x.name, axes, epsilon);
  const dims = axes.map((axis) => c.x.dims[axis]!);
  const ones = c.constant(dims, Array(sizeOf(dims)).fill(1));
  const attributes = { axis: { int: axes[0]! }, epsilon: { float: epsilon } };
  const [normal, , slope] = c.emit.ops('LayerNormalization', [c.x.name, ones], 3, attributes) as [
    string,
    string,
    string,
  ];
  return standardisedBack(c, normal, axes, (dx) => multiply(c, dx, slope));
});

/**
 * 1 - s is written as clip(1 - s, 0, 1). For a subtraction the runtime would rearrange a tensor that comes from a
 * convolution, and back.
 */
const Swish: Rule = (c) => {
  if (c.y.dtype !== DataType.FLOAT) return RULES.Swish(c);
  return [swish(c, (s) => c.emit.op('HardSigmoid', [s], { alpha: { float: -1 }, beta: { float: 1 } }))];
};

/** (1 + erf) / 2 in one pass, since it lies within [0, 1] */
const Gelu: Rule = (c) => {
  if (c.y.dtype !== DataType.FLOAT || isApproximateGelu(c)) return RULES.Gelu(c);
  const half = { alpha: { float: 0.5 }, beta: { float: 0.5 } };
  return [
    multiply(
      c,
      c.dy,
      geluSlope(c, (error) => c.emit.op('HardSigmoid', [error], half)),
    ),
  ];
};

/** dx = dy alpha where 0 < alpha x + beta < 1 */
const HardSigmoid: Rule = (c) => {
  const alpha = floatAttribute(c.node, 'alpha', 0.2);
  const isPlain = c.y.dtype === DataType.FLOAT && c.staysFinite && alpha > 0 && alpha <= 1;
  return isPlain ? [multiply(c, c.dy, scaled(c, multiply(c, above(c, 0), below(c, 1)), alpha))] : RULES.HardSigmoid(c);
};

/** y = x h with h = clip(x / 6 + 1 / 2, 0, 1): dx = dy (h + x / 6 [-3 <= x <= 3]) */
const HardSwish: Rule = (c) => {
  if (c.y.dtype !== DataType.FLOAT || !c.staysFinite) return RULES.HardSwish(c);
  const clipped = (alpha: number, beta: number) =>
    c.emit.op('HardSigmoid', [c.x.name], { alpha: { float: alpha }, beta: { float: beta } });
  // Floats next to 3 differ from it by at least 2^-22.
  const [slope, atBound] = [2 ** 22, 3 * 2 ** 22 + 1];
  const inside = multiply(c, clipped(slope, atBound), clipped(-slope, atBound));
  const derivative = add(c, clipped(1 / 6, 0.5), multiply(c, c.x.name, scaled(c, inside, 1 / 6)));
  return [multiply(c, c.dy, derivative)];
};

/** A tensor of zeros and ones times a factor within [0, 1], written so that it stays in the runtime's blocked layout. */
const scaled = ({ emit }: RuleContext, tensor: string, factor: number) =>
  emit.op('HardSigmoid', [tensor], { alpha: { float: factor }, beta: { float: 0 } });

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

export const CPU_RULES = {
  ...RULES,
  AveragePool: averagePool(poolAdjoint),
  Clip,
  Conv: convolution(kernelByProducts, stridedGradient),
  ConvTranspose: transposedConvolution(kernelByProducts),
  Gelu,
  GlobalAveragePool,
  HardSigmoid,
  HardSwish,
  LayerNormalization,
  MaxPool,
  RectifiedBatchNormalization,
  RectifiedMaxPool,
  Relu,
  Swish,
} satisfies RuleTable;
