/** Draws curves as SVG without scripts. */
import { scaleLinear } from 'd3-scale';
import { line } from 'd3-shape';
import type { Curve } from '../../../core/metrics/measurement';
import { html, raw } from './markup';

export interface Line {
  readonly title: string;
  readonly curve: Curve;
  readonly color: string;
  readonly dashed: boolean;
}

const [WIDTH, HEIGHT] = [440, 280];
const MARGIN = { left: 44, right: 20, top: 10, bottom: 40 };

/** @param across label of the horizontal axis, which runs from 0 to 100 % */
export function chart(across: string, lines: readonly Line[]): string {
  const highest = Math.max(...lines.flatMap(({ curve }) => curve.probabilities), 0.01);
  const x = scaleLinear([0, 1], [MARGIN.left, WIDTH - MARGIN.right]);
  const y = scaleLinear([0, highest], [HEIGHT - MARGIN.bottom, MARGIN.top]).nice();
  const path = line<readonly [number, number]>(
    ([fraction]) => x(fraction),
    ([, probability]) => y(probability),
  ).digits(2);
  const rows = y.ticks(5).map(
    (tick) =>
      html`<line class="grid" x1="${MARGIN.left}" x2="${WIDTH - MARGIN.right}" y1="${y(tick)}" y2="${y(tick)}"/>
<text x="${MARGIN.left - 6}" y="${y(tick) + 4}" text-anchor="end">${y.tickFormat(5)(tick)}</text>`,
  );
  const columns = x
    .ticks(5)
    .map(
      (tick) =>
        html`<text x="${x(tick)}" y="${HEIGHT - MARGIN.bottom + 18}" text-anchor="middle">${tick * 100} %</text>`,
    );
  const paths = lines.map(({ title, curve, color, dashed }) => {
    const points = curve.fractions.map((fraction, i) => [fraction, curve.probabilities[i]!] as const);
    return html`<path d="${path(points)!}" stroke="${color}"${raw(dashed ? ' stroke-dasharray="5 4"' : '')}><title>${title}</title></path>`;
  });
  return html`<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="Mean probability of the class; ${across}">
${raw([...rows, ...columns, ...paths].join('\n'))}
<text x="${(WIDTH + MARGIN.left) / 2}" y="${HEIGHT - 4}" text-anchor="middle">${across}</text>
</svg>`;
}
