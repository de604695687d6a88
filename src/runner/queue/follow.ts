/**
 * Follows shards that other machines compute: what is committed in the shared folder is merged into the run file as it comes,
 * and what is missing is put into the queue. It may end at any time, and begin again: the folder knows what is done.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { few } from '../../core/few';
import { findCommits } from '../shards/commit';
import { type Range, sizeOf } from '../shards/form';
import { isCovered, type MergeTarget, mergeCommit, mergeShards } from '../shards/merge';
import { countsOf } from '../work/sweep';
import type { Control } from '../work/works';
import type { QueueAddress } from './address';
import { createDispatcher, type QueueState } from './dispatch';

export interface FollowTask {
  readonly target: MergeTarget;
  readonly address: QueueAddress;
  /** Called after rows were committed to the run file. */
  committed(): void;
  /** Gets what happens, in words. */
  say(line: string): void;
}

/** Milliseconds between two looks at the folder, and at the queue. */
const FOLDER = 500;
const QUEUE = 2000;
/** A look at a large folder takes a while; it is a small part of the time. */
const SHARE = 10;

/**
 * Resolves when all shards are in the run file.
 *
 * @throws queue-unreachable at the start; work-failed if shards come back again and again; shared-invalid; what run files
 *   throw; cancelled, with what was merged before it kept and the workers at work
 */
export async function followShards({ target, address, committed, say }: FollowTask, control: Control): Promise<void> {
  const { file, plan, version } = target;
  const { signal } = control;
  const merging = createMerging(target);
  let state: QueueState | undefined;
  const report = (): void => {
    const { done, failed } = countsOf(file, { id: version });
    const reason = state && wordsOf(state);
    control.report({
      ...{ done, failed, total: plan.file.items },
      ...(reason !== undefined && { reason }),
      ...(state?.workers !== undefined && { workers: state.workers }),
    });
  };
  const merge = async (): Promise<void> => {
    if ((await merging.more(signal)) > 0) committed();
    report();
  };
  await merge();
  const missing = merging.missing();
  if (missing.length > 0) {
    const id = plan.file.id;
    const dispatcher = await createDispatcher({
      plan: { id, shards: plan.shards },
      address,
      imagesOf: (shard) => sizeOf(plan.range(shard)),
      say,
    });
    try {
      await dispatcher.enqueue(missing);
      let lookedAt = Number.NEGATIVE_INFINITY;
      while (merging.missing().length > 0) {
        await control.turn();
        const began = performance.now();
        await merge();
        const took = performance.now() - began;
        if (performance.now() - lookedAt > QUEUE) {
          state = await dispatcher.look(merging.missing);
          lookedAt = performance.now();
          report();
        }
        await pause(Math.max(FOLDER, SHARE * took), undefined, { signal }).catch(() => {});
      }
      await dispatcher.clear();
    } finally {
      await dispatcher.close();
    }
  }
  const { missing: left, lacking } = await mergeShards(target, { signal });
  if (lacking) say(`${lacking.maps} maps could not be computed: ${lacking.reason}`);
  if (left.length > 0) say(`shards ${few(left.map(String))} are not there any more`);
}

function wordsOf({ workers, trouble }: QueueState): string | undefined {
  if (workers === 0) return 'no worker is connected to the queue; start some by group-cam worker';
  return trouble === undefined ? undefined : `the last shard that failed: ${trouble}`;
}

/** Merges each commit once. */
function createMerging(target: MergeTarget) {
  const { plan } = target;
  const seen = new Set<string>();
  const parts = new Map<number, Range[]>();
  const left = new Set(Array.from({ length: plan.shards }, (_, shard) => shard));
  return {
    /** @returns how many were new */
    async more(signal: AbortSignal): Promise<number> {
      let count = 0;
      for await (const found of findCommits(plan)) {
        if (signal.aborted) break;
        if (seen.has(found.file)) continue;
        await mergeCommit(target, found);
        seen.add(found.file);
        count += 1;
        const { job } = found;
        const there = [...(parts.get(job.shard) ?? []), job];
        parts.set(job.shard, there);
        if (isCovered(plan.range(job.shard), there)) left.delete(job.shard);
      }
      return count;
    },
    missing: (): readonly number[] => [...left],
  };
}
