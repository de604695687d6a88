/**
 * The work on run files: what waits, runs, is paused or has ended. One sweep or training runs at a time, and one computation
 * of maps, since each of them keeps the engine busy; the engine itself lets maps go first, between two batches of a sweep.
 */
import { inspect } from 'node:util';
import { errors, toExplainError } from '../../core/errors';
import type { VersionId, Work, WorkKind, WorkState } from '../../protocol/dataset';
import { createRate, secondsLeft } from '../plan/rate';

export interface Progress {
  readonly done: number;
  readonly total: number;
  readonly failed: number;
  /** What was left out, in words. */
  readonly reason?: string;
  /** See `Work`. */
  readonly lacksModel?: boolean;
  /** See `Work`. */
  readonly workers?: number;
}

/** What work is told, and what it tells. */
export interface Control {
  readonly signal: AbortSignal;
  /** Images a second, over the last seconds. */
  rate(): number | undefined;
  /**
   * Resolves when the work may go on: no other work of its lane is before it, and it is not paused.
   *
   * @throws cancelled
   */
  turn(): Promise<void>;
  /** Whether `turn` would resolve at once. */
  goesOn(): boolean;
  report(progress: Progress): void;
}

export interface Job extends Pick<Work, 'kind' | 'version' | 'from' | 'method' | 'total'> {
  /** The run file's path. */
  readonly run: string;
  /** Work of a lane goes before that of lower urgency, which is 0 by default, even if the other has begun. */
  readonly urgency?: number;
  /** Called once the work has ended, even if it has never begun. */
  readonly ended?: () => void;
  /** Rejects if the work can't go on. */
  readonly perform: (control: Control) => Promise<void>;
}

/** Work of one lane takes turns. A training needs the whole machine, as a sweep does. */
type Lane = Exclude<WorkKind, 'repair'>;
const laneOf = ({ job: { kind } }: Entry): Lane => (kind === 'repair' ? 'sweep' : kind);

export interface Works {
  /** Starts the work as soon as nothing else of its lane runs. */
  add(job: Job): number;
  /** All work on a run file that is not done, and what was done last. */
  of(run: string): readonly Work[];
  pause(run: string, work: number): void;
  resume(run: string, work: number): void;
  /** Resolves when the work has ended; what is done is kept. */
  cancel(run: string, work: number): Promise<void>;
  cancelAll(run: string): Promise<void>;
  /** The same for all work that needs a version. */
  cancelOf(run: string, version: VersionId): Promise<void>;
  /** Does something while all work on a run file waits for its turn. */
  between<T>(run: string, act: () => T | Promise<T>): Promise<T>;
}

interface Entry {
  readonly id: number;
  readonly job: Job;
  readonly controller: AbortController;
  readonly ended: Promise<void>;
  state: WorkState;
  progress: Progress;
  reason: string | undefined;
  isPaused: boolean;
  /** Whether it waits for its turn. */
  isParked: boolean;
  readonly rate: ReturnType<typeof createRate>;
}

/**
 * @param changed called with the run file after each change
 * @param log gets what is known of a failure beside its message
 */
