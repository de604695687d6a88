/** Merges the commits of a plan into a run file: each is in one transaction, and nothing is taken twice. */
import path from 'node:path';
import { datasetErrors } from '../../core/dataset-errors';
import { errors } from '../../core/errors';
import { few } from '../../core/few';
import { listOf } from '../../files/datasets/list-of';
import type { ListedDataset } from '../../files/datasets/listed';
import { pausing } from '../../files/pause';
import type { ItemId, VersionId } from '../../protocol/dataset';
import { writePrepared } from '../prepare';
import type { RunFile } from '../store/form';
import { readRows } from './commit';
import { type Found, watchCommits } from './find';
import { SHARD, sizeOf, type Worker } from './form';
import type { PlannedItem } from './items';
import { PLAN_FILE, type Plan } from './plan';
import type { Decoded } from './rows';

/** A run file that has the plan's dataset and model. */
export interface MergeTarget {
  readonly file: RunFile;
  readonly plan: Plan;
  readonly version: VersionId;
  /** Of each position in the plan. */
  readonly ids: Uint32Array;
}

/** What a merge has found. */
export interface MergeReport {
  readonly shards: number;
  /** Shards of which images have no commit. */
  readonly missing: readonly number[];
  /** Rows that were new in the run file. */
  readonly rows: number;
  /** Each kind of processor and device, with the number of its images. */
  readonly workers: readonly (Worker & { readonly images: number })[];
  /** Images whose better map is missing, with the first reason. */
  readonly lacking?: { readonly maps: number; readonly reason: string };
}

/**
 * Brings the plan's dataset and model into a run file.
 *
 * @param listed the dataset of which the plan was made, if it is at hand; by default it is read from the plan
 * @throws shared-invalid; what run files throw; cancelled
 */
export async function mergeTarget(
  file: RunFile,
  plan: Plan,
  signal: AbortSignal,
  listed?: ListedDataset,
): Promise<MergeTarget> {
  const dataset = listed ?? (await listedOf(plan, signal));
  const entered = await file.enter(dataset, signal);
  const [version] = writePrepared(file, { dataset, versions: [plan.file.version] }, entered);
  return { file, plan, version: version!, ids: entered.ids };
}

async function listedOf(plan: Plan, signal: AbortSignal): Promise<ListedDataset> {
  const { dataset, items: count } = plan.file;
  const pause = pausing(signal);
  const [bytes, mtimes] = [new Float64Array(count), new Float64Array(count)];
  const paths: string[] = [];
  const named: (readonly string[])[] = [];
  const more = new Map<number, Pick<PlannedItem, 'split' | 'annotated'>>();
  // Items share their lists of names, of which there may be one for each of a million.
  const known = new Map<string, readonly string[]>();
  for (let shard = 0; shard < plan.shards; shard++) {
    for (const { position, path: name, file: _, categories, ...item } of await plan.itemsOf(shard)) {
      if (position > 0 && paths[position - 1]! >= name)
        throw datasetErrors.sharedInvalid(
          path.join(plan.folder, PLAN_FILE),
          'its images are not in order',
          'Remove this folder, and begin anew.',
        );
      const key = categories.join();
      const names = known.get(key) ?? categories.map((category) => dataset.categories[category]!);
      known.set(key, names);
      paths.push(name);
      named.push(names);
      bytes[position] = item.bytes;
      mtimes[position] = item.mtime;
      const { split, annotated } = item;
      if (split !== undefined || annotated)
        more.set(position, { ...(split !== undefined && { split }), ...(annotated && { annotated }) });
    }
    await pause();
  }
  const items = listOf(count, (i) => ({
    path: paths[i]!,
    file: path.join(dataset.root, paths[i]!),
    categories: named[i]!,
    bytes: bytes[i]!,
    mtime: mtimes[i]!,
    ...more.get(i),
  }));
  return { ...dataset, items };
}

/** Commits that are read at once, and become rows in one transaction; they are of different shards. */
const AT_ONCE = 64;

