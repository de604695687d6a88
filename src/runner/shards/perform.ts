/**
 * Works on shards until they are committed. A machine notes that it begins a part, and takes the note back unless it dies: a
 * part on which machines have died twice is cut in halves, so that the one image that kills them is found. That image
 * becomes a row with an error.
 */
import { errors } from '../../core/errors';
import { commitShard } from './commit';
import { computeShard, type ShardTask } from './compute';
import { isCommitted } from './find';
import { createMark, isThere, removeDraft } from './folder';
import { type ShardJob, sizeOf } from './form';
import type { PlannedItem } from './items';
import { makePlace, placeOf } from './places';
import type { ShardRows } from './rows';

/** Deaths after which a part is halved. The first may have had another cause, such as a scheduler's time limit. */
const DEATHS = 2;

export interface PerformOptions {
  /** What this machine's processor is called. */
  readonly processor: string;
  /** Called after a part is there, with whether it was committed by this call, and its rows if they were computed here. */
  readonly done?: (job: ShardJob, outcome: 'committed' | 'there', rows?: ShardRows['rows']) => void;
  /** What computes; by default `computeShard`. */
  readonly compute?: typeof computeShard;
}

/** The job of a whole shard. */
export const jobOf = ({ plan }: Pick<ShardTask, 'plan'>, shard: number): ShardJob => ({
  plan: plan.file.id,
  shard,
  ...plan.range(shard),
});

/**
 * Brings a part of a shard to be committed, by this machine or another. A killed one may simply be asked again.
 *
 * @throws cancelled; shared-invalid; every failure of the model and of the engine that is not one image's
 */
export async function performShard(
  task: ShardTask,
  job: ShardJob,
  options: PerformOptions,
  signal: AbortSignal,
): Promise<void> {
  checkJob(task, job);
  await perform(task, job, options, signal, 0);
}

/** A job may come from anywhere. */
function checkJob({ plan }: ShardTask, { plan: id, shard, from, to }: ShardJob): void {
  if (id !== plan.file.id) throw errors.badOption('the plan of a job', id, `the one of this worker, ${plan.file.id}`);
  const whole = shard < plan.shards ? plan.range(shard) : undefined;
  if (!whole || from < whole.from || to > whole.to || from >= to)
    throw errors.badOption('a job', `shard ${shard + 1}, images ${from} to ${to}`, 'a part of one of the plan');
}

async function perform(
  task: ShardTask,
  job: ShardJob,
  options: PerformOptions,
  signal: AbortSignal,
  before: number,
): Promise<void> {
  const { plan, root } = task;
  const { processor, done, compute = computeShard } = options;
  if (signal.aborted) throw errors.cancelled();
  if (await isCommitted(plan, job)) return done?.(job, 'there');
  await makePlace(plan, job);
  const begun = await attemptsAt(task, job);
  const deaths = before + begun;
  if (deaths >= DEATHS && sizeOf(job) > 1) {
    for (const half of halvesOf(job)) await perform(task, half, options, signal, DEATHS - 1);
    return;
  }
  const items = await plan.itemsOf(job.shard, job, root);
  const attempt = attemptFile(task, job, begun);
  const isNoted = deaths < DEATHS && (await createMark(attempt));
  let rows: ShardRows;
  try {
    rows = deaths < DEATHS ? await compute(task, job, items, signal) : guilty(items[0]!, task.device);
  } catch (thrown) {
    // This process lives, so the images are not to blame.
    if (isNoted) await removeDraft(attempt);
    throw thrown;
  }
  const outcome = await commitShard(plan, job, rows, items, processor);
  for (let i = 0; i < begun + Number(isNoted); i++) await removeDraft(attemptFile(task, job, i));
  done?.(job, outcome, rows.rows);
}

const attemptFile = ({ plan }: ShardTask, job: ShardJob, number: number): string =>
  placeOf(plan, job, `.begun${number + 1}`);

/** How many machines have begun this part and neither ended it nor taken it back. */
async function attemptsAt(task: ShardTask, job: ShardJob): Promise<number> {
  let count = 0;
  while (count < DEATHS && (await isThere(attemptFile(task, job, count)))) count += 1;
  return count;
}

function halvesOf({ plan, shard, from, to }: ShardJob): readonly ShardJob[] {
  const middle = from + Math.ceil((to - from) / 2);
  return [
    { plan, shard, from, to: middle },
    { plan, shard, from: middle, to },
  ];
}

const guilty = ({ position, file }: PlannedItem, device: string): ShardRows => ({
  rows: [
    {
      item: position,
      error: { code: 'engine-crashed', message: `${file}: whole workers end on this image, again and again` },
    },
  ],
  maps: [],
  lacking: [],
  device,
});
