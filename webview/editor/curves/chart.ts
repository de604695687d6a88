/** Draws the curves of a measurement. */

import type { MeasuredMap } from '../../../src/core/metrics/measurement';
import type { ShownMeasurement } from '../../../src/protocol/webview';
import { drawMark } from '../../plots/mark';
import { axisOf, createPlot, textOf, type uPlot } from '../../plots/plot';
import { MAP_NAMES } from './chart-legend';
import { pointAt, WALKED, type Walk, type Walked } from './walk';

interface Line {
  readonly map: MeasuredMap;
  readonly metric: Walked;
}

/** Dash patterns in pixels of the screen. */
const DASHES: Readonly<Record<MeasuredMap, number[]>> = { explanation: [], random: [2, 3], centre: [7, 4] };

/** The curves of the map itself are last, so that they are drawn over the others. */
const LINES: readonly Line[] = MAP_NAMES.flatMap((map) => WALKED.map((metric) => ({ map, metric }))).reverse();

const MARK_RADIUS = 4;

/**
 * Fills an element with the chart.
 *
 * @param colorOf the colour of a curve, as the theme has it now
 * @param walkTo called with the share of pixels that the user points at
 */
export function createChart(
  canvas: HTMLElement,
  colorOf: (map: MeasuredMap, metric: Walked) => string,
  walkTo: (fraction: number) => void,
) {
  let mark: { readonly fraction: number; readonly probability: number; readonly line: Line } | undefined;

  const text = textOf(canvas);
  const { plot, dispose } = createPlot(canvas, {
    padding: [8, 22, 0, 0],
    scales: { x: { time: false, range: [0, 1] }, y: { range: rangeOf } },
    axes: [
      { ...axisOf(canvas), size: 22, values: (_, shares) => shares.map((share) => `${Math.round(100 * share)} %`) },
      { ...axisOf(canvas), size: 36 },
    ],
    series: [
      {},
      ...LINES.map(({ map, metric }) => ({
        stroke: () => colorOf(map, metric),
        width: map === 'explanation' ? 2 : 1.25,
        dash: DASHES[map],
        points: { show: false },
      })),
    ],
    hooks: { draw: [markShown] },
  });

  function markShown(plot: uPlot): void {
    if (!mark) return;
    const { fraction, probability, line } = mark;
    const fill = colorOf(line.map, line.metric);
    drawMark(plot, { x: fraction, y: probability, line: text(), fill, radius: MARK_RADIUS });
  }

  const point = (event: PointerEvent) => {
    const x = event.clientX - plot.over.getBoundingClientRect().left;
    walkTo(Math.min(Math.max(plot.posToVal(x, 'x'), 0), 1));
  };
  plot.over.addEventListener('pointerdown', (event) => {
    plot.over.setPointerCapture(event.pointerId);
    point(event);
  });
  plot.over.addEventListener('pointermove', (event) => plot.over.hasPointerCapture(event.pointerId) && point(event));

  let shown: ShownMeasurement['maps'] | undefined;
  return {
    show(maps: ShownMeasurement['maps'], walk: Walk): void {
      if (maps !== shown) {
        shown = maps;
        plot.setData(dataOf(maps));
      }
      const curve = maps.explanation?.curves[walk.metric];
      const at = curve && pointAt(curve, walk.fraction);
      mark = curve && {
        fraction: curve.fractions[at!]!,
        probability: curve.probabilities[at!]!,
        line: { map: 'explanation', metric: walk.metric },
      };
      plot.redraw(false);
    },
    dispose,
  };
}

/** All curves have the same shares of pixels. Unfinished curves end earlier. */
function dataOf(maps: ShownMeasurement['maps']): uPlot.AlignedData {
  const curves = LINES.map(({ map, metric }) => maps[map]?.curves[metric]);
  const shares = curves.map((curve) => curve?.fractions ?? []).reduce((a, b) => (b.length > a.length ? b : a), []);
  return [[...shares], ...curves.map((curve) => shares.map((_, i) => curve?.probabilities[i] ?? null))];
}

/** The range starts at 0, so that heights can be compared; raw scores may be negative. */
function rangeOf(_: uPlot, low: number | null, high: number | null): uPlot.Range.MinMax {
  const [least, most] = [Math.min(low ?? 0, 0), high ?? 1];
  return [1.1 * least, most > 0.9 && most <= 1 ? 1 : 1.1 * most || 1];
}
