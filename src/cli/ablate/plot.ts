/** Sweeps as small plots side by side: a row for each option, a column for each score. */
import { scaleLinear, scalePoint } from 'd3-scale';
import { line } from 'd3-shape';
import { html, raw } from '../evaluate/report/markup';
import type { Ablation, Sweep } from './ablation';

const [WIDTH, HEIGHT] = [300, 220];
const MARGIN = { left: 52, right: 14, top: 30, bottom: 42 };
const STYLE = `text{font:12px sans-serif;fill:#333}
.title{font-weight:bold}.grid{stroke:#ddd}.interval{stroke:#777}path{fill:none;stroke:#2667b8;stroke-width:2}circle{fill:#2667b8}`;

/** A complete SVG file on white, with means and their 95 % confidence intervals. */
export function plotOf({ sweeps, scores }: Ablation): string {
  const names = Object.keys(scores);
  const plots = sweeps.flatMap((sweep, row) =>
    names.map(
      (name, column) =>
        html`<g transform="translate(${column * WIDTH} ${row * HEIGHT})">${raw(plot(sweep, name, scores[name]!.title))}</g>`,
    ),
  );
  const [width, height] = [names.length * WIDTH, sweeps.length * HEIGHT];
  return html`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img">
<title>${names.map((name) => scores[name]!.title).join(', ')} by ${sweeps.map(({ option }) => option).join(' and by ')}</title>
<style>${raw(STYLE)}</style>
<rect width="${width}" height="${height}" fill="#fff"/>
${raw(plots.join('\n'))}
</svg>
`;
}

/** One plot. Values are evenly spaced, whatever their numbers. */
function plot({ option, points }: Sweep, score: string, title: string): string {
  const known = points.flatMap(({ value, scores }) => {
    const summary = scores[score];
    return summary
      ? [{ value, mean: summary.mean, ...(summary.interval ?? { low: summary.mean, high: summary.mean }) }]
      : [];
  });
  const x = scalePoint(
    points.map(({ value }) => value),
    [MARGIN.left, WIDTH - MARGIN.right],
  ).padding(0.4);
  const bounds = [Math.min(...known.map(({ low }) => low)), Math.max(...known.map(({ high }) => high))];
  const y = scaleLinear(bounds, [HEIGHT - MARGIN.bottom, MARGIN.top]).nice(4);
  const grid = y.ticks(4).map(
    (tick) => html`<line class="grid" x1="${MARGIN.left}" x2="${WIDTH - MARGIN.right}" y1="${y(tick)}" y2="${y(tick)}"/>
<text x="${MARGIN.left - 6}" y="${y(tick) + 4}" text-anchor="end">${y.tickFormat(4)(tick)}</text>`,
  );
  const labels = points.map(
    ({ value }) => html`<text x="${x(value)!}" y="${HEIGHT - MARGIN.bottom + 16}" text-anchor="middle">${value}</text>`,
  );
  const marks = known.map(
    ({
      value,
      mean,
      low,
      high,
    }) => html`<line class="interval" x1="${x(value)!}" x2="${x(value)!}" y1="${y(low)}" y2="${y(high)}"/>
<circle cx="${x(value)!}" cy="${y(mean)}" r="3"/>`,
  );
  const path = line<(typeof known)[number]>(
    ({ value }) => x(value)!,
    ({ mean }) => y(mean),
  ).digits(1);
  return html`${raw([...grid, ...labels].join('\n'))}
<path d="${path(known) ?? ''}"/>
${raw(marks.join('\n'))}
<text class="title" x="${MARGIN.left}" y="18">${title}</text>
<text x="${(WIDTH + MARGIN.left) / 2}" y="${HEIGHT - 8}" text-anchor="middle">${option}</text>`;
}