/** Groups of commits, of not many more images than a shard usually has. */
async function* groupsOf(commits: AsyncIterable<Found>): AsyncGenerator<readonly Found[]> {
  let group: Found[] = [];
  let images = 0;
  for await (const found of commits) {
    const isFull = group.length === AT_ONCE || images + sizeOf(found.job) > SHARD;
    if (group.length > 0 && (isFull || group.at(-1)!.job.shard === found.job.shard)) {
      yield group;
      group = [];
      images = 0;
    }
    group.push(found);
    images += sizeOf(found.job);
  }
  if (group.length > 0) yield group;
}

/** Merges commits as they come. */
export interface Merging {
  /**
   * Merges the commits that are there by now.
   *
   * @param committed called after each transaction
   * @returns whether there were any
   * @throws shared-invalid, with what was merged before it kept; what run files throw; cancelled
   */
  more(committed?: () => void): Promise<boolean>;
  /** Shards of which images have no commit. */
  missing(): readonly number[];
  readonly missingCount: number;
  /** What was merged. If nothing is missing, the rows are counted, and what depends on all of them is brought up to date. */
  report(): Promise<MergeReport>;
}

export function createMerging(target: MergeTarget, signal: AbortSignal): Merging {
  const { file, plan, version } = target;
  const watch = watchCommits(plan);
  const workers = new Map<string, Worker & { images: number }>();
  let rows = 0;
  let lacking: MergeReport['lacking'];

  function note({ commit: { worker, lacking: found, from, to } }: Decoded): void {
    const key = JSON.stringify(worker);
    const known = workers.get(key) ?? { ...worker, images: 0 };
    known.images += to - from;
    workers.set(key, known);
    if (found) lacking = { maps: (lacking?.maps ?? 0) + found.maps, reason: (lacking ?? found).reason };
  }

  async function merge(group: readonly Found[]): Promise<void> {
    const read = await Promise.allSettled(group.map((found) => readRows(plan, found)));
    const failed = read.find((one) => one.status === 'rejected');
    const whole = read.slice(0, failed ? read.indexOf(failed) : read.length);
    const commits = whole.map((one) => (one as PromiseFulfilledResult<Decoded>).value);
    rows += writeCommits(target, commits);
    for (const commit of commits) note(commit);
    if (failed) throw failed.reason;
  }

  return {
    async more(committed) {
      let isNew = false;
      for await (const group of groupsOf(watch.news())) {
        if (signal.aborted) throw errors.cancelled();
        await merge(group);
        isNew = true;
        committed?.();
      }
      return isNew;
    },
    missing: watch.missing,
    get missingCount() {
      return watch.missingCount;
    },
    async report() {
      const missing = watch.missing();
      if (missing.length === 0) {
        checkRows(target);
        await file.updateAgreement(version, signal);
      }
      return { shards: plan.shards, missing, rows, workers: [...workers.values()], ...(lacking && { lacking }) };
    },
  };
}

/** @returns how many rows were new */
function writeCommits({ file, plan, version, ids }: MergeTarget, commits: readonly Decoded[]): number {
  if (commits.length === 0) return 0;
  const idOf = (position: number): ItemId => ids[position]!;
  const method = plan.file.options.maps;
  const rows = commits.flatMap((commit) =>
    commit.rows.map((row) => ({
      ...row,
      item: idOf(row.item),
      ...('swept' in row && { swept: { ...row.swept, id: idOf(row.item) } }),
    })),
  );
  const maps = commits.flatMap((commit) => commit.maps);
  return file.commitShard(version, rows, method ? maps.map((map) => ({ ...map, method, item: idOf(map.item) })) : [])
    .rows;
}

/**
 * Merges all commits that are there. It may be called again at any time, while others are still being made.
 *
 * @throws as `Merging.more`
 */
export async function mergeShards(target: MergeTarget, signal: AbortSignal): Promise<MergeReport> {
  const merging = createMerging(target, signal);
  await merging.more();
  return merging.report();
}

/** Counts the rows against the plan. */
function checkRows({ file, plan, version, ids }: MergeTarget): void {
  const waiting = [...ids.keys()].filter((position) => file.waits(version, ids[position]!));
  if (waiting.length === 0 && ids.length === plan.file.items) return;
  throw datasetErrors.sharedInvalid(
    plan.folder,
    `all shards are there, and images ${few(waiting.map(String))} of ${plan.file.items} have no row`,
    'Merge again.',
  );
}
