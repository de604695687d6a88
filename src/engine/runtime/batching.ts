/** How many images go through the model in one run. */
import { ExplainError } from '../../core/errors';
import type { Size } from '../../core/geometry';
import type { ModelInfo } from '../../core/model/info';
import { type Device, type DeviceKind, kindOf } from '../../protocol/devices';

export interface Batching {
  /** The largest number of images in one run. */
  readonly size: number;
  /** True if every run must have exactly `size` images, since the device tunes itself for each new size. */
  readonly padded: boolean;
}

/** For models that take one image at a time. */
export const SINGLE: Batching = { size: 1, padded: false };

/**
 * On two cores a pass takes the same time in chunks of 1 to 16, within a tenth (SqueezeNet 3.7 ms, MobileNet v2 4.8 ms), and
 * each further image of a chunk takes 5 to 12 MB for its activations. Chunks of 4 are large enough to share what a run costs
 * besides its passes: matrices, a turn of the event loop, threads that have to wake.
 */
const CPU_CHUNK = 4;
/**
 * Images smaller than those of 224 x 224 that most networks take need more in a run, since a pass takes less time than what
 * a run costs besides: on two cores a pass of ResNet-20 at 32 x 32 takes 0.62 ms alone, 0.42 in chunks of 4, 0.38 from 8
 * to 32. More than 16 gain nothing.
 */
const SMALL_CHUNK = 16;
const USUAL_PIXELS = 224 * 224;

/** A device with many units is not filled by fewer images, and its memory must hold the activations of all. */
const DEVICE_CHUNK = 8;
/** Devices that compile or tune kernels for every shape they meet. */
const TUNED: ReadonlySet<DeviceKind> = new Set(['cuda', 'tensorrt', 'dml', 'webgpu', 'coreml']);

export function batchingFor({ inputs, input }: Pick<ModelInfo, 'inputs' | 'input'>, device: Device): Batching {
  const batch = inputs.find(({ name }) => name === input.name)?.shape[0];
  if (batch === 1 || input.single) return SINGLE;
  return { size: device === 'cpu' ? CPU_CHUNK : DEVICE_CHUNK, padded: TUNED.has(kindOf(device)) };
}

/** The batching for many images that go through the model once each, and need no more memory than usual chunks. */
export function batchingForSweep({ size, padded }: Batching, { width, height }: Size): Batching {
  if (size === 1) return { size, padded };
  const fitting = Math.floor((size * USUAL_PIXELS) / (width * height));
  return { size: Math.max(size, Math.min(SMALL_CHUNK, fitting)), padded };
}

/**
 * Yields the answers for items, chunk by chunk and in order. An item is drawn only when there is room for it, so at
 * most one chunk of items is in memory.
 *
 * Some graphs accept several images at their input but can process only one. The first chunk then fails; its items, and
 * all later ones, are run one by one.
 *
 * @param owner the owner of the batching, which is changed to single images in that case
 */
export async function* inChunks<T, R>(
  owner: { batching: Batching },
  items: Iterable<T>,
  run: (chunk: readonly T[]) => Promise<readonly R[]>,
): AsyncGenerator<readonly R[]> {
  const iterator = items[Symbol.iterator]();
  let waiting: T[] = [];
  for (;;) {
    for (let next: IteratorResult<T>; waiting.length < owner.batching.size; waiting.push(next.value)) {
      next = iterator.next();
      if (next.done) break;
    }
    if (waiting.length === 0) return;
    // In a pause before its run another request may find out that the model takes one image; what was drawn is then too much.
    const { size } = owner.batching;
    const chunk = waiting.slice(0, size);
    let answers: readonly R[];
    try {
      answers = await run(chunk);
    } catch (thrown) {
      if (!isFailedRun(thrown) || size === 1) throw thrown;
      owner.batching = SINGLE;
      continue;
    }
    waiting = waiting.slice(chunk.length);
    yield answers;
  }
}

export function isFailedRun(thrown: unknown): boolean {
  return thrown instanceof ExplainError && thrown.code === 'runtime-failed';
}
