/** Whether the model is as sure as it is right: accuracy by probability of the predicted class. */
import { useLayoutEffect, useRef } from 'preact/hooks';
import type { Calibration as Data } from '../../../src/protocol/dataset';
import { axisOf, createPlot, type Plot, textOf } from '../../plots/plot';
import { whole } from '../texts';

const percent = (_: unknown, shares: readonly number[]) => shares.map((share) => `${Math.round(100 * share)} %`);

export function Calibration({ calibration }: { readonly calibration: Data }) {
  const element = useRef<HTMLDivElement>(null);
  const chart = useRef<Plot>(undefined);
  useLayoutEffect(() => {
    const canvas = element.current!;
    const lineColor = () => getComputedStyle(canvas).getPropertyValue('--curve');
    const made = createPlot(canvas, {
      padding: [8, 24, 0, 0],
      scales: { x: { time: false, range: [0, 1] }, y: { range: [0, 1] } },
      axes: [
        {
          ...axisOf(canvas),
          size: 24,
          values: percent,
        },
        { ...axisOf(canvas), size: 44, values: percent },
      ],
      series: [
        {},
        { stroke: textOf(canvas), width: 1, dash: [4, 4], points: { show: false }, spanGaps: true },
        { stroke: lineColor, width: 2, points: { show: true, size: 7, fill: lineColor } },
      ],
    });
    chart.current = made;
    return () => made.dispose();
  }, []);
  useLayoutEffect(() => {
    const filled = calibration.bins.filter(({ count }) => count > 0);
    const points = [
      ...filled.map(({ confidence, accuracy }) => ({ x: confidence, y: accuracy as number | null })),
      { x: 0, y: null },
      { x: 1, y: null },
    ].sort((a, b) => a.x - b.x);
    const xs = points.map(({ x }) => x);
    chart.current!.plot.setData([xs, xs.map((x) => (x === 0 || x === 1 ? x : null)), points.map(({ y }) => y)]);
  }, [calibration]);
  const text = calibration.bins
    .filter(({ count }) => count > 0)
    .map(({ count, confidence, accuracy }) => {
      const [sure, right] = [confidence, accuracy].map((share) => `${Math.round(100 * share)} %`);
      return `${sure}: ${right} right of ${whole(count)}`;
    })
    .join('; ');
  return (
    <section class="calibration" aria-label="Calibration">
      <h2>Calibration</h2>
      <div
        class="calibration-chart"
        ref={element}
        role="img"
        aria-label={`Accuracy by probability. ${text}`}
        data-testid="calibration"
      />
      {calibration.ece !== undefined && (
        <p class="faint" data-testid="ece">
          {`Accuracy by probability of the predicted class. Expected calibration error ${(100 * calibration.ece).toFixed(1)} %. Below the dashed line the model is too sure.`}
        </p>
      )}
    </section>
  );
}
