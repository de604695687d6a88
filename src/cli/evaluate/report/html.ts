/** report.html: a single page without scripts or other files. */
import { schemeObservable10 } from 'd3-scale-chromatic';
import { METRIC_NAMES, type Metric, type ScoreInfo } from '../../../core/metrics/measurement';
import type { Estimate } from '../../../core/statistics/estimate';
import type { About } from './about';
import { chart } from './chart';
import { html, raw } from './markup';
import { type Comparison, type MapSummary, type Results, type Row, titleOf } from './results';
import { STYLE } from './style';

/** One of the images with a method's best or worst scores. */
export interface Example {
  readonly map: string;
  readonly kind: 'best' | 'worst';
  readonly row: Row;
  readonly score: string;
  readonly jpeg: Uint8Array;
}

type Content = Omit<Results, 'rows'>;

const GREY = '#8a8a8a';
/** Corrected p below which a difference is called significant. */
const SIGNIFICANT = 0.05;

export function pageOf(about: About, results: Content, examples: readonly Example[]): string {
  const sections = [
    scoresSection(results),
    curvesSection(results.maps),
    categoriesSection(results.maps),
    comparisonsSection(results),
    examplesSection(results, examples),
    failuresSection(results),
    settingsSection(about),
  ];
  const title = `Evaluation of ${about.model}`;
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
<style>${raw(STYLE)}</style>
</head>
<body>
<header>
<h1>${title}</h1>
<p>${counted(about)} of <em>${about.source}</em>, ${about.methods.length} methods, layer <code>${about.layer}</code></p>
</header>
<main>
${raw(sections.join('\n'))}
</main>
</body>
</html>
`;
}

function counted({ items, images }: About): string {
  return items === images ? `${images} images` : `${items} classes of ${images} images`;
}

const section = (title: string, body: string): string => html`<section>
<h2>${title}</h2>
${raw(body)}
</section>`;

const table = (head: readonly string[], rows: readonly string[]): string => html`<div class="wide"><table>
<thead><tr>${raw(head.join(''))}</tr></thead>
<tbody>
${raw(rows.join('\n'))}
</tbody>
</table></div>`;

const number = (value: number): string => value.toFixed(3).replace('-', '\u2212');

const withInterval = ({ mean, interval }: Estimate): string =>
  html`${number(mean)}${raw(interval ? html` <small>${number(interval.low)} to ${number(interval.high)}</small>` : '')}`;

const ARROWS: Readonly<Record<ScoreInfo['better'], string>> = {
  higher: 'higher is better',
  lower: 'lower is better',
  neither: 'no better or worse',
};

function scoresSection({ scores, maps }: Content): string {
  const names = Object.keys(scores);
  const head = [
    '<th>Method</th>',
    '<th class="number">Maps</th>',
    ...names.map((name) => {
      const { title, better } = scores[name]!;
      return html`<th class="number">${title}<small>${ARROWS[better]}</small></th>`;
    }),
  ];
  const best = new Map(names.map((name) => [name, bestOf(name, scores[name]!, maps)]));
  const rows = maps.map(({ map, title, baseline, images, blank, scores: own }) => {
    const cells = names.map((name) => {
      const summary = own[name];
      if (!summary) return '<td class="number">&ndash;</td>';
      const isBest = summary.mean === best.get(name);
      return html`<td class="number${isBest ? ' best' : ''}">${raw(withInterval(summary))}</td>`;
    });
    const blanks = blank > 0 ? html`<small>${blank} blank</small>` : '';
    return html`<tr${raw(baseline ? ' class="baseline"' : '')}><th scope="row"><i style="background:${colorOf(map, maps)}"></i>${title}</th><td class="number">${images}${raw(blanks)}</td>${raw(cells.join(''))}</tr>`;
  });
  const note = `Means over the images with their 95 % confidence intervals; the best of the methods is marked. The random map
and the blob in the centre know nothing of the network: a method that is no better than they are explains nothing.`;
  return section('Scores', table(head, rows) + html`<p class="note">${note}</p>`);
}

function bestOf(name: string, { better }: ScoreInfo, maps: readonly MapSummary[]): number | undefined {
  const means = maps.flatMap(({ baseline, scores }) => (baseline || !scores[name] ? [] : [scores[name].mean]));
  if (better === 'neither' || means.length < 2) return undefined;
  return better === 'higher' ? Math.max(...means) : Math.min(...means);
}

function colorOf(map: string, maps: readonly MapSummary[]): string {
  const methods = maps.filter(({ baseline }) => !baseline);
  const index = methods.findIndex((other) => other.map === map);
  return index < 0 ? GREY : schemeObservable10[index % schemeObservable10.length]!;
}

const ACROSS: Readonly<Partial<Record<Metric, string>>> = {
  insertion: 'pixels brought in, most salient first',
  deletion: 'pixels removed, most salient first',
};

function curvesSection(maps: readonly MapSummary[]): string {
  const metrics = [...new Set(maps.flatMap(({ curves }) => Object.keys(curves)))] as Metric[];
  if (metrics.length === 0) return '';
  const figures = metrics.map((metric) => {
    const lines = maps.flatMap(({ map, title, curves, baseline }) => {
      const curve = curves[metric];
      return curve ? [{ title, curve, color: colorOf(map, maps), dashed: baseline && map === 'random' }] : [];
    });
    return html`<figure><figcaption>${METRIC_NAMES[metric].title}</figcaption>${raw(chart(ACROSS[metric] ?? 'pixels', lines))}</figure>`;
  });
  const legend = maps.map(({ map, title }) => {
    const dashed = map === 'random' ? ' class="dashed"' : '';
    return html`<li${raw(dashed)}><i style="background:${colorOf(map, maps)}"></i>${title}</li>`;
  });
  const body = html`<div class="figures">${raw(figures.join('\n'))}</div><ul class="legend">${raw(legend.join(''))}</ul>
<p class="note">Mean probability of the class over all images.</p>`;
  return section('Curves', body);
}

function categoriesSection(maps: readonly MapSummary[]): string {
  const pointed = maps.filter(({ categories }) => categories);
  if (pointed.length === 0) return '';
  const names = [
    ...new Set(pointed.flatMap(({ categories }) => categories!.categories.map(({ category }) => category))),
  ];
  const head = ['<th>Category</th>', ...pointed.map(({ title }) => html`<th class="number">${title}</th>`)];
  const row = (name: string, cells: readonly string[]) =>
    html`<tr><th scope="row">${name}</th>${raw(cells.map((cell) => html`<td class="number">${raw(cell)}</td>`).join(''))}</tr>`;
  const rows = names.sort().map((name) =>
    row(
      name,
      pointed.map(({ categories }) => {
        const found = categories!.categories.find(({ category }) => category === name);
        return found ? html`${number(found.accuracy)} <small>${found.hits} of ${found.total}</small>` : '&ndash;';
      }),
    ),
  );
  const mean = row(
    'Mean of the categories',
    pointed.map(({ categories }) => number(categories!.mean)),
  );
  return section('Pointing game by category', table(head, [...rows, mean]));
}

function comparisonsSection({ comparisons, scores }: Content): string {
  if (comparisons.length === 0) return '';
  const heads = ['Methods', 'Difference', 'Larger on', 'p', 'In words'].map(
    (title, i) => html`<th${raw(i >= 1 && i <= 3 ? ' class="number"' : '')}>${title}</th>`,
  );
  const tables = [...new Set(comparisons.map(({ score }) => score))].map((score) => {
    const rows = comparisons.filter((comparison) => comparison.score === score).map((c) => comparisonRow(c, scores));
    return html`<details><summary>${scores[score]!.title}</summary>${raw(table(heads, rows))}</details>`;
  });
  const note = `Of the first less the second, image by image. p is that of Wilcoxon's signed-rank test, corrected by Holm's
method for all comparisons of the same score.`;
  // The first table is open, so that readers see what the closed ones contain.
  const body = tables.join('\n').replace('<details>', '<details open>');
  return section('Paired comparisons', body + html`<p class="note">${note}</p>`);
}

function comparisonRow(comparison: Comparison, scores: Results['scores']): string {
  const { score, a, b, difference, larger, smaller, corrected } = comparison;
  const cells = [
    withInterval(difference),
    html`${larger} and ${smaller} of ${difference.n}`,
    html`${corrected < 0.001 ? '< 0.001' : number(corrected)}`,
  ].map((cell) => html`<td class="number">${raw(cell)}</td>`);
  const words = verdict(comparison, scores[score]!);
  return html`<tr><th scope="row">${titleOf(a)} and ${titleOf(b)}</th>${raw(cells.join(''))}<td>${words}</td></tr>`;
}

function verdict({ a, b, difference, corrected }: Comparison, { better }: ScoreInfo): string {
  if (corrected >= SIGNIFICANT) return 'no difference shown';
  const firstWins = difference.mean > 0 === (better === 'higher');
  return `${titleOf(firstWins ? a : b)} is better`;
}

function examplesSection({ scores }: Content, examples: readonly Example[]): string {
  const first = examples[0];
  if (!first) return '';
  const groups = [...new Set(examples.map(({ map }) => map))].flatMap((map) =>
    (['best', 'worst'] as const).map((kind) => {
      const shown = examples.filter((example) => example.map === map && example.kind === kind);
      if (shown.length === 0) return '';
      const figures = shown.map(({ row, score, jpeg }) => {
        const source = `data:image/jpeg;base64,${Buffer.from(jpeg).toString('base64')}`;
        return html`<figure><img src="${source}" alt="${titleOf(map)} of ${row.item}"><figcaption>${row.class.label}<small>${number(row.scores[score]!)}, ${row.item}</small></figcaption></figure>`;
      });
      return html`<h3>${titleOf(map)}: ${kind}</h3><div class="examples">${raw(figures.join('\n'))}</div>`;
    }),
  );
  return section(`Best and worst images by ${scores[first.score]!.title}`, groups.join('\n'));
}

function failuresSection({ failures }: Content): string {
  if (failures.length === 0) return '';
  const lines = failures.map(
    ({ error, items, units }) => html`<li>${error} <small>${items.length} images, ${units.join(', ')}</small></li>`,
  );
  return section('Left out', html`<ul>${raw(lines.join('\n'))}</ul>`);
}

function settingsSection({ methods, metrics, seed, device, activation, assumptions }: About): string {
  const options = (own: Readonly<Record<string, unknown>> = {}) =>
    Object.entries(own)
      .map(([name, value]) => `${name} ${String(value)}`)
      .join(', ') || 'defaults';
  const rows = [
    ...methods.map(({ method, options: own }) => [titleOf(method), options(own)]),
    ...metrics.map(({ metric, options: own }) => [METRIC_NAMES[metric].title, options(own)]),
    ['Probability', activation],
    ['Seed', String(seed)],
    ['Device', device],
    ...assumptions.map((assumption) => ['Assumed', assumption]),
  ].map(([name, value]) => html`<tr><th scope="row">${name!}</th><td>${value!}</td></tr>`);
  return section('Settings', html`<div class="settings">${raw(table([], rows))}</div>`);
}
