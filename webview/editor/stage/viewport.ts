/** The position of the image in a pane, without the DOM. All panes of a panel share one viewport. */
import type { Size } from '../../../src/core/geometry';

export interface Point {
  readonly x: number;
  readonly y: number;
}

export interface Viewport {
  /** Pixels of the screen for one pixel of the image, or `fit`. */
  readonly zoom: number | 'fit';
  /** Point of the image at the centre of a pane, as fractions of the image, so that it suits another image too. */
  readonly x: number;
  readonly y: number;
}

/** The sizes that a viewport is applied to: the image in its own pixels, and a pane in pixels of the screen. */
export interface Extent {
  readonly image: Size;
  readonly pane: Size;
}

/** The image's top left corner in the pane, and the number of screen pixels for one pixel of the image. */
export interface Placement {
  readonly left: number;
  readonly top: number;
  readonly scale: number;
}

export const FIT: Viewport = { zoom: 'fit', x: 0.5, y: 0.5 };

const LARGEST = 64;
/** The smallest zoom, unless the image needs a smaller one to fit. */
const SMALLEST = 0.1;
/** Factor of one press of a key or button. */
export const STEP = 1.25;
/** Zoom from which on single pixels are shown as squares. */
export const PIXELATED = 3;

/** Space around an image that fits, in pixels. */
const MARGIN = 8;

export function fitScale({ image, pane }: Extent): number {
  const inner = (length: number) => Math.max(length - 2 * MARGIN, length / 2);
  return Math.min(inner(pane.width) / image.width, inner(pane.height) / image.height, LARGEST);
}

export function place(viewport: Viewport, extent: Extent): Placement {
  const { image, pane } = extent;
  const scale = viewport.zoom === 'fit' ? fitScale(extent) : viewport.zoom;
  return {
    scale,
    left: start(viewport.x, image.width * scale, pane.width),
    top: start(viewport.y, image.height * scale, pane.height),
  };
}

/** An image smaller than the pane is centred; a larger one never leaves a gap. */
function start(centre: number, image: number, pane: number): number {
  if (image <= pane) return (pane - image) / 2;
  return Math.min(Math.max(pane / 2 - centre * image, pane - image), 0);
}

/** The viewport that shows what `placement` shows. */
function viewportOf({ left, top, scale }: Placement, zoom: Viewport['zoom'], { image, pane }: Extent): Viewport {
  return {
    zoom,
    x: (pane.width / 2 - left) / (image.width * scale),
    y: (pane.height / 2 - top) / (image.height * scale),
  };
}

/** Zooms by a factor; the point `at` of the pane stays where it is, as far as the borders allow. */
export function zoomBy(viewport: Viewport, factor: number, at: Point, extent: Extent): Viewport {
  const before = place(viewport, extent);
  const smallest = Math.min(SMALLEST, fitScale(extent));
  const scale = Math.min(Math.max(before.scale * factor, smallest), LARGEST);
  const ratio = scale / before.scale;
  const moved = { scale, left: at.x - (at.x - before.left) * ratio, top: at.y - (at.y - before.top) * ratio };
  return panBy(viewportOf(moved, scale, extent), 0, 0, extent);
}

/** Moves the image by pixels of the screen; stops at the borders. */
export function panBy(viewport: Viewport, dx: number, dy: number, extent: Extent): Viewport {
  const { left, top, scale } = place(viewport, extent);
  const moved = viewportOf({ left: left + dx, top: top + dy, scale }, viewport.zoom, extent);
  return viewportOf(place(moved, extent), viewport.zoom, extent);
}

/** The point of the image, in pixel edges, under a point of the pane. */
export function toImage({ left, top, scale }: Placement, at: Point): Point {
  return { x: (at.x - left) / scale, y: (at.y - top) / scale };
}

/**
 * The number of columns for which the panes show the image largest. It is as small as the number of rows allows, so
 * that the last row is as full as possible.
 */
export function columnsFor(panes: number, image: Size, stage: Size): number {
  let best = { columns: 1, scale: 0 };
  for (let columns = panes; columns >= 1; columns--) {
    const rows = Math.ceil(panes / columns);
    if (Math.ceil(panes / rows) < columns) continue;
    const pane = { width: stage.width / columns, height: stage.height / rows };
    const scale = Math.min(pane.width / image.width, pane.height / image.height);
    if (scale > best.scale * 1.05) best = { columns, scale };
  }
  return best.columns;
}
