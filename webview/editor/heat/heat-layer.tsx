/** The heat over one image: a canvas and a contour. */
import { type ReadonlySignal, type Signal, useSignal } from '@preact/signals';
import { useLayoutEffect, useRef } from 'preact/hooks';
import type { Size } from '../../../src/core/geometry';
import { CONTOUR } from '../../../src/core/heat/overlay';
import type { HeatStyle } from '../../../src/core/style';
import type { Heat } from './heat';
import { createLayer, type Layer } from './layer';
import type { Paintings } from './paintings';

interface HeatLayerProps {
  /** Id of the pane. */
  readonly id: string;
  readonly paintings: Paintings;
  readonly heat: Heat | undefined;
  /** Address of the image below the heat. */
  readonly source: string | undefined;
  /** The image's size; undefined until it can be painted. */
  readonly image: Size | undefined;
  readonly style: HeatStyle;
  /** True if the map is the final one. */
  readonly isDone: boolean;
  readonly isHidden: boolean;
  readonly css: ReadonlySignal<string>;
  /** Set to the heat that is on screen. */
  readonly shown: Signal<Heat | undefined>;
}

const LINES = [
  { stroke: CONTOUR.halo, width: CONTOUR.haloWidth },
  { stroke: CONTOUR.line, width: CONTOUR.width },
];

export function HeatLayer(props: HeatLayerProps) {
  const { id, paintings, heat, source, image, style, isDone, isHidden, css, shown } = props;
  const canvas = useRef<HTMLCanvasElement>(null);
  const layer = useRef<Layer>(undefined);
  const path = useSignal('');
  useLayoutEffect(() => {
    layer.current ??= createLayer(canvas.current!, paintings.paint, (contour) => {
      path.value = contour;
    });
    layer.current.clear();
  }, [source]);
  const { colormap, threshold, contour } = style;
  useLayoutEffect(() => {
    const painting = image ? layer.current!.show(heat, image, style, isDone) : Promise.resolve();
    paintings.add(
      painting.then(() => {
        shown.value = heat;
      }),
    );
  }, [heat, source, image, isDone, colormap, threshold, contour]);
  return (
    <div class="heat" hidden={isHidden} style={css}>
      <canvas ref={canvas} width={1} height={1} data-testid={`heat-${id}`} />
      {/* As vectors, so that it stays a thin line at every zoom. */}
      <svg
        class="contour"
        aria-hidden="true"
        preserveAspectRatio="none"
        viewBox={`0 0 ${image?.width ?? 1} ${image?.height ?? 1}`}
        data-testid={`contour-${id}`}
      >
        {LINES.map(({ stroke, width }) => (
          <path
            key={stroke}
            d={path}
            fill="none"
            stroke={stroke}
            stroke-width={width}
            stroke-linejoin="round"
            vector-effect="non-scaling-stroke"
          />
        ))}
      </svg>
    </div>
  );
}
