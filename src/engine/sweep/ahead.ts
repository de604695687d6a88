/** Work that is begun before its result is needed, within limits. */

/**
 * Yields what `work` makes of the items, in their order. At most `limit` results are in work or wait to be drawn. When
 * the caller stops, this ends once what was begun has ended.
 *
 * @throws what `work` throws, in its place
 */
export async function* ahead<T, R>(
  items: Iterable<T>,
  limit: number,
  work: (item: T) => Promise<R>,
): AsyncGenerator<R> {
  const iterator = items[Symbol.iterator]();
  const begun: Promise<R>[] = [];
  const fill = () => {
    while (begun.length < limit) {
      const next = iterator.next();
      if (next.done) return;
      const result = work(next.value);
      // A failure is thrown where the result is drawn, which may be later.
      result.catch(() => {});
      begun.push(result);
    }
  };
  try {
    for (fill(); begun.length > 0; fill()) yield await begun.shift()!;
  } finally {
    await Promise.allSettled(begun);
  }
}

/** Lets tasks run side by side as long as their costs together stay within a limit. */
export interface Budget {
  /** Runs `task` once there is room for it. A task that costs more than the limit runs alone. */
  within<T>(cost: number, task: () => Promise<T>): Promise<T>;
}

export function createBudget(limit: number): Budget {
  let used = 0;
  const waiting: { readonly cost: number; readonly start: () => void }[] = [];
  const hasRoom = (cost: number) => used === 0 || used + cost <= limit;
  const start = (cost: number) =>
    new Promise<void>((resolve) => {
      const begin = () => {
        used += cost;
        resolve();
      };
      if (waiting.length === 0 && hasRoom(cost)) begin();
      else waiting.push({ cost, start: begin });
    });
  return {
    within: async (cost, task) => {
      await start(cost);
      try {
        return await task();
      } finally {
        used -= cost;
        while (waiting.length > 0 && hasRoom(waiting[0]!.cost)) waiting.shift()!.start();
      }
    },
  };
}
