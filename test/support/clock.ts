/** A clock that goes on by looking at it. */
import { mock } from 'node:test';

/** Runs something to which each look at the clock seems a millisecond later than the last, on any machine. */
export async function withCountedTime<T>(act: () => Promise<T>): Promise<T> {
  let now = performance.now();
  const clock = mock.method(performance, 'now', () => ++now);
  try {
    return await act();
  } finally {
    clock.mock.restore();
  }
}
