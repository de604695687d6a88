/** How many masks are scored in one run. */
import type { Device, ModelInfo } from '../core/types';

export interface Batching {
  /** Masks in one run at most. */
  readonly size: number;
  /** Every run has exactly `size` masks, since the device tunes itself for each new size. */
  readonly padded: boolean;
}

/** For models that take one image at a time. */
export const SINGLE: Batching = { size: 1, padded: false };

/** Larger chunks take more memory and are no faster. */
const CHUNK = 8;
/** Devices that compile or tune kernels for every shape they meet. */
const TUNED: ReadonlySet<Device> = new Set(['cuda', 'dml', 'webgpu', 'coreml']);

export function batchingFor({ inputs, input }: ModelInfo, device: Device): Batching {
  const batch = inputs.find(({ name }) => name === input.name)?.shape[0];
  return batch === 1 ? SINGLE : { size: CHUNK, padded: TUNED.has(device) };
}

/** How many of `left` masks to score next: a full chunk, or where sizes are free a fair share, so that none is small. */
export function nextChunk(left: number, { size, padded }: Batching): number {
  return padded ? Math.min(size, left) : Math.ceil(left / Math.ceil(left / size));
}
