/**
 * The planner's side of the queue: what is missing in the shared folder is put into the queue, again where jobs were lost.
 * The folder alone says what is done. A queue that has forgotten everything, or says what is not true, costs time only.
 */

import { datasetErrors } from '../../core/dataset-errors';
import { reasonOf } from '../../core/errors';
import type { QueueAddress } from '../../protocol/params/queue-address';
import { oneLine } from '../../protocol/plain-text';
import { type JobQueue, openQueue } from './bullmq';
import { jobId, jobName, queueName } from './job';

export interface DispatchTask {
  readonly plan: { readonly id: string; readonly shards: number };
  readonly address: QueueAddress;
  imagesOf(shard: number): number;
  /** Gets what happens, in words. */
  say(line: string): void;
}

/** What dashboards show too. */
export interface QueueState {
  /** Workers that are connected; undefined if the queue does not tell. */
  readonly workers: number | undefined;
  /** Shards that some worker has in work. */
  readonly active: number;
  /** Why the last shard failed, if one has. */
  readonly trouble?: string;
}

export interface Dispatcher {
  /** Puts shards into the queue; those that are in it stay as they are. */
  enqueue(shards: Iterable<number>): Promise<void>;
  /**
   * Looks after the queue.
   *
   * @param missing shards that are not committed; asked for only if the queue has run empty
   * @throws work-failed if shards came back too often; queue-unreachable is told and tried again instead
   */
  look(missing: () => Iterable<number>): Promise<QueueState>;
  /** Takes what is left of the jobs out of the queue. */
  clear(): Promise<void>;
  close(): Promise<void>;
}

/** Jobs that are added at once. */
const BULK = 1000;
/** Attempts of a shard within the queue; between them it waits. */
const ATTEMPTS = 3;
const BACK_OFF = 1000;
/** Rounds without a new shard, after which the planner gives up. */
const ROUNDS = 3;
/** Jobs that are kept for dashboards after they have ended. */
const KEPT = 1000;
/** Looks in which the queue must be empty before it counts as having run empty: commits come before the job ends. */
const EMPTY_LOOKS = 2;
/** The longest reason that is repeated: a queue may hold anything. */
const LONGEST = 300;

/** @throws queue-unreachable */
export async function createDispatcher(task: DispatchTask): Promise<Dispatcher> {
  const { plan, address, say } = task;
  const told = new Set<string>();
  const tell = (line: string): void => {
    if (told.has(line)) return;
    told.add(line);
    say(line);
  };
  const queue = await openQueue(queueName(plan.id), address, (why) => tell(`${address.shown}: ${why}; trying again`));
  let emptyLooks = 0;
  let rounds = 0;
  let leftBefore = Number.POSITIVE_INFINITY;

  async function enqueue(shards: Iterable<number>): Promise<void> {
    let jobs: Parameters<JobQueue['addBulk']>[0] = [];
    for (const shard of shards) {
      jobs.push({
        name: jobName(shard, plan.shards, task.imagesOf(shard)),
        data: { plan: plan.id, shard },
        opts: {
          jobId: jobId(shard),
          attempts: ATTEMPTS,
          backoff: { type: 'exponential', delay: BACK_OFF },
          removeOnComplete: { count: KEPT },
          removeOnFail: { count: KEPT },
          stackTraceLimit: 1,
        },
      });
      if (jobs.length < BULK) continue;
      await queue.addBulk(jobs);
      jobs = [];
    }
    if (jobs.length > 0) await queue.addBulk(jobs);
  }

  /** What has run empty with shards missing: jobs were lost, or have failed. */
  async function again(missing: readonly number[], trouble: string | undefined): Promise<void> {
    rounds = missing.length < leftBefore ? 0 : rounds + 1;
    leftBefore = missing.length;
    if (rounds >= ROUNDS) throw datasetErrors.shardsFailed(missing.length, rounds, trouble ?? 'no worker says why');
    tell(`${missing.length} shards are missing though the queue is empty; they are put into it again`);
    // A job of the same id that has ended would keep the new one out.
    for (let at = 0; at < missing.length; at += 100)
      await Promise.all(missing.slice(at, at + 100).map((shard) => queue.remove(jobId(shard))));
    await enqueue(missing);
  }

  async function stateOf(): Promise<QueueState & { readonly isEmpty: boolean }> {
    const {
      waiting = 0,
      active = 0,
      delayed = 0,
      prioritized = 0,
      paused = 0,
      failed = 0,
    } = await queue.getJobCounts();
    if (paused > 0) tell('the queue is paused; resume it in the dashboard that has paused it');
    // Servers that don't list their clients can't tell; without the server itself, the counts before have failed.
    const workers = await queue.getWorkersCount().catch(() => undefined);
    const last = failed > 0 ? (await queue.getFailed(0, 0))[0]?.failedReason : undefined;
    const trouble = last === undefined ? undefined : address.withoutSecrets(oneLine(String(last)).slice(0, LONGEST));
    const isEmpty = waiting + active + delayed + prioritized + paused === 0;
    return { workers, active, isEmpty, ...(trouble !== undefined && { trouble }) };
  }

  return {
    enqueue,
    async look(missing) {
      let state: Awaited<ReturnType<typeof stateOf>>;
      try {
        state = await stateOf();
      } catch (thrown) {
        tell(`${address.shown}: ${address.withoutSecrets(reasonOf(thrown))}; trying again`);
        return { workers: undefined, active: 0 };
      }
      const { isEmpty, ...shown } = state;
      emptyLooks = isEmpty ? emptyLooks + 1 : 0;
      if (emptyLooks < EMPTY_LOOKS) return shown;
      emptyLooks = 0;
      const left = [...missing()];
      if (left.length > 0) await again(left, shown.trouble);
      return shown;
    },
    clear: async () => {
      await queue.drain(true);
    },
    close: () => queue.close(),
  };
}
