/** The heat over one image: a canvas and a contour. They keep the picture that is there until the next one is painted. */
import type { Size } from '../../../src/core/geometry';
import { CONTOUR } from '../../../src/core/overlay';
import type { HeatStyle } from '../../../src/core/style';
import { h } from '../../dom';
import { newestOnly } from '../../newest';
import { canvasSize, type Heat } from './heat';
import type { Painter } from './painter';

const SVG = 'http://www.w3.org/2000/svg';

export interface HeatLayer {
  readonly root: HTMLElement;
  /**
   * @param isDone the map is the last one
   * @returns settles once this, or a newer picture in its place, is there
   */
  show(heat: Heat | undefined, image: Size, style: HeatStyle, isDone: boolean): Promise<void>;
  /** At once: what is there, or on its way, is of another image. */
  clear(): void;
}

interface Shown {
  readonly heat: Heat;
  readonly image: Size;
  readonly style: HeatStyle;
  readonly isDone: boolean;
  /** What was cleared since is not shown. */
  readonly turn: number;
}

export function createHeatLayer(id: string, paint: Painter): HeatLayer {
  const canvas = h('canvas', { width: 1, height: 1, 'data-testid': `heat-${id}` });
  const context = canvas.getContext('bitmaprenderer')!;
  const contour = contourLayer(id);
  const root = h('div', { class: 'heat', hidden: true }, canvas, contour.root);
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
    contour.show(painted.contour, image);
  });

  function clear(): void {
    turn += 1;
    wanted = undefined;
    context.transferFromImageBitmap(null);
    contour.show('', { width: 1, height: 1 });
  }

  return {
    root,
    show(heat, image, style, isDone) {
      if (!heat) {
        if (wanted) clear();
        settled = Promise.resolve();
        return settled;
      }
      const next = { heat, image, style, isDone, turn };
      if (wanted && samePicture(wanted, next)) return settled;
      wanted = next;
      settled = repaint(next);
      return settled;
    },
    clear,
  };
}

const samePicture = (a: Shown, b: Shown) =>
  a.heat === b.heat &&
  a.image === b.image &&
  a.isDone === b.isDone &&
  a.style.colormap === b.style.colormap &&
  a.style.threshold === b.style.threshold &&
  a.style.contour === b.style.contour;

/** The contour as vectors, so that it stays a thin line at every zoom. */
function contourLayer(id: string) {
  const root = document.createElementNS(SVG, 'svg');
  root.setAttribute('class', 'contour');
  root.setAttribute('aria-hidden', 'true');
  root.setAttribute('preserveAspectRatio', 'none');
  root.setAttribute('data-testid', `contour-${id}`);
  const lines = [
    { stroke: CONTOUR.halo, width: CONTOUR.haloWidth },
    { stroke: CONTOUR.line, width: CONTOUR.width },
  ].map(({ stroke, width }) => {
    const line = document.createElementNS(SVG, 'path');
    line.setAttribute('fill', 'none');
    line.setAttribute('stroke', stroke);
    line.setAttribute('stroke-width', String(width));
    line.setAttribute('stroke-linejoin', 'round');
    line.setAttribute('vector-effect', 'non-scaling-stroke');
    root.append(line);
    return line;
  });
  return {
    root,
    show(path: string, image: Size) {
      root.setAttribute('viewBox', `0 0 ${image.width} ${image.height}`);
      for (const line of lines) line.setAttribute('d', path);
    },
  };
}
