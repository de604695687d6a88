/** `group-cam evaluate`: measures the maps of several methods on many images. */

import path from 'node:path';
import { errors } from '../../core/errors';
import type { MethodName } from '../../core/methods/names';
import type { Metric } from '../../core/metrics/measurement';
import { metricNeeds } from '../../core/metrics/metric-table';
import { areProbabilities } from '../../core/output';
import { filesOf } from '../../engine/model/inspect';
import { readItems, stamped } from '../../files/items';
import type { Identity } from '../../files/model-identity';
import { outputsBeside } from '../../files/output';
import { sample } from '../../files/sample';
import type { DeviceChoice } from '../../protocol/devices';
import type { Service } from '../../protocol/requests';
import { withoutExports } from '../left-out';
import { methodChoicesOf, metricChoicesOf } from '../method-options';
import type { Terminal } from '../terminal';
import type { Unit } from './journal/entry';
import { openJournal } from './journal/journal';
import type { Plan } from './plan';
import { type Report, reportFiles, writeReport } from './report/report';
import { runAll } from './run';
import { settingsOf } from './settings';
import { checkIdentity, watchModel } from './watch';

/** The options of `evaluate` under the names that the command line gives them. */
export interface EvaluateOptions {
  readonly model?: string;
  readonly layer?: string;
  readonly methods: readonly MethodName[];
  readonly option?: readonly string[];
  readonly metrics: readonly Metric[];
  readonly metricOption?: readonly string[];
  readonly mapping?: string;
  readonly baselines: boolean;
  readonly limit?: number;
  readonly seed: number;
  readonly device: DeviceChoice;
  readonly report: string;
}

export interface Evaluation {
  /** Of the model, for the next evaluation that belongs to this one. */
  readonly identity: Identity;
  readonly report: Report;
}

/**
 * @param service makes a new service for each part whose results must not depend on earlier ones
 * @param earlier identity of the model in the evaluations that this one belongs with
 * @throws evaluation-differs, evaluation-running, list-invalid, output-taken, bad-option, cancelled; what models throw.
 *   Images that can't be explained are reported by name and left out.
 */
export async function evaluate(
  source: string,
  options: EvaluateOptions,
  service: () => Service,
  terminal: Terminal,
  earlier?: Identity,
): Promise<Evaluation> {
  const { seed, device, report } = options;
  const model = {
    ...(options.model !== undefined && { path: options.model }),
    ...(options.layer !== undefined && { layer: options.layer }),
  };
  const { option: pairs, layer } = options;
  const methods = methodChoicesOf(options.methods, { pairs, layer, seed }, terminal.say);
  const metrics = metricChoicesOf(options.metrics, options.metricOption ?? [], seed);
  const evaluating = service();
  const watch = await watchModel(model, evaluating, terminal);
  const { info, identity } = watch;
  if (earlier) checkIdentity(info.path, earlier, identity);
  const named = await readItems(source, info.labels.value, options.mapping, terminal.say);
  const all = await withoutExports(named, ({ image }) => image, terminal);
  if (all.length === 0) throw errors.listInvalid(source, 'Group-CAM has drawn all of its images');
  const inputs = [source, ...(options.mapping === undefined ? [] : [options.mapping]), ...filesOf(info)];
  const outputs = outputsBeside([...inputs, ...all.map(({ image }) => image)]);
  const journalFile = path.join(report, 'journal.jsonl');
  for (const file of [journalFile, ...reportFiles(report)]) await outputs.check(file, false);
  const items = await stamped(sample(all, options.limit, seed));
  if (metricNeeds(metrics).has('regions') && !items.some(({ annotated }) => annotated))
    throw errors.badOption('--metrics', options.metrics.join(), `used with annotations, which ${source} has not`);
  const units: readonly Unit[] = [...options.methods, ...(options.baselines ? (['baselines'] as const) : [])];
  const plan: Plan = { source, items, model, device, methods, metrics, units, seed };

  const journal = await openJournal(journalFile, settingsOf(plan, identity), areProbabilities(info.output));
  try {
    await runAll(plan, journal, evaluating, watch, terminal);
    return { identity, report: await writeReport(report, plan, watch, journal, outputs, service(), terminal) };
  } finally {
    await journal.close();
  }
}
