/**
 * Draws what is on screen of the list on one canvas. A thousand tiles may change with each frame while the user scrolls,
 * which elements of a document do not stand. The page's worker does this, or the page itself where there is none.
 */
import { CONTOUR } from '../../../../src/core/heat/overlay';
import { unpackPictures, unpackRows } from '../../../../src/protocol/packed/unpack';
import { tileOf } from '../../texts';
import { placeOf } from '../geometry';
import { has } from '../selection';
import { createAlbum } from './album';
import { drawMark, drawTags } from './marks';
import { fitted } from './place';
import { createTexts } from './texts';
import type { Look, Names, Order, Progress, Tile, View } from './tiles';

export interface Scene {
  take(order: Order): void;
}

/** Tiles that are kept; a page shows at most a few thousand. */
const MOST_TILES = 10_000;

/**
 * @param tell called when the work that is left begins or ends
 * @param failed called with what could not be drawn
 */
export function createScene(tell: (progress: Progress) => void, failed: (thrown: unknown) => void): Scene {
  let context: OffscreenCanvasRenderingContext2D | undefined;
  let look: Look | undefined;
  let view: View | undefined;
  let names: Names | undefined;
  const tiles = new Map<number, Tile>();
  const texts = createTexts();
  let isDue = false;
  let told = false;
  const album = createAlbum(redraw, failed);

  function redraw(): void {
    if (isDue) return;
    isDue = true;
    requestAnimationFrame(() => {
      isDue = false;
      if (context && look && view) drawView(context, look, view);
      wantHeat();
      // While the list is scrolled, the next frame is drawn, too, and the page need not hear of the time between.
      requestAnimationFrame(report);
    });
    report();
  }

  function report(): void {
    const busy = isDue || album.isBusy;
    if (busy === told) return;
    told = busy;
    tell({ busy });
  }

  function drawView(canvas: OffscreenCanvasRenderingContext2D, colors: Look, shown: View): void {
    const { size, ratio, from, to, layout, top } = shown;
    const [width, height] = [Math.round(size.width * ratio), Math.round(size.height * ratio)];
    if (canvas.canvas.width !== width || canvas.canvas.height !== height) {
      Object.assign(canvas.canvas, { width, height });
    }
    canvas.setTransform(ratio, 0, 0, ratio, 0, 0);
    canvas.clearRect(0, 0, size.width, size.height);
    canvas.imageSmoothingQuality = 'medium';
    canvas.textBaseline = 'middle';
    canvas.font = `${colors.fontSize}px ${colors.font}`;
    for (let position = from; position < to; position++) {
      const { x, y } = placeOf(layout, position);
      // On whole pixels of the screen, so that small pictures stay sharp.
      const snap = (value: number) => Math.round(value * ratio) / ratio;
      drawTile(canvas, colors, shown, position, snap(x), snap(y - top));
    }
  }

  function drawTile(
    canvas: OffscreenCanvasRenderingContext2D,
    colors: Look,
    shown: View,
    position: number,
    x: number,
    y: number,
  ): void {
    const { side, caption } = shown.layout;
    const tile = tiles.get(position);
    const isSelected = has(shown.selected, position);
    canvas.fillStyle = isSelected ? colors.selected : colors.empty;
    canvas.fillRect(x, y, side, side + caption);
    if (!tile) return;
    if (!drawPicture(canvas, shown, tile, x, y) && side >= 24) drawAbsent(canvas, colors, tile, x, y, side);
    drawMark(canvas, tile.mark === 'right' ? 'none' : tile.mark, x + 3, y + 3, colors);
    drawTags(canvas, tile.tags.length, x + side - 3, y, colors);
    if (caption > 0) drawCaption(canvas, colors, tile, x, y + side, side);
    if (isSelected) frame(canvas, x, y, side, side + caption, colors.focus, 2, 0);
    if (shown.focus === position) {
      frame(canvas, x, y, side, side + caption, colors.background, 2, -1);
      frame(canvas, x, y, side, side + caption, colors.focus, 2, 1);
    }
  }

  /** @returns false where there is no picture yet */
  function drawPicture(
    canvas: OffscreenCanvasRenderingContext2D,
    { layout: { side }, ratio, heat, style }: View,
    { item }: Tile,
    x: number,
    y: number,
  ): boolean {
    const bitmap = album.thumbnail(item);
    if (!bitmap) return false;
    const place = fitted(bitmap.width, bitmap.height, side, ratio);
    const [left, top] = [x + place.x, y + place.y];
    // Pixels of a small image are seen as they are.
    canvas.imageSmoothingEnabled = bitmap.width > 64 || bitmap.width > place.width;
    canvas.drawImage(bitmap, left, top, place.width, place.height);
    canvas.imageSmoothingEnabled = true;
    const painted = heat ? album.heat(item) : undefined;
    if (!painted) return true;
    canvas.globalAlpha = style.opacity;
    canvas.drawImage(painted.bitmap, left, top, place.width, place.height);
    canvas.globalAlpha = 1;
    const image = album.image(item);
    if (painted.contour && image) {
      drawContour(canvas, painted.contour, left, top, place.width / image.width);
    }
    return true;
  }

  function drawAbsent(
    canvas: OffscreenCanvasRenderingContext2D,
    colors: Look,
    { mark }: Tile,
    x: number,
    y: number,
    side: number,
  ): void {
    canvas.fillStyle = colors.faint;
    if (mark === 'failed') return;
    const middle = y + side / 2;
    for (const step of [-1, 0, 1]) {
      canvas.beginPath();
      canvas.arc(x + side / 2 + 8 * step, middle, 2, 0, 2 * Math.PI);
      canvas.fill();
    }
  }

  function drawCaption(
    canvas: OffscreenCanvasRenderingContext2D,
    colors: Look,
    { first, value, second }: Tile,
    x: number,
    y: number,
    side: number,
  ): void {
    const inset = 4;
    const valueWidth = value ? texts.widthOf(canvas, value) : 0;
    canvas.fillStyle = colors.text;
    const room = side - 2 * inset - (value ? valueWidth + 6 : 0);
    canvas.fillText(texts.fitted(canvas, first, room), x + inset, y + 11);
    canvas.fillStyle = colors.faint;
    if (value) canvas.fillText(value, x + side - inset - valueWidth, y + 11);
    if (second) canvas.fillText(texts.fitted(canvas, second, side - 2 * inset), x + inset, y + 26);
  }

  /** Asks for the heat of what is on screen. */
  function wantHeat(): void {
    if (!view?.heat) return;
    const { layout, from, to, ratio, style } = view;
    const due = [];
    for (let position = from; position < to; position++) {
      const tile = tiles.get(position);
      const bitmap = tile && album.thumbnail(tile.item);
      if (!bitmap || !album.hasMap(tile.item)) continue;
      const { width, height } = fitted(bitmap.width, bitmap.height, layout.side, ratio);
      due.push({ item: tile.item, size: { width: Math.round(width * ratio), height: Math.round(height * ratio) } });
    }
    album.want(due, style);
  }

  const orders: { readonly [Type in Order['type']]: (order: Extract<Order, { type: Type }>) => void } = {
    canvas({ canvas }) {
      context = canvas.getContext('2d')!;
    },
    look(order) {
      ({ look } = order);
      texts.forget();
    },
    view(order) {
      ({ view } = order);
    },
    names(order) {
      ({ names } = order);
    },
    rows({ from, rows }) {
      const known = names;
      if (!known) return;
      if (tiles.size > MOST_TILES) tiles.clear();
      unpackRows(rows).forEach((row, i) => {
        tiles.set(from + i, tileOf(row, known));
      });
    },
    list: () => tiles.clear(),
    pictures: ({ pictures, outdated }) =>
      album.put(unpackPictures(pictures).filter(({ item }) => !outdated.includes(item))),
    drop: ({ items }) => album.drop(items),
    forget: () => album.forget(),
  };

  return {
    take(order) {
      // TypeScript can't relate a key of the table to the order that the key was read from.
      (orders[order.type] as (order: Order) => void)(order);
      redraw();
    },
  };
}

function frame(
  context: OffscreenCanvasRenderingContext2D,
  x: number,
  y: number,
  width: number,
  height: number,
  color: string,
  line: number,
  outside: number,
): void {
  const inset = line / 2 - outside;
  context.strokeStyle = color;
  context.lineWidth = line;
  context.strokeRect(x + inset, y + inset, width - 2 * inset, height - 2 * inset);
}

/** @param path in pixels of the image */
function drawContour(
  context: OffscreenCanvasRenderingContext2D,
  path: Path2D,
  x: number,
  y: number,
  scale: number,
): void {
  context.save();
  context.translate(x, y);
  context.scale(scale, scale);
  context.lineJoin = 'round';
  for (const [color, width] of [
    [CONTOUR.halo, CONTOUR.haloWidth],
    [CONTOUR.line, CONTOUR.width],
  ] as const) {
    context.strokeStyle = color;
    context.lineWidth = width / scale;
    context.stroke(path);
  }
  context.restore();
}
