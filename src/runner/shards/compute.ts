/** Computes a part of a shard. */
import type { Engine } from '../../client/engine';
import { errors } from '../../core/errors';
import type { DeviceChoice } from '../../protocol/devices';
import type { ModelChoice } from '../../protocol/requests';
import type { NewMap, NewRow, StoredItem } from '../store/form';
import { identified } from '../work/images';
import { mapOfClass } from '../work/maps';
import type { ModelWatch } from '../work/model';
import { checkRoot, computePart } from '../work/part';
import type { ShardJob } from './form';
import type { PlannedItem } from './items';
import type { Plan } from './plan';
import type { ShardRows } from './rows';

/** What a machine computes shards with. */
export interface ShardTask {
  readonly plan: Plan;
  /** Folder of the images on this machine. */
  readonly root: string;
  readonly choice: ModelChoice;
  readonly model: ModelWatch;
  readonly device: DeviceChoice;
  readonly engine: Engine;
}

const storedItem = ({ position, ...item }: PlannedItem): StoredItem => ({ ...item, id: position });

/**
 * The rows of a part of a shard, the same as those of a sweep of the whole dataset by one process, and its maps.
 *
 * @param items those of the job
 * @throws cancelled; every failure that is not one image's
 */
export async function computeShard(
  task: ShardTask,
  job: ShardJob,
  items: readonly PlannedItem[],
  signal: AbortSignal,
): Promise<ShardRows> {
  const { plan, root, choice, model, device, engine } = task;
  const { dataset, version, options } = plan.file;
  let ran: string = device;
  const part = {
    ...{ root, version, choice, device, engine, model, categories: dataset.categories },
    ran: (used: string) => {
      ran = used;
    },
  };
  await model.check(signal);
  const found = await identified(items.map(storedItem), signal);
  const rows: NewRow[] = [];
  for (const one of found) {
    if (!('error' in one)) continue;
    const { code, message } = one.error;
    if (code === 'image-missing') await checkRoot(root);
    rows.push({ item: one.item.id, error: { code, message } });
  }
  const readable = found.filter((one) => 'hash' in one);
  if (readable.length > 0) rows.push(...(await computePart(part, readable, signal)));
  if (signal.aborted) throw errors.cancelled();
  rows.sort((a, b) => a.item - b.item);
  const maps: NewMap[] = [];
  const lacking: string[] = [];
  for (const row of options.maps ? rows : []) {
    if ('error' in row || (options.for === 'wrong' && row.correct !== false)) continue;
    const { file, path, ...item } = items[row.item - job.from]!;
    const stored = storedItem({ ...item, path, file });
    const map = await mapOfClass({ ...part, method: options.maps! }, stored, row.swept.top[0]![0], signal);
    await model.check();
    if ('code' in map) lacking.push(map.message.replaceAll(file, path));
    else maps.push(map);
  }
  return { rows, maps, lacking, device: ran };
}
