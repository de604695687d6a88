/**
 * Writes the results of an evaluation: report.json, images.csv and report.html. They contain no time or date, so that
 * the same results give the same files.
 */

import path from 'node:path';
import { stringify } from 'csv-stringify/sync';
import { DEFAULT_STYLE } from '../../../core/style';
import { thumbnail } from '../../../engine/pictures/image';
import type { Outputs } from '../../../files/output';
import type { Service } from '../../../protocol/requests';
import { quiet, type Terminal } from '../../terminal';
import type { Journal } from '../journal/journal';
import type { Plan } from '../plan';
import { explainParams } from '../run';
import type { Watch } from '../watch';
import { type About, aboutOf } from './about';
import { type Example, pageOf } from './html';
import { type Results, type Row, summariseAll } from './results';

/** The contents of report.json. */
export type Report = About & Omit<Results, 'rows'>;

/**
 * @param service a new service, so that the examples do not depend on earlier explanations
 * @returns the contents of report.json
 * @throws evaluation-differs; nothing is written then
 */
export async function writeReport(
  folder: string,
  plan: Plan,
  watch: Watch,
  journal: Journal,
  outputs: Outputs,
  service: Service,
  terminal: Terminal,
): Promise<Report> {
  const { rows, ...results } = await summariseAll(journal.entries(), plan.items);
  let examples: Example[] = [];
  await watch.untilUntouched(async () => {
    examples = await examplesOf(plan, { rows, ...results }, service, terminal);
    return watch.unchanged();
  });
  const about = aboutOf(plan, watch);
  const [html, json, csv] = reportFiles(folder);
  const report: Report = { ...about, ...results };
  await outputs.write(json, `${JSON.stringify(report, null, 2)}\n`);
  await outputs.write(csv, csvOf(rows, Object.keys(results.scores)));
  await outputs.write(html, pageOf(about, results, examples));
  for (const file of [html, json, csv]) terminal.say(`written: ${file}`);
  return report;
}

/** The files in the folder of a report besides the journal. */
export function reportFiles(folder: string) {
  const at = (name: string) => path.join(folder, name);
  return [at('report.html'), at('report.json'), at('images.csv')] as const;
}

function csvOf(rows: readonly Row[], scores: readonly string[]): string {
  const header = ['image', 'category', 'class', 'label', 'probability', 'map', 'blank', ...scores];
  const lines = rows.map(({ item, category, class: found, map, blank, scores: own }) => {
    const facts = [item, category, found.class, found.label, found.probability, map, blank];
    return [...facts, ...scores.map((score) => own[score])];
  });
  return stringify([header, ...lines], { cast: { boolean: String }, escape_formulas: true });
}

/** How many of the best and of the worst images are shown for each method. */
const SHOWN = 3;
/** Their longer side in pixels. */
const SIDE = 240;

/**
 * The score that ranks images: the over-all score if it is known, otherwise the first one that is better high or low.
 */
function rankingScore({ scores }: Results): string | undefined {
  if ('overall' in scores) return 'overall';
  return Object.keys(scores).find((name) => scores[name]!.better !== 'neither');
}

/** The best and the worst images of each method, with their overlays. */
async function examplesOf(plan: Plan, results: Results, service: Service, terminal: Terminal): Promise<Example[]> {
  const score = rankingScore(results);
  if (score === undefined) return [];
  const sign = results.scores[score]!.better === 'higher' ? -1 : 1;
  const examples: Example[] = [];
  for (const { method: map } of plan.methods) {
    const ranked = results.rows
      .filter((row) => row.map === map && score in row.scores)
      .sort((a, b) => sign * (a.scores[score]! - b.scores[score]!));
    const best = ranked.slice(0, Math.min(SHOWN, Math.ceil(ranked.length / 2)));
    const worst = ranked.slice(best.length).slice(-SHOWN).reverse();
    for (const [kind, shown] of [['best', best] as const, ['worst', worst] as const]) {
      for (const row of shown) {
        const item = plan.items.find(({ name }) => name === row.item)!;
        const params = explainParams(plan, item, map);
        const explanation = await service.explain(params, quiet(terminal));
        const drawing = { kind: 'overlay', explanation, image: params.image, style: DEFAULT_STYLE } as const;
        const { bytes } = await service.render(drawing, quiet(terminal));
        examples.push({ map, kind, row, score, jpeg: await thumbnail(bytes!, SIDE) });
      }
    }
  }
  return examples;
}
