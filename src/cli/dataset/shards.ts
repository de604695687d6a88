/** `group-cam dataset --shared`: one part of a dataset's shards, and `group-cam merge`: a run file from all of them. */
import { datasetErrors } from '../../core/dataset-errors';
import { DEFAULT_CHOICE } from '../../core/methods/choice';
import { productVersion } from '../../files/product';
import { createRunnerEngine } from '../../runner/engine';
import { mergeCommand } from '../../runner/plan/commands';
import { prepared } from '../../runner/prepare';
import { NOTHING_REMEMBERED } from '../../runner/remembered';
import { sizeOf } from '../../runner/shards/form';
import type { MergeReport } from '../../runner/shards/merge';
import { mergeFolder } from '../../runner/shards/merging';
import { jobOf, performShard } from '../../runner/shards/perform';
import { planOf, sharePlan } from '../../runner/shards/plan';
import { processorName, shardTask } from '../../runner/shards/worker';
import { inWords } from '../evaluate/progress';
import { stopped } from '../stopped';
import type { Terminal } from '../terminal';
import { type DatasetOptions, sharedModel } from './options';
import { partOf } from './part';

/** Milliseconds between two lines of progress. */
const EVERY = 5000;

/** @throws plan-differs, shared-invalid, bad-option; what datasets and models throw */
export async function datasetShards(source: string, options: DatasetOptions, terminal: Terminal): Promise<void> {
  const { index, count } = partOf(options.shard, process.env);
  const folder = options.shared!;
  const choice = sharedModel(options);
  const { maps, for: rows = 'wrong', limit, mapping, device } = options;
  const engine = createRunnerEngine((line) => options.verbose && terminal.say(`engine: ${line}`), false);
  const { signal } = terminal;
  try {
    const params = {
      ...{ run: '', source, models: [choice] },
      ...(limit !== undefined && { limit }),
      ...(mapping !== undefined && { mapping }),
    };
    const { dataset, versions } = await prepared(params, NOTHING_REMEMBERED, engine, () => {}, signal);
    const version = versions[0]!;
    terminal.say([...dataset.notes, ...new Set(version.assumptions)]);
    const withMaps = maps !== undefined && rows !== 'none';
    const made = await planOf(
      dataset,
      version,
      {
        ...(withMaps && { maps: { ...DEFAULT_CHOICE, method: maps } }),
        for: withMaps && rows === 'all' ? 'all' : 'wrong',
      },
      await productVersion(),
      { size: options.shardSize, signal },
    );
    const plan = await sharePlan(folder, made);
    const task = await shardTask(plan, { root: dataset.root, choice, device }, engine, signal);
    const own = Array.from({ length: plan.shards }, (_, shard) => shard).filter((shard) => shard % count === index);
    let [here, there] = [0, 0];
    const [begun, total] = [performance.now(), own.reduce((sum, shard) => sum + sizeOf(plan.range(shard)), 0)];
    let saidAt = begun;
    const processor = processorName();
    const done: Parameters<typeof performShard>[2]['done'] = (job, outcome) => {
      if (outcome === 'committed') here += sizeOf(job);
      else there += sizeOf(job);
      if (performance.now() - saidAt < EVERY) return;
      saidAt = performance.now();
      const left = ((saidAt - begun) / Math.max(here, 1)) * (total - here - there);
      terminal.say(`${here + there} of ${total} images, ${inWords(left)} left`);
    };
    for (const shard of own) await performShard(task, jobOf(task, shard), { processor, done }, signal);
    const before = there > 0 ? `, ${there} were there before` : '';
    terminal.say([
      `${version.name}: part ${index + 1} of ${count} is done: ${here} of its ${total} images computed${before}`,
      `when all parts are done, merge them by ${mergeCommand(folder, options.run)}`,
    ]);
  } catch (thrown) {
    if (!signal.aborted) throw thrown;
    stopped(terminal);
  } finally {
    engine.dispose();
  }
}

/** @throws shared-invalid if shards are missing, with those that are there merged; what run files throw */
export async function merge(folder: string, run: string, terminal: Terminal): Promise<void> {
  try {
    const report = await mergeFolder(folder, run, terminal.signal);
    terminal.say(reportText(report));
    const { missing, shards } = report;
    if (missing.length > 0)
      throw datasetErrors.shardsMissing(
        folder,
        missing.map((shard) => shard + 1),
        shards,
      );
  } catch (thrown) {
    if (!terminal.signal.aborted) throw thrown;
    stopped(terminal);
  }
}

function reportText({ rows, shards, missing, workers, lacking }: MergeReport): readonly string[] {
  const by = workers.map(({ processor, device, images }) => `${images} images by ${processor} on ${device}`);
  return [
    `${shards - missing.length} of ${shards} shards merged, ${rows} rows are new`,
    ...by,
    ...(workers.length > 1 ? ['between kinds of processors and devices the last digits may differ'] : []),
    ...(lacking ? [`${lacking.maps} maps could not be computed: ${lacking.reason}`] : []),
  ];
}
