/** Reduces the values of a pixel's channels to one value for the pixel. */
import type { ChannelPooling } from './method-options';

type Pool = (sum: number, value: number) => number;

/** Reductions by name. Only `sum` keeps the sign. */
const POOLS: Readonly<Record<ChannelPooling, Pool>> = {
  sum: (sum, value) => sum + value,
  magnitude: (sum, value) => sum + Math.abs(value),
  largest: (sum, value) => Math.max(sum, Math.abs(value)),
};

/** Reduces values [channels, height, width] to [height, width]. */
export function poolChannels(values: Float32Array, channels: number, pooling: ChannelPooling): Float32Array {
  const pixels = values.length / channels;
  const pooled = new Float32Array(pixels);
  const pool = POOLS[pooling];
  for (let at = 0; at < values.length; at++) pooled[at % pixels] = pool(pooled[at % pixels]!, values[at]!);
  return pooled;
}
