/** A strip of the colormap with the values at its ends. */
import { useLayoutEffect, useRef } from 'preact/hooks';
import type { ColorTable } from '../../../src/core/heat/colormaps';

interface LegendProps {
  readonly name: string;
  readonly from: string;
  readonly to: string;
  /** The colours; the same object as long as they do not change. */
  readonly table: ColorTable;
  readonly hidden?: boolean;
}

export function Legend({ name, from, to, table, hidden }: LegendProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  useLayoutEffect(() => {
    const colors = new ImageData(new Uint8ClampedArray(table), 256, 1);
    canvas.current!.getContext('2d')!.putImageData(colors, 0, 0);
  }, [table]);
  return (
    <div class="legend" role="img" aria-label={name} hidden={hidden ?? false}>
      <span>{from}</span>
      <canvas ref={canvas} class="legend-bar" width={256} height={1} />
      <span>{to}</span>
    </div>
  );
}
