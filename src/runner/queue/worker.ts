/**
 * A worker's side of the queue: it takes one shard after another. This process keeps the lock of the job in hand and lets an
 * engine compute; what a shard comes to is committed in the shared folder, and the queue only hears in words how it went.
 */
import { hostname } from 'node:os';
import { setTimeout as pause } from 'node:timers/promises';
import { type ExplainError, reasonOf, toExplainError } from '../../core/errors';
import type { QueueAddress } from '../../protocol/params/queue-address';
import { type JobInHand, type JobWorker, openWorker, putBack, unrecoverable } from './bullmq';
import type { Progress } from './counting';
import { type PlanOfWorker, queueName, shardOf } from './job';

export interface ShardOutcome {
  readonly images: number;
  readonly failed: number;
  /** Whether another worker had committed the shard before. */
  readonly wasThere: boolean;
}

export interface WorkerTask {
  readonly plan: PlanOfWorker;
  readonly address: QueueAddress;
  /** Seconds after which a shard of a worker that has gone is given to another. */
  readonly lock: number;
  /**
   * Computes a shard and commits it, unless another has.
   *
   * @param report gets how far it is
   */
  compute(shard: number, signal: AbortSignal, report: (done: Progress) => void): Promise<ShardOutcome>;
  /** Whether nothing is left to do, so that the worker ends; asked for now and then while it has no shard. */
  isDone?(): Promise<boolean>;
  /** Gets what happens, in words. */
  say(line: string): void;
  /** Ends the worker. A shard in work goes back to the queue. */
  readonly signal: AbortSignal;
}

/** Milliseconds between two looks whether anything is left to do. */
const LOOK = 2000;
/** Milliseconds between two words of progress: each is a call of the queue. */
const PROGRESS = 5000;
/** Milliseconds that a queue that no longer answers may take for its farewell. */
const FAREWELL = 5000;

/**
 * Takes shards until the signal, or until nothing is left to do.
 *
 * @throws queue-unreachable at the start; later the worker tries again, and says so
 */
export async function takeShards(task: WorkerTask): Promise<void> {
  const { plan, address, signal } = task;
  const said = sayOnce(task.say);
  const choice = { name: `${hostname()}-${process.pid}`, lock: task.lock };
  let inWork = 0;
  const take = async (job: JobInHand, token?: string): Promise<string> => {
    inWork += 1;
    try {
      return await perform(task, job, token);
    } finally {
      inWork -= 1;
    }
  };
  const worker = await openWorker(queueName(plan.id), address, take, choice, (why) =>
    said(`${address.shown}: ${why}; the worker tries again`),
  );
  worker.on('stalled', (id) => task.say(`${id} was given up by another worker, and is taken again`));
  try {
    while (!signal.aborted) {
      await pause(LOOK, undefined, { signal }).catch(() => {});
      if (inWork === 0 && (await task.isDone?.())) break;
    }
  } finally {
    await close(worker);
  }
}

async function close(worker: JobWorker): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<'late'>((resolve) => {
    timer = setTimeout(() => resolve('late'), FAREWELL);
  });
  const ended = await Promise.race([worker.close(), late]);
  clearTimeout(timer);
  // The lock runs out by itself.
  if (ended === 'late') await Promise.race([worker.disconnect(), new Promise((resolve) => setTimeout(resolve, 100))]);
}

/** @returns what dashboards show of a job that is done @throws what they show of one that is not */
async function perform(task: WorkerTask, job: JobInHand, token?: string): Promise<string> {
  const { plan, signal, say } = task;
  let shard: number;
  try {
    shard = shardOf(job.data, job.id, plan);
  } catch (thrown) {
    const { message } = toExplainError(thrown);
    say(`job ${(job.id ?? '').slice(0, 40)}: ${message}`);
    throw await unrecoverable(message);
  }
  const started = performance.now();
  let toldAt = started;
  const report = (done: Progress): void => {
    if (performance.now() - toldAt < PROGRESS) return;
    toldAt = performance.now();
    // A queue that is away for a moment costs no shard; its worker says so elsewhere.
    job.updateProgress({ ...done }).catch((thrown) => say(task.address.withoutSecrets(reasonOf(thrown))));
  };
  try {
    const outcome = await task.compute(shard, signal, report);
    const words = outcomeInWords(outcome, (performance.now() - started) / 1000);
    say(`shard ${shard + 1} of ${plan.shards}: ${words}`);
    return words;
  } catch (thrown) {
    const error = toExplainError(thrown);
    if (signal.aborted) {
      await job.moveToWait(token).catch((failed) => say(task.address.withoutSecrets(reasonOf(failed))));
      throw await putBack();
    }
    say(`shard ${shard + 1} of ${plan.shards} failed: ${error.message}`);
    throw inWords(error);
  }
}

/** Other machines see the message alone: a stack has paths of this one. */
function inWords({ message }: ExplainError): Error {
  const error = new Error(message);
  error.stack = message;
  return error;
}

/** `256 images in 12.3 s, 2 failed` */
export function outcomeInWords({ images, failed, wasThere }: ShardOutcome, seconds: number): string {
  if (wasThere) return 'another worker had done it';
  const count = `${images} ${images === 1 ? 'image' : 'images'} in ${seconds.toFixed(1)} s`;
  return failed > 0 ? `${count}, ${failed} failed` : count;
}

/** The same line comes again with each try; it is told when it changes. */
function sayOnce(say: (line: string) => void): (line: string) => void {
  let last = '';
  return (line) => {
    if (line !== last) say(line);
    last = line;
  };
}
