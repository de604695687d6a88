/** Lets others work in the midst of long work. */
import { setImmediate } from 'node:timers/promises';
import { errors } from '../core/errors';

interface Signal {
  readonly aborted: boolean;
}

/** Milliseconds that work may take before it pauses. */
const SLICE = 15;

/**
 * A function to be called between steps of some milliseconds; it pauses when the last pause is a while ago.
 *
 * @throws cancelled
 */
export function pausing(signal?: Signal): () => Promise<void> {
  let last = performance.now();
  return async () => {
    if (performance.now() - last < SLICE) return;
    await setImmediate();
    if (signal?.aborted) throw errors.cancelled();
    last = performance.now();
  };
}
