/** A place on a line of a plot: a line through the whole height, and a point. */
import type { uPlot } from './plot';

export interface Mark {
  /** In the units of the axes. */
  readonly x: number;
  readonly y: number;
  /** Colours of the line and of the point. */
  readonly line: string;
  readonly fill: string;
  /** In pixels of the page. */
  readonly radius: number;
}

export function drawMark({ ctx, bbox, valToPos }: uPlot, { x: atX, y: atY, line, fill, radius }: Mark): void {
  const [x, y] = [valToPos(atX, 'x', true), valToPos(atY, 'y', true)];
  ctx.save();
  ctx.strokeStyle = line;
  ctx.fillStyle = fill;
  ctx.lineWidth = devicePixelRatio;
  ctx.beginPath();
  ctx.moveTo(x, bbox.top);
  ctx.lineTo(x, bbox.top + bbox.height);
  ctx.stroke();
  ctx.beginPath();
  ctx.arc(x, y, radius * devicePixelRatio, 0, 2 * Math.PI);
  ctx.fill();
  ctx.stroke();
  ctx.restore();
}
