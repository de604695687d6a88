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

export interface Trying<T> {
  /** What is waited for, in words. */
  readonly what: string;
  /** Each of its waits ends within the time, in milliseconds. */
  act(timeout: number): Promise<T>;
  /** Before the next try. */
  undo(timeout: number): Promise<unknown>;
  /** Time of the first try; each has twice the time of the one before. */
  readonly first?: number;
  /** No try begins later than this. */
  readonly limit?: number;
}

/**
 * Does again what the other side may lose, such as a click on something that is just being replaced. Fails with what it
 * waited for and the reason of the last try.
 */
export async function insist<T>({ what, act, undo, first = 5_000, limit = LIMIT_MS }: Trying<T>): Promise<T> {
  const start = performance.now();
  const left = () => limit - (performance.now() - start);
  for (let timeout = first; ; timeout *= 2) {
    try {
      return await act(Math.min(timeout, Math.max(left(), first)));
    } catch (error) {
      const tried = `waited in vain for ${Math.round((limit - left()) / 1000)} s: ${what}`;
      if (left() <= 0) throw new Error(`${tried}: ${(error as Error).message}`, { cause: error });
      await undo(first).catch((reason) => {
        throw new Error(`${tried}, and it can't be tried again: ${reason}`, { cause: error });
      });
    }
  }
}
