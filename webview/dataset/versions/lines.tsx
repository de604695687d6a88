/** How the versions went, one after another, as lines. The list of versions has the same numbers as a table. */

import { type Signal, useSignal } from '@preact/signals';
import { useLayoutEffect, useRef } from 'preact/hooks';
import type { VersionInfo } from '../../../src/protocol/dataset';
import type { TrendPoint } from '../../../src/protocol/versions';
import { drawMark } from '../../plots/mark';
import { axisOf, createPlot, type Plot, textOf, type uPlot } from '../../plots/plot';
import { MEASURES } from './list';

/** With fewer the table says it all. */
const LEAST = 3;
const RADIUS = 4;

type Measure = (typeof MEASURES)[number];

interface LinesProps {
  readonly versions: readonly VersionInfo[];
  readonly trend: readonly TrendPoint[];
}

export function Lines({ versions, trend }: LinesProps) {
  /** The version that is pointed at, in all charts. */
  const pointed = useSignal<number | undefined>(undefined);
  if (versions.length < LEAST) return null;
  const known = new Map(trend.map((point) => [point.version, point]));
  const points = versions.map(({ id }) => known.get(id));
  const shown = MEASURES.filter(({ id }) => points.filter((point) => point?.[id] !== undefined).length > 1);
  if (shown.length === 0) return null;
  return (
    <section aria-label="Over the versions">
      <h2>Over the versions</h2>
      <div class="lines" data-testid="lines">
        {shown.map((measure) => (
          <Line key={measure.id} measure={measure} versions={versions} points={points} pointed={pointed} />
        ))}
      </div>
      {shown.some(({ id }) => id === 'change') && (
        <p class="faint" data-testid="converged">
          Maps that stop changing from one version to the next tell that training has converged (section 5 of the
          paper).
        </p>
      )}
    </section>
  );
}

interface LineProps {
  readonly measure: Measure;
  readonly versions: readonly VersionInfo[];
  readonly points: readonly (TrendPoint | undefined)[];
  readonly pointed: Signal<number | undefined>;
}

function Line({ measure: { id, title, hint, text }, versions, points, pointed }: LineProps) {
  const element = useRef<HTMLDivElement>(null);
  const chart = useRef<Plot>(undefined);
  const marked = useRef<{ readonly at: number; readonly value: number } | undefined>(undefined);
  const values = points.map((point) => point?.[id]);
  const last = values.findLastIndex((value) => value !== undefined);
  const first = values.findIndex((value) => value !== undefined);
  const at = pointed.value !== undefined && values[pointed.value] !== undefined ? pointed.value : last;
  const sayAt = (index: number) => `${versions[index]!.name}: ${text(values[index]!)}`;

  useLayoutEffect(() => {
    const canvas = element.current!;
    const color = () => getComputedStyle(canvas).getPropertyValue('--curve');
    const made = createPlot(canvas, {
      padding: [8, 12, 0, 0],
      scales: { x: { time: false, range: (_, low, high) => [low - 0.2, high + 0.2] } },
      axes: [
        {
          ...axisOf(canvas),
          size: 22,
          incrs: [1, 2, 5, 10, 20, 50, 100, 200, 500],
          values: (_, ordinals) => ordinals.map(String),
        },
        { ...axisOf(canvas), size: 52, values: (_, all) => all.map((value) => text(value)) },
      ],
      series: [{}, { stroke: color, width: 2, spanGaps: true, points: { show: true, size: 6, fill: color } }],
      hooks: {
        draw: [
          (plot: uPlot) => {
            if (!marked.current) return;
            const { at, value } = marked.current;
            drawMark(plot, { x: at + 1, y: value, line: textOf(canvas)(), fill: color(), radius: RADIUS });
          },
        ],
      },
    });
    made.plot.over.addEventListener('pointermove', (event) => {
      pointed.value = made.plot.posToIdx(event.clientX - made.plot.over.getBoundingClientRect().left);
    });
    made.plot.over.addEventListener('pointerleave', () => {
      pointed.value = undefined;
    });
    chart.current = made;
    return () => made.dispose();
  }, []);
  const numbers = JSON.stringify(values);
  useLayoutEffect(() => {
    chart.current!.plot.setData([values.map((_, i) => i + 1), values.map((value) => value ?? null)]);
  }, [numbers]);
  useLayoutEffect(() => {
    marked.current = pointed.value === undefined ? undefined : { at, value: values[at]! };
    chart.current!.plot.redraw(false);
  }, [at, pointed.value, numbers]);
  return (
    <figure class="line" data-testid={`line-${id}`}>
      <figcaption title={hint}>
        <strong>{title}</strong>
        <span class="faint" data-testid={`line-${id}-at`}>
          {sayAt(at)}
        </span>
      </figcaption>
      <div
        class="line-chart"
        ref={element}
        role="img"
        aria-label={`${title} over ${versions.length} versions: from ${sayAt(first)} to ${sayAt(last)}`}
      />
    </figure>
  );
}
