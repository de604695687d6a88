/**
 * Commits of shards: files that one machine alone can create. A result is written beside its final name and then gets that
 * name by a hard link, which fails if the name exists. Where the file system has no hard links, a small record that names the
 * result is created instead, which fails likewise. So the first commit wins, whatever a queue does and however many
 * machines compute the same shard.
 */
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import * as v from 'valibot';
import { fields, parseJson } from '../../core/schema';
import {
  claimName,
  createOnly,
  draftOf,
  failing,
  isAbsent,
  isThere,
  type Link,
  makeInside,
  removeDraft,
  withShared,
} from './folder';
import { type Commit, FORM, type ShardJob } from './form';
import type { PlannedItem } from './items';
import type { Plan } from './plan';
import { type Decoded, decoded, encoded, HEAD_BYTES, headOf, type ShardRows } from './rows';

const FOLDER = 'shards';
/** Shards of a folder: file systems slow down with more files in one. */
const BLOCK = 1000;
/** Of a result: 256 rows with embeddings of 4096 numbers and maps of 224 x 224 are 60 MB. */
const MOST_BYTES = 2 ** 29;
const RESULT = '.rows';
const RECORD = '.commit';

/** Where a file system has no hard links: which of the drafts beside it is the result. */
const RECORD_FORM = fields({
  form: v.literal(FORM, `the form ${FORM}`),
  draft: v.pipe(v.string(), v.regex(/^\.\d{7}(\.\d+-\d+)?\.rows\.[0-9a-f-]{36}\.part$/, 'a draft of a result')),
});

const blockOf = (shard: number): string => String(Math.floor(shard / BLOCK)).padStart(4, '0');

/** Without its ending. A part of a shard has its images in its name. */
export function stemOf({ range }: Plan, { shard, from, to }: ShardJob): string {
  const whole = range(shard);
  const part = whole.from === from && whole.to === to ? '' : `.${from}-${to}`;
  return `${String(shard).padStart(7, '0')}${part}`;
}

/** Path of a file of the job; its folder need not be there. */
export const placeOf = (plan: Plan, job: ShardJob, ending: string): string =>
  path.join(plan.folder, FOLDER, blockOf(job.shard), `${stemOf(plan, job)}${ending}`);

/** Makes the folder of a job's files. @throws shared-invalid */
export const makePlace = async (plan: Plan, job: ShardJob): Promise<string> =>
  makeInside(await makeInside(plan.folder, FOLDER), blockOf(job.shard));

/** Whether all of this part is committed, in one piece. */
export const isCommitted = async (plan: Plan, job: ShardJob): Promise<boolean> =>
  (await isThere(placeOf(plan, job, RESULT))) || (await isThere(placeOf(plan, job, RECORD)));

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
  if (claimed === 'no-links') {
    const record = `${JSON.stringify({ form: FORM, draft: path.basename(draft) })}\n`;
    if (await createOnly(placeOf(plan, job, RECORD), record)) return 'committed';
  }
  await removeDraft(draft);
  return claimed === 'claimed' ? 'committed' : 'there';
}

/** A commit that was found. */
export interface Found {
  readonly job: ShardJob;
  /** The file with the result. */
  readonly file: string;
}

const NAME = /^(\d{7})(?:\.(\d+)-(\d+))?\.(rows|commit)$/;

/**
 * The commits that are there, by their names, in the order of shards.
 *
 * @throws shared-invalid
 */
export async function* findCommits(plan: Plan): AsyncGenerator<Found> {
  for (const block of (await namesIn(path.join(plan.folder, FOLDER))).filter((name) => /^\d{4,}$/.test(name)).sort()) {
    const folder = path.join(plan.folder, FOLDER, block);
    const names = new Set(await namesIn(folder));
    for (const name of [...names].sort()) {
      const job = jobOf(plan, name);
      if (!job || blockOf(job.shard) !== block) continue;
      const file = path.join(folder, name);
      if (name.endsWith(RESULT)) yield { job, file };
      // Whoever has links goes by them; then the record is one more commit of the same.
      else if (!names.has(`${stemOf(plan, job)}${RESULT}`)) yield { job, file: await draftNamedBy(file) };
    }
  }
}

async function namesIn(folder: string): Promise<readonly string[]> {
  try {
    return await readdir(folder);
  } catch (thrown) {
    if (isAbsent(thrown)) return [];
    return failing(folder, thrown);
  }
}

function jobOf(plan: Plan, name: string): ShardJob | undefined {
  const [, digits, first, end] = NAME.exec(name) ?? [];
  if (digits === undefined) return undefined;
  const shard = Number(digits);
  if (shard >= plan.shards) return undefined;
  const whole = plan.range(shard);
  const [from, to] = first === undefined ? [whole.from, whole.to] : [Number(first), Number(end)];
  const isPart = from >= whole.from && from < to && to <= whole.to;
  return isPart ? { plan: plan.file.id, shard, from, to } : undefined;
}

async function draftNamedBy(record: string): Promise<string> {
  const text = await withShared(record, (handle) => small(handle, HEAD_BYTES)).catch((thrown) =>
    failing(record, thrown),
  );
  const { draft } = parseJson(RECORD_FORM, text, ({ line }) => failing(record, new Error(line)));
  return path.join(path.dirname(record), draft);
}

type Handle = Parameters<Parameters<typeof withShared>[1]>[0];

async function small(handle: Handle, limit: number): Promise<string> {
  const { buffer, bytesRead } = await handle.read(Buffer.alloc(limit), 0, limit, 0);
  return buffer.subarray(0, bytesRead).toString('utf8');
}

/** The heads of the commits that are there. @throws shared-invalid */
export async function* readCommits(plan: Plan): AsyncGenerator<Found & { readonly commit: Commit }> {
  for await (const { job, file } of findCommits(plan)) yield { job, file, commit: await readHead(plan, { job, file }) };
}

/** @throws shared-invalid */
export async function readHead(plan: Plan, { job, file }: Found): Promise<Commit> {
  const read = (handle: Handle) => handle.read(Buffer.alloc(HEAD_BYTES), 0, HEAD_BYTES, 0);
  return withShared(file, async (handle) => {
    const { buffer, bytesRead } = await read(handle);
    const { commit } = headOf(buffer.subarray(0, bytesRead));
    checkJob(plan, job, commit);
    return commit;
  }).catch((thrown) => failing(file, thrown));
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