export function createWorks(changed: (run: string) => void, log: (line: string) => void): Works {
  let entries: readonly Entry[] = [];
  let lastId = 0;
  const holders = new Map<Lane, Entry>();
  const held = new Set<string>();
  let waiters: (() => void)[] = [];

  function wake(): void {
    const woken = waiters;
    waiters = [];
    for (const resolve of woken) resolve();
  }

  function setState(entry: Entry, state: WorkState): void {
    if (entry.state === state) return;
    entry.state = state;
    changed(entry.job.run);
  }

  function leave(entry: Entry): void {
    if (holders.get(laneOf(entry)) !== entry) return;
    holders.delete(laneOf(entry));
    wake();
  }

  const changes = () => new Promise<void>((resolve) => waiters.push(resolve));
  const mayGoOn = ({ job, controller, isPaused }: Entry) =>
    !controller.signal.aborted && !isPaused && !held.has(job.run);
  const isBefore = (other: Entry, entry: Entry): boolean =>
    laneOf(other) === laneOf(entry) && !hasEnded(other) && mayGoOn(other) && urgencyOf(other) > urgencyOf(entry);
  const goesOn = (entry: Entry): boolean => mayGoOn(entry) && !entries.some((other) => isBefore(other, entry));

  async function turn(entry: Entry): Promise<void> {
    const lane = laneOf(entry);
    for (;;) {
      if (entry.controller.signal.aborted) throw errors.cancelled();
      const isFree = (holders.get(lane) ?? entry) === entry;
      if (isFree && goesOn(entry)) {
        holders.set(lane, entry);
        setState(entry, 'running');
        entry.isParked = false;
        return;
      }
      if (!entry.isParked) {
        entry.isParked = true;
        wake();
      }
      if (entry.isPaused || mayGoOn(entry)) leave(entry);
      setState(entry, entry.isPaused ? 'paused' : isFree && !mayGoOn(entry) ? entry.state : 'waiting');
      await changes();
    }
  }

  async function perform(entry: Entry): Promise<void> {
    const { job, controller, rate } = entry;
    try {
      await turn(entry);
      await job.perform({
        signal: controller.signal,
        rate: rate.perSecond,
        turn: () => turn(entry),
        goesOn: () => goesOn(entry),
        report: (progress) => {
          entry.progress = progress;
          entry.reason = progress.reason;
          rate.note(performance.now(), progress.done + progress.failed);
          changed(job.run);
        },
      });
      setState(entry, 'done');
    } catch (thrown) {
      const error = toExplainError(thrown);
      if (error.cause !== undefined) log(inspect(error.cause));
      const isCancelled = controller.signal.aborted && error.code === 'cancelled';
      if (!isCancelled) entry.reason = error.message;
      setState(entry, isCancelled ? 'done' : 'failed');
    } finally {
      job.ended?.();
      forget(job.run);
      leave(entry);
      wake();
    }
  }

  /** Of the work on a run file that has ended, only the last is kept. */
  function forget(run: string): void {
    const last = entries.findLast((entry) => entry.job.run === run && hasEnded(entry));
    entries = entries.filter((entry) => entry.job.run !== run || !hasEnded(entry) || entry === last);
  }

  function find(run: string, id: number): Entry | undefined {
    return entries.find((entry) => entry.id === id && entry.job.run === run);
  }

  async function cancel(entry: Entry | undefined): Promise<void> {
    entry?.controller.abort();
    wake();
    await entry?.ended;
  }

  return {
    add(job) {
      lastId += 1;
      let end = (): void => {};
      const ended = new Promise<void>((resolve) => {
        end = resolve;
      });
      const entry: Entry = {
        id: lastId,
        job,
        controller: new AbortController(),
        ended,
        state: 'waiting',
        progress: { done: 0, total: job.total, failed: 0 },
        reason: undefined,
        isPaused: false,
        isParked: false,
        rate: createRate(),
      };
      entries = [...entries, entry];
      void perform(entry).then(end);
      changed(job.run);
      return entry.id;
    },
    of: (run) => entries.filter((entry) => entry.job.run === run).map(workOf),
    pause(run, id) {
      const entry = find(run, id);
      if (!entry || hasEnded(entry)) return;
      entry.isPaused = true;
      // Running work notices it at its next turn; what waits has no other turn soon.
      wake();
    },
    resume(run, id) {
      const entry = find(run, id);
      if (!entry) return;
      entry.isPaused = false;
      wake();
    },
    cancel: (run, id) => cancel(find(run, id)),
    cancelAll: async (run) => {
      await Promise.all(entries.filter((entry) => entry.job.run === run).map(cancel));
    },
    cancelOf: async (run, version) => {
      const needs = ({ job }: Entry) => job.version === version || job.from === version;
      await Promise.all(entries.filter((entry) => entry.job.run === run && needs(entry)).map(cancel));
    },
    async between(run, act) {
      held.add(run);
      try {
        while (entries.some((entry) => entry.job.run === run && !hasEnded(entry) && !entry.isParked)) await changes();
        return await act();
      } finally {
        held.delete(run);
        wake();
      }
    },
  };
}

const urgencyOf = ({ job }: Entry): number => job.urgency ?? 0;

const hasEnded = ({ state }: Entry) => state === 'done' || state === 'failed';

function workOf({ id, job, state, progress, reason, rate }: Entry): Work {
  const { kind, version, from, method } = job;
  const { done, total, failed, lacksModel, workers } = progress;
  const perSecond = state === 'running' ? rate.perSecond() : undefined;
  const left = secondsLeft(total - done - failed, perSecond);
  return {
    id,
    kind,
    ...(version !== undefined && { version }),
    ...(from !== undefined && { from }),
    ...(method !== undefined && { method }),
    state,
    done,
    total,
    failed,
    ...(perSecond !== undefined && { rate: perSecond }),
    ...(left !== undefined && { left }),
    ...(reason !== undefined && { reason }),
    ...(lacksModel && { lacksModel }),
    ...(workers !== undefined && state === 'running' && { workers }),
  };
}
