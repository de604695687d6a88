/**
 * Commits of shards: files that one machine alone can create. A result is written beside its final name and then gets that
 * name by a hard link, which fails if the name exists. Where the file system has no hard links, a small record that names the
 * result is created instead, which fails likewise. So the first commit wins, whatever a queue does and however many
 * machines compute the same shard.
 */
import { rename } from 'node:fs/promises';
import path from 'node:path';
import { type Found, isCommitted, recordOf } from './find';
import { claimName, createWhole, DRAFT, draftOf, failing, type Link, removeDraft, withShared } from './folder';
import type { Commit, ShardJob } from './form';
import type { PlannedItem } from './items';
import { makePlace, placeOf, RECORD, RESULT } from './places';
import type { Plan } from './plan';
import { type Decoded, decoded, encoded, type ShardRows } from './rows';

/** Of a result: 256 rows with embeddings of 4096 numbers and maps of 224 x 224 are 60 MB. */
const MOST_BYTES = 2 ** 29;

/**
 * Writes the result of a part of a shard, if none is there yet.
 *
 * @param items those of the job
 * @param processor of this machine
 * @param link how a draft gets its name; by default by a hard link
 * @returns `there` if another machine was first
 * @throws shared-invalid
 */
export async function commitShard(
  plan: Plan,
  job: ShardJob,
  rows: ShardRows,
  items: readonly PlannedItem[],
  processor: string,
  link?: Link,
): Promise<'committed' | 'there'> {
  if (await isCommitted(plan, job)) return 'there';
  await makePlace(plan, job);
  const result = placeOf(plan, job, RESULT);
  const draft = await draftOf(result, [encoded(job, rows, items, processor)]);
  const claimed = await claimName(draft, result, link);
  if (claimed === 'no-links') return commitByRecord(draft, placeOf(plan, job, RECORD));
  await removeDraft(draft);
  return claimed === 'claimed' ? 'committed' : 'there';
}

/** Gives a draft a name of its own, which the record gets as its text unless it has another one. */
async function commitByRecord(draft: string, record: string): Promise<'committed' | 'there'> {
  const own = path.join(path.dirname(draft), path.basename(draft).slice(1, -DRAFT.length));
  await rename(draft, own).catch((thrown) => failing(own, thrown));
  if (await createWhole(record, recordOf(own))) return 'committed';
  await removeDraft(own);
  return 'there';
}

/** The rows of a commit, with the files of this machine's root. @throws shared-invalid */
export async function readRows(plan: Plan, { job, file }: Found, root?: string): Promise<Decoded> {
  return withShared(file, async (handle) => {
    const { size } = await handle.stat();
    if (size > MOST_BYTES) throw new Error(`${size} bytes; at most ${MOST_BYTES} are read`);
    const items = (commit: Commit) => {
      checkJob(plan, job, commit);
      return plan.itemsOf(job.shard, job, root);
    };
    return decoded(await handle.readFile(), items, plan.file.version.labels.length);
  }).catch((thrown) => failing(file, thrown));
}

/** @throws Error with what is wrong */
function checkJob({ file }: Plan, job: ShardJob, commit: Commit): void {
  if (commit.plan !== file.id) throw new Error('it is of another plan');
  const isJob = commit.shard === job.shard && commit.from === job.from && commit.to === job.to;
  if (!isJob) throw new Error('it is of other images than its name says');
}
