/** The sweeps of a run file, and which of them are still wanted. Pure. */
import { toExplainError } from '../../../core/errors';
import type { RunInfo, VersionId, Work } from '../../../protocol/dataset';
import type { Intents } from './intents';

export interface Sweeping {
  /** Starts the sweep of a version, or goes on with it. */
  sweep(version: VersionId, ask: Ask): Promise<void>;
  /** Goes on with the sweeps that are wanted, in a process that has just opened the file. */
  resume(info: RunInfo): void;
  /** Takes note of what the runner says about its work. */
  took(work: readonly Work[]): void;
  /** Takes note that work was paused, resumed or cancelled. */
  asked(work: number, name: 'pause' | 'resume' | 'cancel'): void;
  /** The versions whose sweep is wanted. */
  wanted(): readonly VersionId[];
}

type Ask = (version: VersionId) => Promise<unknown>;

export interface SweepingOptions {
  readonly run: string;
  readonly intents: Intents;
  log(line: string): void;
  /** Asks the process that is running. */
  readonly call: Ask;
  /** Whether nobody uses the file any more; then what is wanted stays so. */
  isClosed(): boolean;
}

export function createSweeping({ run, intents, log, call, isClosed }: SweepingOptions): Sweeping {
  let last: readonly Work[] = [];
  return {
    async sweep(version, ask) {
      intents.set(run, version, true);
      try {
        await ask(version);
      } catch (thrown) {
        if (!isClosed()) intents.set(run, version, false);
        throw thrown;
      }
    },
    resume({ items, versions }) {
      for (const { id, done, failed, unavailable } of versions) {
        if (!intents.of(run).includes(id) || unavailable !== undefined) continue;
        if (done + failed >= items) intents.set(run, id, false);
        else call(id).catch((thrown) => log(toExplainError(thrown).message));
      }
    },
    took(work) {
      last = work;
      for (const { kind, state, version } of work)
        if (kind === 'sweep' && state === 'done' && version !== undefined) intents.set(run, version, false);
    },
    asked(work, name) {
      const version = last.find(({ id, kind }) => id === work && kind === 'sweep')?.version;
      if (version !== undefined) intents.set(run, version, name === 'resume');
    },
    wanted: () => intents.of(run),
  };
}
