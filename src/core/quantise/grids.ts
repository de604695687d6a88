/**
 * The grids of 8-bit tensors. Activations are uint8 with one scale and one zero point, real = scale (integer - zero);
 * weights are int8 with a scale for each output channel and the zero point 0 (Jacob et al., arXiv 1712.05877).
 */

/** The least and the greatest value of a tensor. */
export type Range = readonly [low: number, high: number];

/** Ranges of a graph's tensors, by name. */
export type Ranges = ReadonlyMap<string, Range>;

export interface Grid {
  readonly scale: number;
  /** The integer of the number 0. */
  readonly zero: number;
}

/** A grid that is to be known: that of a tensor's range, cut to bounds. */
export interface OpenGrid {
  /** Names of its scale and of its zero point. */
  readonly scale: string;
  readonly zero: string;
  /** The tensor of the model whose range is to be found. */
  readonly tensor: string;
  readonly bounds: Range;
}

/** A bias that is to be known, int32 [channels], in steps of products of activations and weights. */
export interface OpenBias {
  readonly name: string;
  readonly values: readonly number[];
  readonly input: OpenGrid;
  /** Scales of the weights. */
  readonly scales: readonly number[];
}

const STEPS = 255;
/** A tensor that is 0 everywhere has a grid as well. Products of two scales remain far from the smallest float32. */
const NARROWEST = 1e-12;

/**
 * The grid of uint8 over a range, which is extended to include 0.
 *
 * @param least what the scale is not less than
 */
export function gridOf([low, high]: Range, least = 0): Grid {
  const [from, to] = [Math.min(low, 0), Math.max(high, 0)];
  const scale = Math.fround(Math.max(Math.max(to - from, NARROWEST) / STEPS, least));
  return { scale, zero: Math.min(Math.max(Math.round(-from / scale), 0), STEPS) };
}

export interface IntegerWeights {
  readonly integers: Int8Array<ArrayBuffer>;
  /** One for each output channel. */
  readonly scales: readonly number[];
}

const LARGEST = 127;
/**
 * No channel's scale is less than this part of the largest scale. A smaller one would show nothing in the output, whose grid
 * all channels share, and a bias in steps of it would not fit into int32.
 */
const LEAST_PART = 2 ** -10;

/** Weights as int8. @param values of the output channels, one after the other */
export function integerWeights(values: ArrayLike<number>, channels: number): IntegerWeights {
  const size = values.length / channels;
  const most = new Float64Array(channels);
  for (let i = 0; i < values.length; i++) {
    const m = Math.floor(i / size);
    most[m] = Math.max(most[m]!, Math.abs(values[i]!));
  }
  const least = Math.max(most.reduce((a, b) => Math.max(a, b), 0) * LEAST_PART, NARROWEST);
  const scales = Array.from(most, (value) => Math.fround(Math.max(value, least) / LARGEST));
  const integers = new Int8Array(values.length);
  for (let i = 0; i < values.length; i++) integers[i] = Math.round(values[i]! / scales[Math.floor(i / size)]!);
  return { integers, scales };
}

const INT32 = 2 ** 31 - 1;

/**
 * The least scale of activations with which a bias fits into int32 and leaves as much for sums. Activations with a smaller one
 * would add next to nothing to the bias.
 */
export function leastScale({ values, scales }: Pick<OpenBias, 'values' | 'scales'>): number {
  return Math.max(0, ...scales.map((scale, m) => Math.abs(values[m] ?? 0) / (scale * (INT32 / 2))));
}

/** A bias in steps of what it is added to: sums of products of activations and weights. */
export function integerBias(bias: readonly number[], input: Grid, scales: readonly number[]): Int32Array<ArrayBuffer> {
  return Int32Array.from(scales, (scale, m) => {
    const steps = Math.round((bias[m] ?? 0) / (input.scale * scale));
    return Math.min(Math.max(steps, -INT32), INT32);
  });
}
