/**
 * What shards cost beside the computing: the time and memory of a plan, and of shards in which nothing is computed. It prints
 * a line of JSON.
 *
 * Arguments: `plan`, a folder of images, the folder to share and a run file; or `empty`, the number of shards, a folder to share and the
 * run file to be made.
 */
import { listDataset } from '../../../src/files/datasets/listed';
import { mergeTarget } from '../../../src/runner/shards/merge';
import { mergeFolder } from '../../../src/runner/shards/merging';
import { type Plan, planOf, sharePlan } from '../../../src/runner/shards/plan';
import type { NewVersion } from '../../../src/runner/store/form';
import { openRunFile } from '../../../src/runner/store/open';
import { peakMemory, timed } from '../measure';
import { commitEmpty } from './empty';

const LABELS = ['cat', 'dog'];
const VERSION: NewVersion = {
  name: 'net',
  model: '/models/net.onnx',
  labels: LABELS,
  activation: 'softmax',
  layer: 'relu',
  classes: LABELS.map((_, i) => [i]),
  assumptions: [],
  choice: { path: '/models/net.onnx' },
  bytes: 1,
  hash: 'made+up',
};
const OPTIONS = { for: 'wrong' } as const;
const SIGNAL = new AbortController().signal;

async function plan(images: string, shared: string, run: string): Promise<object> {
  const begun = performance.now();
  const dataset = await listDataset(images, { labels: LABELS });
  const listing = performance.now() - begun;
  const made = await sharePlan(shared, await planOf(dataset, VERSION, OPTIONS, 'bench'));
  const planning = performance.now() - begun - listing;
  const peak = peakMemory();
  const file = await openRunFile(run, { create: true });
  const entering = await timed(() => mergeTarget(file, made, SIGNAL, dataset));
  file.close();
  return { items: dataset.items.length, listing, planning, entering, peak };
}

async function shards(count: number, shared: string, run: string): Promise<object> {
  const items = Array.from({ length: count }, (_, i) => {
    const path = `cat/${String(i).padStart(7, '0')}.png`;
    return { path, file: `/images/${path}`, bytes: 1000 + i, mtime: 1e12 + i, categories: ['cat'] };
  });
  const dataset = { source: '/images', root: '/images', items, categories: LABELS, splits: [], notes: [] };
  let made: Plan | undefined;
  const planning = await timed(async () => {
    made = await sharePlan(shared, await planOf(dataset, VERSION, OPTIONS, 'bench', { size: 1 }));
  });
  const committing = await timed(() => commitEmpty(made!, '/images'));
  const before = peakMemory();
  let merged = { rows: 0 };
  const merging = await timed(async () => {
    merged = await mergeFolder(shared, run, SIGNAL);
  });
  if (merged.rows !== count) throw new Error(`${merged.rows} rows of ${count} shards`);
  return { count, planning, committing, merging, before, peak: peakMemory() };
}

async function main([what, ...args]: readonly string[]): Promise<void> {
  const result =
    what === 'plan' ? await plan(args[0]!, args[1]!, args[2]!) : await shards(Number(args[0]), args[1]!, args[2]!);
  console.log(JSON.stringify(result));
}

void main(process.argv.slice(2));
