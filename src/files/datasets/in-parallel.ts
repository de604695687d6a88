/** Work on many files, a bounded number at a time. */
import { setImmediate } from 'node:timers/promises';
import { errors } from '../../core/errors';

/** Enough to hide the latency of a network's disk, and far from the limit of open files. */
const AT_ONCE = 64;
/** How many lines are read before others get a turn. */
const LINES_AT_ONCE = 2000;

/**
 * Calls `work` for each index from 0 to `count` - 1.
 *
 * @throws cancelled, and the first error of `work`
 */
export async function inParallel(
  count: number,
  work: (index: number) => Promise<void>,
  signal?: AbortSignal,
): Promise<void> {
  let next = 0;
  async function workOn(): Promise<void> {
    while (next < count) {
      if (signal?.aborted) throw errors.cancelled();
      await work(next++);
    }
  }
  try {
    await Promise.all(Array.from({ length: Math.min(AT_ONCE, count) }, workOn));
  } catch (thrown) {
    next = count;
    throw thrown;
  }
}

/** The lines of a text with their numbers, from 1. Blank lines are left out, and others get a turn in between. */
export async function* linesOf(
  text: string,
  signal?: AbortSignal,
): AsyncGenerator<readonly [line: string, at: number]> {
  let number = 0;
  for (let start = 0; start < text.length; ) {
    const found = text.indexOf('\n', start);
    const end = found < 0 ? text.length : found;
    const line = text.slice(start, end).trim();
    start = end + 1;
    number += 1;
    if (line !== '') yield [line, number];
    if (number % LINES_AT_ONCE === 0) {
      await setImmediate();
      if (signal?.aborted) throw errors.cancelled();
    }
  }
}
