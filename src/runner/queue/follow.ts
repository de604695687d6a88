/**
 * Follows shards that other machines compute: what is committed in the shared folder is merged into the run file as it comes,
 * and what is missing is put into the queue. It may end at any time, and begin again: the folder knows what is done.
 */
import { setTimeout as pause } from 'node:timers/promises';
import type { QueueAddress } from '../../protocol/params/queue-address';
import { sizeOf } from '../shards/form';
import { createMerging, type MergeTarget } from '../shards/merge';
import { countsOf } from '../work/sweep';
import type { Control } from '../work/works';
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
  const merging = createMerging(target, signal);
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
  let toldAt = performance.now();
  const merge = async (): Promise<boolean> => {
    const isNew = await merging.more(() => {
      if (performance.now() - toldAt < FOLDER) return;
      toldAt = performance.now();
      committed();
      report();
    });
    if (isNew) committed();
    report();
    return isNew;
  };
  await merge();
  if (merging.missingCount > 0) {
    const id = plan.file.id;
    const dispatcher = await createDispatcher({
      plan: { id, shards: plan.shards },
      address,
      imagesOf: (shard) => sizeOf(plan.range(shard)),
      say,
    });
    try {
      await dispatcher.enqueue(merging.missing());
      let lookedAt = Number.NEGATIVE_INFINITY;
      while (merging.missingCount > 0) {
        await control.turn();
        const began = performance.now();
        const isNew = await merge();
        const took = performance.now() - began;
        if (performance.now() - lookedAt > QUEUE) {
          state = await dispatcher.look(merging.missing);
          lookedAt = performance.now();
          report();
        }
        // Rows that were merged took their time too, and more may have come meanwhile.
        const rest = isNew ? FOLDER : Math.max(FOLDER, SHARE * took);
        if (merging.missingCount > 0) await pause(rest, undefined, { signal }).catch(() => {});
      }
      await dispatcher.clear();
    } finally {
      await dispatcher.close();
    }
  }
  const { lacking } = await merging.report();
  if (lacking) say(`${lacking.maps} maps could not be computed: ${lacking.reason}`);
}

function wordsOf({ workers, trouble }: QueueState): string | undefined {
  if (workers === 0) return 'no worker is connected to the queue; start some by group-cam worker';
  return trouble === undefined ? undefined : `the last shard that failed: ${trouble}`;
}
