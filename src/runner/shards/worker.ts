/** A machine that takes part in a plan: whether it has the same product, model and images, before it computes anything. */
import { cpus } from 'node:os';
import type { Engine } from '../../client/engine';
import { datasetErrors } from '../../core/dataset-errors';
import { productVersion } from '../../files/product';
import type { DeviceChoice } from '../../protocol/devices';
import type { ModelChoice } from '../../protocol/requests';
import { changeOf } from '../work/images';
import { identifiedModel, watchModel } from '../work/model';
import type { ShardTask } from './compute';
import { checkWorker, type Plan } from './plan';

export interface WorkerChoice {
  /** Folder of the images on this machine. */
  readonly root: string;
  readonly choice: ModelChoice;
  readonly device: DeviceChoice;
}

/** Images that are looked at before work begins, spread over the plan. */
const LOOKED_AT = 64;

/**
 * What this machine computes shards with.
 *
 * @throws plan-differs if its product, its model or its images are not the plan's; what models throw
 */
export async function shardTask(
  plan: Plan,
  { root, choice, device }: WorkerChoice,
  engine: Engine,
  signal?: AbortSignal,
): Promise<ShardTask> {
  const { info, hash } = await identifiedModel(engine, choice, signal);
  checkWorker(plan.folder, plan.file, { model: info.path, hash }, await productVersion());
  await checkImages(plan, root);
  return { plan, root, choice, device, engine, model: watchModel(engine, choice, hash) };
}

async function checkImages(plan: Plan, root: string): Promise<void> {
  const step = Math.max(1, Math.floor(plan.shards / LOOKED_AT));
  for (let shard = 0; shard < plan.shards; shard += step) {
    const [item] = await plan.itemsOf(shard, undefined, root);
    const change = await changeOf({ ...item!, id: item!.position });
    if (change)
      throw datasetErrors.planDiffers(
        plan.folder,
        `${item!.path} is not in ${root} as it was planned: ${change.reason ?? change.message.replace(/\.$/, '')}`,
      );
  }
}

/** What a commit says of this machine's processor. */
export const processorName = (): string => `${cpus()[0]?.model.trim() || 'unknown'} (${process.arch})`.slice(0, 100);
