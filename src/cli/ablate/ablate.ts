/**
 * `group-cam ablate`: how the scores of a method depend on its options (Group-CAM, arXiv 2103.13859, table 2 and figure
 * 5). One option is varied at a time. Each value is a separate evaluation, so that a stopped sweep continues where it
 * was.
 */

import path from 'node:path';
import { errors } from '../../core/errors';
import type { MethodName } from '../../core/methods/names';
import { outputsBeside } from '../../files/output';
import type { Service } from '../../protocol/requests';
import { type EvaluateOptions, type Evaluation, evaluate } from '../evaluate/evaluate';
import type { Terminal } from '../terminal';
import { table } from '../text';
import type { Ablation, Sweep, SweepPoint } from './ablation';
import { plotOf } from './plot';

/** The options of `ablate` under the names that the command line gives them. */
export interface AblateOptions extends Omit<EvaluateOptions, 'methods' | 'baselines'> {
  readonly method: MethodName;
  readonly sweep: readonly string[];
}

/** @throws bad-option for an invalid sweep; what `evaluate` throws */
export async function ablate(
  source: string,
  { sweep, method, ...options }: AblateOptions,
  service: () => Service,
  terminal: Terminal,
): Promise<void> {
  const inputs = [source, options.model, options.mapping].filter((file) => file !== undefined);
  const outputs = outputsBeside(inputs);
  const [svg, json] = ['ablation.svg', 'ablation.json'].map((name) => path.join(options.report, name)) as [
    string,
    string,
  ];
  for (const file of [svg, json]) await outputs.check(file, false);
  const sweeps: Sweep[] = [];
  let last: Evaluation | undefined;
  for (const { option, values } of sweep.map(parseSweep)) {
    const points: SweepPoint[] = [];
    for (const value of values) {
      const pair = `${option}=${value}`;
      terminal.say(pair);
      const report = path.join(options.report, pair);
      const chosen = { methods: [method], baselines: false, option: [...(options.option ?? []), pair], report };
      last = await evaluate(source, { ...options, ...chosen }, service, terminal, last?.identity);
      // Without a map of any image there is no row.
      const { images = 0, blank = 0, scores = {} } = last.report.maps[0] ?? {};
      points.push({ value, images, blank, scores });
    }
    sweeps.push({ option, points });
  }
  const { model, sha256, source: name, scores } = last!.report;
  const ablation: Ablation = { model, sha256, source: name, method, scores, sweeps };
  await outputs.write(json, `${JSON.stringify(ablation, null, 2)}\n`);
  await outputs.write(svg, plotOf(ablation));
  terminal.say(textOf(ablation));
  for (const file of [svg, json]) terminal.say(`written: ${file}`);
}

function parseSweep(text: string): { readonly option: string; readonly values: readonly string[] } {
  const [, option, list] = /^([^=]+)=(.+)$/.exec(text) ?? [];
  const values = [...new Set((list ?? '').split(',').map((value) => value.trim()))].filter((value) => value !== '');
  if (option === undefined || values.length === 0) throw errors.badOption('--sweep', text, 'name=value,value,...');
  return { option, values };
}

function textOf({ scores, sweeps }: Ablation): string[] {
  const names = Object.keys(scores);
  return sweeps.flatMap(({ option, points }) => {
    const rows = points.map(({ value, images, scores: own }) => [
      value,
      String(images),
      ...names.map((name) => own[name]?.mean.toFixed(4) ?? '-'),
    ]);
    return table([[option, 'images', ...names.map((name) => scores[name]!.title)], ...rows]);
  });
}
