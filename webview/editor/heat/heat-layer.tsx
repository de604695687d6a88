/** The heat over one image: a canvas and a contour. */
import type { ReadonlySignal } from '@preact/signals';
import { useLayoutEffect, useRef } from 'preact/hooks';
import type { Size } from '../../../src/core/geometry';
import { CONTOUR } from '../../../src/core/overlay';
import type { HeatStyle } from '../../../src/core/style';
import { canvasSize, type Heat } from './heat';

interface HeatLayerProps {
  /** Of the pane. */
  readonly id: string;
  readonly heat: Heat | undefined;
  /** Undefined while nothing can be drawn. */
  readonly image: Size | undefined;
  readonly style: HeatStyle;
  /** The map is the last one. */
  readonly isDone: boolean;
  readonly isHidden: boolean;
  readonly css: ReadonlySignal<string>;
}

const LINES = [
  { stroke: CONTOUR.halo, width: CONTOUR.haloWidth },
  { stroke: CONTOUR.line, width: CONTOUR.width },
];

export function HeatLayer({ id, heat, image, style, isDone, isHidden, css }: HeatLayerProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const { colormap, threshold, contour } = style;
  useLayoutEffect(() => {
    if (!image) return;
    const { width, height } = canvasSize(image, isDone);
    const { current: target } = canvas;
    if (target!.width !== width || target!.height !== height) Object.assign(target!, { width, height });
    const context = target!.getContext('2d', { willReadFrequently: true })!;
    if (heat) context.putImageData(new ImageData(heat.draw({ width, height }, style), width, height), 0, 0);
    else context.clearRect(0, 0, width, height);
  }, [heat, image, isDone, colormap, threshold, contour]);
  const path = (image && heat?.contour(image, style)) ?? '';
  return (
    <div class="heat" hidden={isHidden} style={css}>
      <canvas ref={canvas} data-testid={`heat-${id}`} />
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
