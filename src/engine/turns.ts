/**
 * Who computes: one task at a time, that of the view which the user looks at first, and only the newest of each view.
 *
 * A task can't be interrupted, but between two chunks it asks whether a more urgent one waits, and then waits itself. Nothing
 * that it has computed is lost.
 *
 * It is no package: p-queue has priorities, but none by which a task that has begun lets another one go first.
 */
import { errors } from '../core/errors';
import type { CancelSignal } from '../protocol/requests';
import { createLru } from './sessions/lru';

/** What a task computes, the most urgent first. */
const KINDS = ['explanation', 'measurement', 'check'] as const;
export type Kind = (typeof KINDS)[number];

export interface Turn {
  readonly signal: CancelSignal;
  /**
   * Resolves once nothing more urgent is to be done. Between the call and that, other tasks may
   * run.
   */
  readonly pause: () => Promise<void>;
  /** Milliseconds that the task has spent in pauses. */
  readonly paused: () => number;
}

export interface TurnOptions {
  readonly kind?: Kind;
  /**
   * Called with true when the task has to wait for another view, before its turn or in a pause, and with false when that is
   * over. What its own view has before it, such as an older question that ends, is no news to whoever looks at the view.
   */
  readonly waits?: (isWaiting: boolean) => void;
}

export interface Turns {
  /**
   * Runs `task` in its turn. Of tasks that are equally urgent the earlier one goes first.
   *
   * @param view a newer task of the same view and kind cancels this one
   * @throws cancelled if the task was cancelled before its turn; whatever the task throws
   */
  take<T>(view: string, signal: CancelSignal, task: (turn: Turn) => Promise<T>, options?: TurnOptions): Promise<T>;
  /** From now on the tasks of this view go before those of others, also before those that have begun. */
  attend(view: string): void;
  /** Resolves when no task is running or waiting. */
  idle(): Promise<void>;
}

interface Entry {
  readonly view: string;
  readonly kind: Kind;
  readonly signal: CancelSignal;
  /** Raised with every task. */
  readonly order: number;
  readonly waits: (isWaiting: boolean) => void;
}

/** Number of views whose order is remembered, many more than a user looks at in turn. */
const VIEWS = 100;

/** @param clear resolves once nothing but computing is to be done; a pause waits for that too */
export function createTurns(clear: () => Promise<void> = async () => {}): Turns {
  const newest = new Map<string, Entry>();
  /** When the user has turned to a view: higher is later. */
  const attended = createLru<number>(VIEWS);
  let lastAttended = 0;
  let lastOrder = 0;
  let running: Entry | undefined;
  const waiting = new Map<Entry, () => void>();
  /** Those that were told that they wait. */
  const told = new Set<Entry>();
  let whenIdle: (() => void)[] = [];

  const keyOf = ({ view, kind }: Pick<Entry, 'view' | 'kind'>) => `${kind} ${view}`;

  /** Negative if `a` goes first. What was cancelled does, since it ends at once and then holds nothing. */
  function compare(a: Entry, b: Entry): number {
    return (
      Number(b.signal.aborted) - Number(a.signal.aborted) ||
      (attended.get(b.view) ?? 0) - (attended.get(a.view) ?? 0) ||
      KINDS.indexOf(a.kind) - KINDS.indexOf(b.kind) ||
      a.order - b.order
    );
  }

  function next(): void {
    if (!running) start();
    for (const entry of waiting.keys()) tell(entry, running?.view !== entry.view);
  }

  function start(): void {
    [running] = [...waiting.keys()].sort(compare);
    if (running) {
      const go = waiting.get(running)!;
      waiting.delete(running);
      tell(running, false);
      go();
    } else {
      const all = whenIdle;
      whenIdle = [];
      for (const tellIdle of all) tellIdle();
    }
  }

  function tell(entry: Entry, isWaiting: boolean): void {
    if (told.has(entry) === isWaiting) return;
    if (isWaiting) told.add(entry);
    else told.delete(entry);
    entry.waits(isWaiting);
  }

  const turnOf = (entry: Entry): Promise<void> =>
    new Promise((go) => {
      waiting.set(entry, go);
      next();
    });

  /** @returns the milliseconds that it took */
  async function pause(entry: Entry): Promise<number> {
    if (![...waiting.keys()].some((other) => compare(other, entry) < 0)) return 0;
    const start = performance.now();
    running = undefined;
    await turnOf(entry);
    return performance.now() - start;
  }

  return {
    take: async (view, outer, task, { kind = 'explanation', waits = () => {} } = {}) => {
      lastOrder += 1;
      const entry: Entry = {
        view,
        kind,
        order: lastOrder,
        waits,
        signal: {
          get aborted() {
            return outer.aborted || newest.get(keyOf(entry)) !== entry;
          },
        },
      };
      newest.set(keyOf(entry), entry);
      await turnOf(entry);
      let paused = 0;
      try {
        if (entry.signal.aborted) throw errors.cancelled();
        return await task({
          signal: entry.signal,
          pause: async () => {
            await clear();
            paused += await pause(entry);
          },
          paused: () => paused,
        });
      } finally {
        if (newest.get(keyOf(entry)) === entry) newest.delete(keyOf(entry));
        running = undefined;
        next();
      }
    },
    attend: (view) => {
      lastAttended += 1;
      attended.set(view, lastAttended);
    },
    idle: async () => {
      while (running || waiting.size > 0) await new Promise<void>((tell) => whenIdle.push(tell));
    },
  };
}
