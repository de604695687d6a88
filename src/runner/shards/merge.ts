/** Merges the commits of a plan into a run file: one transaction a commit, and nothing twice. */
import path from 'node:path';
import { datasetErrors } from '../../core/dataset-errors';
import { errors } from '../../core/errors';
import { few } from '../../core/few';
import type { ListedDataset, ListedItem } from '../../files/datasets/listed';
import { pausing } from '../../files/pause';
import type { ItemId, VersionId } from '../../protocol/dataset';
import { writePrepared } from '../prepare';
import type { RunFile } from '../store/form';
import { type Found, findCommits, readRows } from './commit';
import { type Range, sizeOf, type Worker } from './form';
import { PLAN_FILE, type Plan } from './plan';

/** A run file that has the plan's dataset and model. */
export interface MergeTarget {
  readonly file: RunFile;
  readonly plan: Plan;
  readonly version: VersionId;
  /** Of each position in the plan. */
  readonly ids: Uint32Array;
}

export interface Merged {
  readonly rows: number;
  readonly maps: number;
  readonly failed: number;
  readonly worker: Worker;
  readonly lacking?: { readonly maps: number; readonly reason: string };
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
 * @throws shared-invalid; what run files throw; cancelled
 */
export async function mergeTarget(file: RunFile, plan: Plan, signal: AbortSignal): Promise<MergeTarget> {
  const dataset = await listedOf(plan, signal);
  const entered = await file.enter(dataset, signal);
  const [version] = writePrepared(file, { dataset, versions: [plan.file.version] }, entered);
  return { file, plan, version: version!, ids: entered.ids };
}

async function listedOf(plan: Plan, signal: AbortSignal): Promise<ListedDataset> {
  const { dataset } = plan.file;
  const pause = pausing(signal);
  const items: ListedItem[] = [];
  // Items share their lists of names, of which there may be one for each of a million.
  const known = new Map<string, readonly string[]>();
  for (let shard = 0; shard < plan.shards; shard++) {
    for (const { position: _, categories, ...item } of await plan.itemsOf(shard)) {
      const key = categories.join();
      const names = known.get(key) ?? categories.map((category) => dataset.categories[category]!);
      known.set(key, names);
      items.push({ ...item, categories: names });
    }
    await pause();
  }
  const wrong = items.findIndex((item, i) => i > 0 && items[i - 1]!.path >= item.path);
  if (wrong >= 0)
    throw datasetErrors.sharedInvalid(
      path.join(plan.folder, PLAN_FILE),
      'its images are not in order',
      'Remove this folder, and begin anew.',
    );
  return { ...dataset, items };
}

/** Writes what one commit has. @throws shared-invalid; what run files throw */
export async function mergeCommit({ file, plan, version, ids }: MergeTarget, found: Found): Promise<Merged> {
  const { commit, rows, maps } = await readRows(plan, found);
  const idOf = (position: number): ItemId => ids[position]!;
  const method = plan.file.options.maps;
  const written = file.commitShard(
    version,
    rows.map((row) => ({
      ...row,
      item: idOf(row.item),
      ...('swept' in row && { swept: { ...row.swept, id: idOf(row.item) } }),
    })),
    method ? maps.map((map) => ({ ...map, method, item: idOf(map.item) })) : [],
  );
  const { failed, worker, lacking } = commit;
  return { ...written, failed, worker, ...(lacking && { lacking }) };
}

export interface MergeOptions {
  readonly signal: AbortSignal;
  /** Called after rows were committed, with the images of commits so far. */
  readonly committed?: (images: number) => void;
}

/**
 * Merges all commits that are there. It may be called again at any time, while others are still being made.
 *
 * @throws shared-invalid, with what was merged before it kept; what run files throw; cancelled
 */
export async function mergeShards(target: MergeTarget, { signal, committed }: MergeOptions): Promise<MergeReport> {
  const { file, plan, version } = target;
  const covered = new Map<number, Range[]>();
  const workers = new Map<string, Worker & { images: number }>();
  let rows = 0;
  let images = 0;
  let lacking: Merged['lacking'];
  for await (const found of findCommits(plan)) {
    if (signal.aborted) throw errors.cancelled();
    const merged = await mergeCommit(target, found);
    const key = JSON.stringify(merged.worker);
    const known = workers.get(key) ?? { ...merged.worker, images: 0 };
    known.images += sizeOf(found.job);
    workers.set(key, known);
    covered.set(found.job.shard, [...(covered.get(found.job.shard) ?? []), found.job]);
    rows += merged.rows;
    images += sizeOf(found.job);
    if (merged.lacking)
      lacking = { maps: (lacking?.maps ?? 0) + merged.lacking.maps, reason: (lacking ?? merged.lacking).reason };
    if (merged.rows + merged.maps > 0) committed?.(images);
  }
  const missing: number[] = [];
  for (let shard = 0; shard < plan.shards; shard++)
    if (!isCovered(plan.range(shard), covered.get(shard) ?? [])) missing.push(shard);
  if (missing.length === 0) {
    checkRows(target);
    await file.updateAgreement(version, signal);
  }
  return { shards: plan.shards, missing, rows, workers: [...workers.values()], ...(lacking && { lacking }) };
}

/** Whether all images have a commit. @throws shared-invalid */
export async function allCommitted(plan: Plan): Promise<boolean> {
  const parts = new Map<number, Range[]>();
  for await (const { job } of findCommits(plan)) parts.set(job.shard, [...(parts.get(job.shard) ?? []), job]);
  for (let shard = 0; shard < plan.shards; shard++)
    if (!isCovered(plan.range(shard), parts.get(shard) ?? [])) return false;
  return true;
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
