/** In which order explanations are made: one at a time, the newest of each view only. */
import { errors } from '../core/errors';
import type { CancelSignal } from '../protocol/requests';

export interface Turns {
  /**
   * Runs `task` once all earlier ones are done.
   *
   * @param view a newer task of the same view cancels this one
   * @throws cancelled if the task was cancelled before its turn; whatever the task throws
   */
  take<T>(view: string, signal: CancelSignal, task: (signal: CancelSignal) => Promise<T>): Promise<T>;
  /** Resolves once no task runs or waits. */
  idle(): Promise<void>;
}

export function createTurns(): Turns {
  const newest = new Map<string, symbol>();
  let last: Promise<unknown> = Promise.resolve();
  async function idle(): Promise<void> {
    const waited = last;
    // Whether it succeeded is its caller's business.
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
      // Whether the one before succeeded is its caller's business.
      const turn = last.then(run, run);
      last = turn;
      void turn.finally(() => newest.get(view) === self && newest.delete(view)).catch(() => {});
      return turn;
    },
  };
}
