/** The canvas of the heat over one image. It keeps its picture until the next one is painted. */
import type { Size } from '../../../src/core/geometry';
import type { HeatStyle } from '../../../src/core/style';
import type { Painter } from '../../heat/painter';
import { newestOnly } from '../../newest';
import { canvasSize, type Heat } from './heat';

export interface Layer {
  /**
   * @param isDone true if the map is the final one
   * @returns settles when this picture, or a newer one instead, is on screen
   */
  show(heat: Heat | undefined, image: Size, style: HeatStyle, isDone: boolean): Promise<void>;
  /** Clears the canvas at once, since the picture on it or on its way is of another image. */
  clear(): void;
}

interface Shown {
  readonly heat: Heat;
  readonly image: Size;
  readonly style: HeatStyle;
  readonly isDone: boolean;
  /** A picture is not shown if the canvas was cleared since. */
  readonly turn: number;
}

/** @param contourIs called with the contour of the picture: SVG path data in pixels of the image, or an empty text */
export function createLayer(canvas: HTMLCanvasElement, paint: Painter, contourIs: (path: string) => void): Layer {
  const context = canvas.getContext('bitmaprenderer')!;
  let wanted: Shown | undefined;
  let settled = Promise.resolve();
  let turn = 0;

  const repaint = newestOnly(async (task: Shown) => {
    if (task.turn !== turn) return;
    const { heat, image, style, isDone } = task;
    const painted = await paint({ drawing: heat.drawing, size: canvasSize(image, isDone), style });
    if (task.turn !== turn) return painted.bitmap.close();
    const { width, height } = painted.bitmap;
    if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height });
    context.transferFromImageBitmap(painted.bitmap);
    contourIs(painted.contour);
  });

  function clear(): void {
    turn += 1;
    wanted = undefined;
    context.transferFromImageBitmap(null);
    contourIs('');
  }

  return {
    show(heat, image, style, isDone) {
      if (!heat) {
        if (wanted) clear();
        settled = Promise.resolve();
        return settled;
      }
      const next = { heat, image, style, isDone, turn };
      if (wanted && isSame(wanted, next)) return settled;
      wanted = next;
      settled = repaint(next);
      return settled;
    },
    clear,
  };
}

const isSame = (a: Shown, b: Shown) =>
  a.heat === b.heat &&
  a.image === b.image &&
  a.isDone === b.isDone &&
  a.style.colormap === b.style.colormap &&
  a.style.threshold === b.style.threshold &&
  a.style.contour === b.style.contour;
