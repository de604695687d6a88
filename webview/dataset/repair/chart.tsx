/** A small chart of lines over steps or epochs, with what it shows as a text for those who can't see it. */
import { useLayoutEffect, useRef } from 'preact/hooks';
import { axisOf, createPlot, type Plot } from '../../plots/plot';

export interface Line {
  readonly name: string;
  /** A variable of the style sheet. */
  readonly color: string;
  readonly dash?: readonly number[];
  /** NaN where it is not known. */
  readonly values: readonly number[];
}

interface ChartProps {
  readonly title: string;
  /** What is known last, in words. */
  readonly now: string;
  /** The whole line in a sentence. */
  readonly label: string;
  readonly testId: string;
  /** What the values are over, rising. */
  readonly at: readonly number[];
  readonly lines: readonly Line[];
  /** @param step how far ticks lie apart */
  readonly text: (value: number, step: number) => string;
  /** Whether each value is a point too. */
  readonly hasPoints?: boolean;
  /** What the lines are, if there are several. */
  readonly legend?: string;
}

export function Chart({ title, now, label, testId, at, lines, text, hasPoints = false, legend }: ChartProps) {
  const element = useRef<HTMLDivElement>(null);
  const chart = useRef<Plot>(undefined);
  useLayoutEffect(() => {
    const canvas = element.current!;
    const made = createPlot(canvas, {
      padding: [8, 12, 0, 0],
      scales: { x: { time: false, range: (_, low, high) => (low === high ? [low - 0.5, high + 0.5] : [low, high]) } },
      axes: [
        {
          ...axisOf(canvas),
          size: 22,
          incrs: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1e3, 2e3, 5e3, 1e4, 2e4, 5e4, 1e5],
          values: (_, all) => all.map(String),
        },
        { ...axisOf(canvas), size: 52, values: (_, all, __, ___, step) => all.map((value) => text(value, step)) },
      ],
      series: [
        {},
        ...lines.map(({ color, dash }) => {
          const stroke = () => getComputedStyle(canvas).getPropertyValue(color);
          return {
            stroke,
            width: 2,
            spanGaps: true,
            ...(dash && { dash: [...dash] }),
            points: { show: hasPoints, size: 6, fill: stroke },
          };
        }),
      ],
    });
    chart.current = made;
    return () => made.dispose();
  }, [lines.length]);
  const last = `${at.length} ${at.at(-1)} ${lines.map(({ values }) => values.at(-1)).join(' ')}`;
  useLayoutEffect(() => {
    const values = lines.map((line) => line.values.map((value) => (Number.isNaN(value) ? null : value)));
    chart.current!.plot.setData([[...at], ...values]);
  }, [last, lines.length]);
  return (
    <figure class="line" data-testid={testId}>
      <figcaption>
        <strong>{title}</strong>
        <span class="faint" data-testid={`${testId}-now`}>
          {now}
        </span>
      </figcaption>
      <div class="line-chart" ref={element} role="img" aria-label={label} />
      {legend !== undefined && <p class="faint">{legend}</p>}
    </figure>
  );
}
