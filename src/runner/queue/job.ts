/** Jobs of the queue: one for each shard. They hold ids and hashes only, so whoever reads the queue learns no more. Pure. */
import * as v from 'valibot';
import { datasetErrors } from '../../core/dataset-errors';
import { onlyFields, read } from '../../core/schema';

const HASH = v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/, 'a SHA-256 in hexadecimal digits'));
/** Far more shards than any plan has. */
const MOST = 100_000_000;

const SHARD_JOB = onlyFields({
  /** The plan's id, which is the hash of all that the results depend on. */
  plan: HASH,
  shard: v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(MOST)),
});
export type ShardJob = v.InferOutput<typeof SHARD_JOB>;

/** The plan that a worker works on. */
export interface PlanOfWorker {
  readonly id: string;
  readonly shards: number;
}

/** The queue of a plan. Each plan has its own, so that workers of other models or folders never see its jobs. */
export const queueName = (plan: string): string => `group-cam-${plan.slice(0, 16)}`;

/** Adding the same job twice is one job. Not a number alone: BullMQ keeps these for itself. */
export const jobId = (shard: number): string => `shard-${shard}`;

/** As dashboards show it. */
export const jobName = (shard: number, shards: number, images: number): string =>
  `shard ${shard + 1} of ${shards}, ${images} ${images === 1 ? 'image' : 'images'}`;

/** The longest part of a job that a message repeats. */
const REPEATED = 80;

/**
 * The shard that a job asks for.
 *
 * @param data of a job, as whoever can write to the queue has made it
 * @param id of the job
 * @throws job-refused with the reason
 */
export function shardOf(data: unknown, id: string | undefined, { id: plan, shards }: PlanOfWorker): number {
  const found = read(SHARD_JOB, data);
  if ('flaw' in found)
    throw datasetErrors.jobRefused(`the job has another form than those of Group-CAM (${brief(found.flaw.line)})`);
  const { plan: asked, shard } = found.value;
  if (asked !== plan)
    throw datasetErrors.jobRefused(
      `the job is of plan ${brief(asked, 16)}, and this worker works on ${brief(plan, 16)}`,
    );
  if (shard >= shards)
    throw datasetErrors.jobRefused(`the plan has ${shards} shards, so there is no shard ${shard + 1}`);
  if (id !== jobId(shard))
    throw datasetErrors.jobRefused(`the job's id ${brief(id ?? '', 40)} is not that of shard ${shard + 1}`);
  return shard;
}

const brief = (text: string, most = REPEATED) => (text.length > most ? `${text.slice(0, most)}...` : text);
