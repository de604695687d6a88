/** The image with its heat at full resolution, for the clipboard. */

import type { Size } from '../../../src/core/geometry';
import { CONTOUR } from '../../../src/core/heat/overlay';
import type { HeatStyle } from '../../../src/core/style';
import type { Painter } from '../../heat/painter';
import type { Heat } from './heat';

const FOCUS_MILLISECONDS = 2000;

/** Rejects when the picture can't be read or the clipboard may not be written. */
export async function copyImage(
  source: string,
  size: Size,
  heats: readonly Heat[],
  columns: number,
  style: HeatStyle,
  paint: Painter,
): Promise<void> {
  if (!document.hasFocus()) await focusOfPage();
  // The item contains a promise, since some browsers allow access to the clipboard only during the event of the user's
  // click.
  const png = compose(source, size, heats, columns, style, paint);
  await navigator.clipboard.write([new ClipboardItem({ 'image/png': png })]);
}

/**
 * Waits for the focus, which the clipboard requires. A page that a command has brought to the front gets the focus a
 * moment later.
 */
function focusOfPage(): Promise<void> {
  return new Promise((done) => {
    window.addEventListener('focus', () => done(), { once: true });
    setTimeout(done, FOCUS_MILLISECONDS);
  });
}

/** Draws one image for each map, in as many columns as on the screen, or only the image if there is no map. */
async function compose(
  source: string,
  size: Size,
  heats: readonly Heat[],
  columns: number,
  style: HeatStyle,
  paint: Painter,
): Promise<Blob> {
  const image = new Image();
  image.src = source;
  await image.decode();
  const panes: readonly (Heat | undefined)[] = heats.length ? heats : [undefined];
  const across = Math.min(columns, panes.length);
  const canvas = new OffscreenCanvas(size.width * across, size.height * Math.ceil(panes.length / across));
  const context = canvas.getContext('2d')!;
  for (const [i, heat] of panes.entries()) {
    context.setTransform(1, 0, 0, 1, (i % across) * size.width, Math.floor(i / across) * size.height);
    context.globalAlpha = 1;
    context.drawImage(image, 0, 0, size.width, size.height);
    if (heat) {
      const { bitmap, contour } = await paint({ drawing: heat.drawing, size, style });
      context.globalAlpha = heat.opaque ? 1 : style.opacity;
      context.drawImage(bitmap, 0, 0);
      bitmap.close();
      strokeContour(context, contour);
    }
  }
  return canvas.convertToBlob({ type: 'image/png' });
}

function strokeContour(context: OffscreenCanvasRenderingContext2D, path: string): void {
  const line = new Path2D(path);
  context.lineJoin = 'round';
  context.strokeStyle = CONTOUR.halo;
  context.lineWidth = CONTOUR.haloWidth;
  context.stroke(line);
  context.strokeStyle = CONTOUR.line;
  context.lineWidth = CONTOUR.width;
  context.stroke(line);
}
