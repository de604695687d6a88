/** Finds which shards of a plan are committed, by the names of the files in the shared folder. */
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import * as v from 'valibot';
import { fields, parseJson } from '../../core/schema';
import { isAbsent } from '../../core/system-errors';
import { failing, isThere, isWhole, withShared } from './folder';
import { FORM, type Range, type ShardJob } from './form';
import { blockName, blockOf, FOLDER, placeOf, RECORD, RESULT, shardsOfBlock, stemOf } from './places';
import type { Plan } from './plan';

/** Which of the files beside it is the result. */
const RECORD_FORM = fields({
  form: v.literal(FORM, `the form ${FORM}`),
  result: v.pipe(v.string(), v.regex(/^\d{7}(\.\d+-\d+)?\.rows\.[0-9a-f-]{36}$/, 'the name of a result')),
});
type RecordForm = v.InferOutput<typeof RECORD_FORM>;
/** Of a record, in bytes. */
const LONGEST = 1024;

/** @param file the result */
export const recordOf = (file: string): string =>
  `${JSON.stringify({ form: FORM, result: path.basename(file) } satisfies RecordForm)}\n`;

/** A commit that was found. */
export interface Found {
  readonly job: ShardJob;
  /** The file with the result. */
  readonly file: string;
}

/** Whether all of this part is committed, in one piece. A record that was never written to its end counts as none. */
export const isCommitted = async (plan: Plan, job: ShardJob): Promise<boolean> =>
  (await isThere(placeOf(plan, job, RESULT))) ||
  ((await isThere(placeOf(plan, job, RECORD))) && (await isWhole(placeOf(plan, job, RECORD))));

/**
 * The commits that are there, in the order of shards.
 *
 * @param skips blocks of shards that are not looked at
 * @throws shared-invalid
 */
export async function* findCommits(plan: Plan, skips: (block: number) => boolean = () => false): AsyncGenerator<Found> {
  const blocks = (await namesIn(path.join(plan.folder, FOLDER)))
    .filter((name) => name === blockName(Number(name)))
    .map(Number)
    .sort((a, b) => a - b);
  for (const block of blocks) if (!skips(block)) yield* commitsOf(plan, block);
}

/** The commits of a block of shards, in their order. @throws shared-invalid */
export async function* commitsOf(plan: Plan, block: number): AsyncGenerator<Found> {
  const folder = path.join(plan.folder, FOLDER, blockName(block));
  const names = new Set(await namesIn(folder));
  for (const name of [...names].sort()) {
    const job = jobOf(plan, name);
    if (!job || blockOf(job.shard) !== block) continue;
    const file = path.join(folder, name);
    if (name.endsWith(RESULT)) yield { job, file };
    // Whoever has links goes by them; then the record is one more commit of the same.
    else if (!names.has(`${stemOf(plan, job)}${RESULT}`) && (await isWhole(file)))
      yield { job, file: await resultNamedBy(file) };
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

const NAME = /^(\d{7})(?:\.(\d+)-(\d+))?\.(rows|commit)$/;

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

async function resultNamedBy(record: string): Promise<string> {
  const text = await withShared(record, async (handle) => {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(LONGEST), 0, LONGEST, 0);
    return buffer.subarray(0, bytesRead).toString('utf8');
  }).catch((thrown) => failing(record, thrown));
  const { result } = parseJson(RECORD_FORM, text, ({ line }) => failing(record, new Error(line)));
  return path.join(path.dirname(record), result);
}

/** Whether parts cover a shard; they may overlap, where a machine that was thought dead has gone on. */
export function isCovered({ from, to }: Range, parts: readonly Range[]): boolean {
  let at = from;
  for (;;) {
    const next = Math.max(...parts.filter((part) => part.from <= at).map((part) => part.to), at);
    if (next >= to) return true;
    if (next === at) return false;
    at = next;
  }
}

/** Knows which shards are committed, by looking again and again at those blocks alone of which shards are missing. */
export interface Watch {
  /** The commits that were not there at the last look. Whoever ends it early sees the others at the next one. */
  news(): AsyncGenerator<Found>;
  /** Shards of which images have no commit. */
  missing(): readonly number[];
  readonly missingCount: number;
}

export function watchCommits(plan: Plan): Watch {
  const missing = new Set(Array.from({ length: plan.shards }, (_, shard) => shard));
  const missingOf = new Map<number, number>();
  const seen = new Map<number, Set<string>>();
  const parts = new Map<number, readonly Range[]>();
  const note = ({ job }: Found, block: number): void => {
    const { shard } = job;
    if (!missing.has(shard)) return;
    const there = [...(parts.get(shard) ?? []), job];
    parts.set(shard, there);
    if (!isCovered(plan.range(shard), there)) return;
    parts.delete(shard);
    missing.delete(shard);
    missingOf.set(block, (missingOf.get(block) ?? shardsOfBlock(plan, block)) - 1);
  };
  return {
    async *news() {
      for await (const found of findCommits(plan, (block) => missingOf.get(block) === 0)) {
        const block = blockOf(found.job.shard);
        const known = seen.get(block) ?? new Set();
        if (known.has(found.file)) continue;
        yield found;
        seen.set(block, known.add(found.file));
        note(found, block);
        if (missingOf.get(block) === 0) seen.delete(block);
      }
    },
    missing: () => [...missing],
    get missingCount() {
      return missing.size;
    },
  };
}

/**
 * A function that tells whether all shards are committed. It reads one block of shards at a time, and none again that is
 * complete, so that a thousand workers may ask it every few seconds.
 */
export function completion(plan: Plan): () => Promise<boolean> {
  let block = 0;
  return async () => {
    for (; block * shardsOfBlock(plan, 0) < plan.shards; block++) {
      const parts = new Map<number, Range[]>();
      for await (const { job } of commitsOf(plan, block)) parts.set(job.shard, [...(parts.get(job.shard) ?? []), job]);
      const covered = [...parts].filter(([shard, there]) => isCovered(plan.range(shard), there));
      if (covered.length < shardsOfBlock(plan, block)) return false;
    }
    return true;
  };
}
