/** The curves of a measurement, with a slider to walk along them. */
import { useLayoutEffect, useRef } from 'preact/hooks';
import type { MeasuredMap } from '../../../src/core/metrics/measurement';
import type { ShownMeasurement, Slot } from '../../../src/protocol/webview';
import type { Editor } from '../editor-model';
import { createChart } from './chart';
import { ChartLegend, legendText, swatchOf } from './chart-legend';
import { curveOf, pointAt, pointText, type Walk, type Walked } from './walk';
import { WalkControls } from './walk-controls';

/** The curves of the slot in focus; hidden until something is measured. */
export function Curves({ editor: { store, actions } }: { readonly editor: Editor }) {
  const { slots, assessment } = store.measured.value;
  const focused = store.focusedSlot.value;
  const walk = store.walk.value;
  const own = assessment[focused]?.measurement;
  const curve = own && curveOf(own, walk.metric);
  if (!own || !curve) return null;
  const point = pointAt(curve, walk.fraction);
  return (
    <div class="curves">
      <WalkControls
        walk={walk}
        steps={curve.fractions}
        point={point}
        text={pointText(walk.metric, curve, point, activationOf(slots[focused]))}
        hasImages={own.pictures[walk.metric] !== undefined}
        onWalk={actions.walk}
      />
      <h3 class="assessment-subject">
        {slots.length > 1 ? `${slots[focused]!.title}: p` : 'p'} of the class, by share of pixels replaced
      </h3>
      <Chart maps={own.maps} walk={walk} walkTo={(fraction) => actions.walk({ fraction, shown: true })} />
    </div>
  );
}

interface ChartProps {
  readonly maps: ShownMeasurement['maps'];
  readonly walk: Walk;
  readonly walkTo: (fraction: number) => void;
}

/** The chart. Its colours are taken from the legend's swatches, so that only style sheets define them. */
function Chart({ maps, walk, walkTo }: ChartProps) {
  const root = useRef<HTMLDivElement>(null);
  const canvas = useRef<HTMLDivElement>(null);
  const chart = useRef<ReturnType<typeof createChart>>(undefined);
  useLayoutEffect(() => {
    const colorOf = (map: MeasuredMap, metric: Walked) => {
      const [swatch] = root.current!.getElementsByClassName(swatchOf(map, metric));
      return getComputedStyle(swatch!).color;
    };
    const made = createChart(canvas.current!, colorOf, walkTo);
    chart.current = made;
    return () => made.dispose();
  }, []);
  useLayoutEffect(() => chart.current!.show(maps, walk), [maps, walk]);
  return (
    <div class="chart" ref={root}>
      <div class="chart-canvas" ref={canvas} role="img" aria-label={legendText(maps)} data-testid="chart" />
      <ChartLegend maps={maps} />
    </div>
  );
}

const activationOf = (slot: Slot | undefined) => (slot?.state.kind === 'done' ? slot.state.summary.activation : '');
