/** Waiting for what is bound to come. */
import { strict as assert } from 'node:assert';
import { setTimeout as pause } from 'node:timers/promises';

/** A guard against hanging, far above what anything takes: a busy machine makes a test slow, and not red. */
export const LIMIT_MS = 3 * 60_000;

/** Looks again and again until there is something, and gives it. */
export async function until<T>(what: string, look: () => T | undefined | false | Promise<T | undefined | false>) {
  for (const end = performance.now() + LIMIT_MS; performance.now() < end; await pause(20)) {
    const found = await look();
    if (found) return found;
  }
  return assert.fail(`waited in vain: ${what}`);
}

/**
 * Does again what the other side may lose, such as a click on something that is just being replaced. Each try has twice
 * the time of the one before.
 *
 * @param act fails if it has not come to its end within the time, in milliseconds
 * @param undo before the next try
 * @param first time of the first try
 */
export async function insist<T>(
  act: (timeout: number) => Promise<T>,
  undo: () => Promise<unknown>,
  first = 5_000,
): Promise<T> {
  for (let timeout = first; ; timeout *= 2) {
    try {
      return await act(timeout);
    } catch (error) {
      if (timeout * 2 > LIMIT_MS) throw error;
      await undo();
    }
  }
}
