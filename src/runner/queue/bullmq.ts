/**
 * The one file that knows BullMQ. One option chooses between Redis (and what speaks its protocol, such as Valkey) and
 * PostgreSQL: the address. BullMQ and its drivers are loaded when they are needed.
 */
import type { BackendFactory, IQueueBackend, Job, Processor, Queue, Worker } from 'bullmq';
import { datasetErrors } from '../../core/dataset-errors';
import { reasonOf } from '../../core/errors';
import type { QueueAddress } from '../../protocol/params/queue-address';

/** The schema of PostgreSQL in which BullMQ keeps its tables. */
const SCHEMA = 'group_cam';
/** Connections of one process to PostgreSQL, besides the one that listens. */
const POOL = 2;
/** Milliseconds until a server that does not answer counts as unreachable. */
const CONNECT = 10_000;
/** Milliseconds between two tries of a worker whose queue does not answer; BullMQ's own is 15 s. */
const RETRY = 2000;
/** A shard is given to other workers so often after the ones that had it have gone. */
const STALLS = 25;
/** Seconds that a worker waits for a job in one call. */
const DRAIN = 5;

/** What a job carries. A queue may hold anything, so it is checked before use (`job.ts`). */
export type JobQueue = Queue<unknown, string, string>;
export type JobInHand = Job<unknown, string, string>;
export type JobWorker = Worker<unknown, string, string, IQueueBackend>;

type Backend = BackendFactory<IQueueBackend, object>;

async function backendOf({ connection }: QueueAddress): Promise<{ connection: object; backend: Backend }> {
  const { createPostgresBackend, createRedisBackend } = await import('bullmq');
  if (connection.kind === 'redis')
    return { connection: { ...connection.options, connectTimeout: CONNECT }, backend: createRedisBackend as Backend };
  const { url: connectionString } = connection;
  const options = { connectionString, schema: SCHEMA, migrate: true, max: POOL, connectionTimeoutMillis: CONNECT };
  return { connection: options, backend: createPostgresBackend as Backend };
}

/**
 * @param failed gets what goes wrong with the connection later, without secrets
 * @throws queue-unreachable
 */
export async function openQueue(
  name: string,
  address: QueueAddress,
  failed: (reason: string) => void,
): Promise<JobQueue> {
  const [{ Queue }, { connection, backend }] = await Promise.all([import('bullmq'), backendOf(address)]);
  const queue = new Queue<unknown, string, string>(name, { connection }, backend as never);
  await ready(queue, address, failed);
  return queue;
}

export interface WorkerChoice {
  /** For dashboards; without spaces, which Redis does not take. */
  readonly name: string;
  /** Seconds after which a shard of a worker that has gone is given to another. */
  readonly lock: number;
}

/**
 * A worker that takes one job at a time, and begins at once.
 *
 * @param processor computes elsewhere, so that this process is free to keep the job's lock
 * @param failed as of `openQueue`
 * @throws queue-unreachable
 */
export async function openWorker(
  name: string,
  address: QueueAddress,
  processor: Processor<unknown, string, string>,
  choice: WorkerChoice,
  failed: (reason: string) => void,
): Promise<JobWorker> {
  const [{ Worker }, { connection, backend }] = await Promise.all([import('bullmq'), backendOf(address)]);
  const lock = 1000 * choice.lock;
  const options = {
    connection,
    name: choice.name,
    autorun: false,
    concurrency: 1,
    lockDuration: lock,
    stalledInterval: lock,
    maxStalledCount: STALLS,
    drainDelay: DRAIN,
    runRetryDelay: RETRY,
  };
  const worker: JobWorker = new Worker<unknown, string, string, IQueueBackend>(
    name,
    processor,
    options,
    backend as never,
  );
  await ready(worker, address, failed);
  worker.run().catch((thrown) => failed(address.withoutSecrets(reasonOf(thrown))));
  return worker;
}

/** What Redis says to whoever gives no password, or another one: to ask again would not help. */
const REFUSALS = /WRONGPASS|NOAUTH|NOPERM/;

/** Waits for the first connection; what fails later is told, and tried again by BullMQ. */
async function ready(
  opened: JobQueue | JobWorker,
  { shown, withoutSecrets }: QueueAddress,
  failed: (reason: string) => void,
): Promise<void> {
  let last = 'no answer';
  let isReady = false;
  const on = opened.on.bind(opened) as (event: 'error', listener: (error: Error) => void) => unknown;
  let timer: NodeJS.Timeout | undefined;
  const tooLate = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(last)), CONNECT);
    on('error', (error) => {
      last = wordsOf(error, withoutSecrets);
      if (isReady) failed(last);
      else if (REFUSALS.test(last)) reject(error);
    });
  });
  const connected = opened.waitUntilReady();
  // Whoever came too late is not asked any more.
  connected.catch(() => {});
  try {
    await Promise.race([connected, tooLate]);
    isReady = true;
  } catch (thrown) {
    opened.close().catch((later) => failed(wordsOf(later, withoutSecrets)));
    throw datasetErrors.unreachable(shown, wordsOf(thrown, withoutSecrets));
  } finally {
    clearTimeout(timer);
  }
}

/** Node leaves the message of a refused connection empty where a host has several addresses. */
function wordsOf(thrown: unknown, withoutSecrets: QueueAddress['withoutSecrets']): string {
  const first = thrown instanceof AggregateError && thrown.message === '' ? thrown.errors[0] : thrown;
  return withoutSecrets(reasonOf(first));
}

/** Ends a job's attempt for good: trying again would not help. */
export async function unrecoverable(reason: string): Promise<Error> {
  const { UnrecoverableError } = await import('bullmq');
  return new UnrecoverableError(reason);
}

/** What a processor throws after it has put its job back. */
export async function putBack(): Promise<Error> {
  const { WaitingError } = await import('bullmq');
  return new WaitingError();
}
