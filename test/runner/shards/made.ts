/** Plans over made up images, and rows of them that need no engine. */

import { DEFAULT_CHOICE } from '../../../src/core/methods/choice';
import type { ShardTask } from '../../../src/runner/shards/compute';
import type { PlanOptions, ShardJob } from '../../../src/runner/shards/form';
import type { PlannedItem } from '../../../src/runner/shards/items';
import type { Plan } from '../../../src/runner/shards/plan';
import { type NewPlan, planOf } from '../../../src/runner/shards/plan';
import type { ShardRows } from '../../../src/runner/shards/rows';
import type { NewMap } from '../../../src/runner/store/form';
import { type ArrayDataset, datasetOf, LABELS, rowFor, VERSION } from '../store/made';

export const PRODUCT = '1.2.3 (protocol 4)';
export const PROCESSOR = 'a processor (x64)';
export const WITH_MAPS: PlanOptions = { maps: DEFAULT_CHOICE, for: 'wrong' };

/** A plan of shards of 10 images. */
export const planned = (
  count: number,
  changes: Partial<ArrayDataset> = {},
  options: PlanOptions = WITH_MAPS,
  version = VERSION,
  product = PRODUCT,
): Promise<NewPlan> => planOf(datasetOf(count, changes), version, options, product, { size: 10 });

/** A task of which only the plan and the root are used. */
export const taskOf = (plan: Plan): ShardTask =>
  ({ plan, root: plan.file.dataset.root, device: 'cpu' }) as unknown as ShardTask;

/** What a machine computes of some images: every wrong one has a map. */
export function rowsOf(items: readonly PlannedItem[]): ShardRows {
  const rows = items.map(({ position, categories, file }) => {
    // The store numbers items from 1, and rows of tests are made by that number.
    const row = rowFor(position + 1, categories);
    if (!('swept' in row)) return { ...row, item: position, error: { ...row.error, message: `${file}: is broken.` } };
    const { thumbnail: _, ...swept } = row.swept;
    return { ...row, item: position, swept: { ...swept, id: position } };
  });
  const maps = rows.flatMap((row): NewMap[] => {
    if (!('swept' in row) || row.correct !== false) return [];
    const index = row.swept.top[0]![0];
    const values = Float32Array.from({ length: 6 }, (_, i) => Math.sin(row.item + i));
    const measures = { maximum: [0.25, 0.5] as const, border: 0.1, spread: (row.item % 10) / 10 };
    const map = { height: 2, width: 3, offset: 0.5, signed: true, values };
    return [{ item: row.item, method: DEFAULT_CHOICE, layer: 'relu5', class: index % LABELS.length, map, measures }];
  });
  return { rows, maps, lacking: [], device: 'cpu' };
}

export const computing = async (_task: ShardTask, _job: ShardJob, items: readonly PlannedItem[]) => rowsOf(items);
