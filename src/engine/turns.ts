/**
 * The order of explanations: one at a time, and only the newest of each view.
 *
 * It is no package: p-limit and p-queue would replace the one line that appends to `last` (and p-queue `idle`). That a
 * newer task cancels an older one of the same view is most of this file, and neither knows it.
 */
import { errors } from '../core/errors';
import type { CancelSignal } from '../protocol/requests';

export interface Turns {
  /**
   * Runs `task` after all earlier tasks.
   *
   * @param view a newer task of the same view cancels this one
   * @throws cancelled if the task was cancelled before its turn; whatever the task throws
   */
  take<T>(view: string, signal: CancelSignal, task: (signal: CancelSignal) => Promise<T>): Promise<T>;
  /** Resolves when no task is running or waiting. */
  idle(): Promise<void>;
}

export function createTurns(): Turns {
  const newest = new Map<string, symbol>();
  let last: Promise<unknown> = Promise.resolve();
  async function idle(): Promise<void> {
    const waited = last;
    // Its caller handles a failure.
    await waited.catch(() => {});
    if (waited !== last) await idle();
  }

  return {
    idle,
    take: (view, outer, task) => {
      const self = Symbol(view);
      newest.set(view, self);
      const signal: CancelSignal = {
        get aborted() {
          return outer.aborted || newest.get(view) !== self;
        },
      };
      const run = async () => {
        if (signal.aborted) throw errors.cancelled();
        return task(signal);
      };
      // The caller of the earlier task handles its failure.
      const turn = last.then(run, run);
      last = turn;
      void turn.finally(() => newest.get(view) === self && newest.delete(view)).catch(() => {});
      return turn;
    },
  };
}
