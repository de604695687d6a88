/**
 * The repairs of a run file, and which of them are still wanted: when the window is loaded again, or the runner has ended,
 * they go on. One that was paused or cancelled waits for the user. Pure.
 */
import { toExplainError } from '../../../core/errors';
import type { Asked, AskedParams, ToDatasetPage } from '../../../protocol/dataset-page';
import type { DeviceChoice } from '../../../protocol/devices';
import type { RunnerRequests } from '../../../protocol/runner';
import type { RepairInfo } from '../../../protocol/training';
import type { Intents } from './intents';
import type { CallRunner } from './runner-call';

/** Asks the process that is running, or the next one. */
type Request = <N extends 'repair' | 'goOn' | 'repairs'>(
  name: N,
  params: Omit<RunnerRequests[N]['params'], 'run'>,
) => Promise<RunnerRequests[N]['result']>;

export interface Repairing {
  /** Asks what a page wants of repairs, and takes note of the answer; undefined if it wants something else. */
  ask(asked: Asked, request: Request): Promise<unknown> | undefined;
  /** Those of which something was told, by their numbers. */
  readonly known: ReadonlyMap<number, RepairInfo>;
  /** Takes note of what the runner says about a repair, and tells it. */
  told(repair: RepairInfo): void;
  /** Takes note that work was paused, resumed or cancelled. */
  asked(work: number, name: 'pause' | 'resume' | 'cancel'): void;
  /** Goes on with the repairs that are wanted, in a process that has just opened the file. */
  resume(): Promise<void>;
  /** Their numbers. */
  wanted(): readonly number[];
}

export interface RepairingOptions {
  readonly run: string;
  readonly intents: Intents;
  readonly call: CallRunner;
  device(): DeviceChoice;
  log(line: string): void;
  tell(told: Extract<ToDatasetPage, { type: 'repair' }>): void;
}

export function createRepairing({ run, intents, call, device, log, tell }: RepairingOptions): Repairing {
  /** By the work of the process that is running. */
  const works = new Map<number, number>();
  const known = new Map<number, RepairInfo>();
  const want = (repair: number, wanted: boolean) => intents.set(run, repair, wanted, 'repair');
  const wanted = () => intents.of(run, 'repair');

  function started(work: number, repair: number): void {
    works.set(work, repair);
    want(repair, true);
  }

  async function begin(choice: AskedParams<'repair'>, request: Request) {
    const answer = await request('repair', { ...choice, device: device() });
    started(answer.work, answer.repair);
    return answer;
  }
  async function goOn(repair: number, request: Request) {
    const answer = await request('goOn', { repair, device: device() });
    started(answer.work, repair);
    return answer;
  }
  async function list(request: Request) {
    const all = await request('repairs', {});
    known.clear();
    for (const each of all) known.set(each.repair, each);
    return all;
  }

  return {
    ask(asked, request) {
      if (asked.name === 'repair') return begin(asked.params, request);
      if (asked.name === 'goOn') return goOn(asked.params.repair, request);
      return asked.name === 'repairs' ? list(request) : undefined;
    },
    known,
    told(info) {
      const { repair, state, added } = info;
      known.set(repair, info);
      tell({ type: 'repair', repair: info });
      if (state === 'done' || state === 'failed' || state === 'paused') want(repair, false);
      // The runner sweeps the new version; should its process end meanwhile, the sweep goes on.
      if (state === 'done' && added !== undefined) intents.set(run, added, true);
    },
    asked(work, name) {
      const repair = works.get(work);
      if (repair !== undefined) want(repair, name === 'resume');
    },
    async resume() {
      works.clear();
      const numbers = wanted();
      if (numbers.length === 0) return;
      try {
        for (const { repair, state } of await call('repairs', { run })) {
          if (!numbers.includes(repair)) continue;
          if (state === 'interrupted') started((await call('goOn', { run, repair, device: device() })).work, repair);
          else if (state !== 'running' && state !== 'waiting') want(repair, false);
        }
      } catch (thrown) {
        log(toExplainError(thrown).message);
      }
    },
    wanted,
  };
}
