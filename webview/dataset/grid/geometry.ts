/** Where tiles lie, in pixels of CSS, and how a list of any length is scrolled. Pure. */
import type { Size } from '../../../src/core/geometry';

/**
 * The most pixels that the scrolled element has. Browsers end at 33,554,400; longer lists are scrolled in larger
 * steps.
 */
export const MOST_HEIGHT = 16_000_000;
export const TILE = { least: 40, most: 512, usual: 128 } as const;
const GAP = 6;
/** Height of the two lines under a picture. */
const CAPTION = 36;
/** Narrower tiles have no caption. */
const CAPTION_FROM = 88;

export interface Layout {
  readonly columns: number;
  readonly rows: number;
  /** Width of a tile, which is that of its picture, too; pictures are square. */
  readonly side: number;
  readonly caption: number;
  /** From one tile to the next. */
  readonly across: number;
  readonly down: number;
  /** Left edge of the first column. */
  readonly left: number;
  /** Of all rows. */
  readonly height: number;
  /** Of the element that is scrolled. */
  readonly scrolled: number;
}

/** @param tile least width, which the user wants; tiles share the width of the view */
export function layoutOf(view: Size, tile: number, count: number): Layout {
  const columns = Math.max(Math.floor((view.width - GAP) / (tile + GAP)), 1);
  const side = Math.max(Math.floor((view.width - GAP) / columns) - GAP, 1);
  const caption = side >= CAPTION_FROM ? CAPTION : 0;
  const rows = Math.ceil(count / columns);
  const [across, down] = [side + GAP, side + caption + GAP];
  const height = rows * down + GAP;
  return { columns, rows, side, caption, across, down, left: GAP, height, scrolled: Math.min(height, MOST_HEIGHT) };
}

/** How far the list can be scrolled. */
export const farthest = ({ height }: Pick<Layout, 'height'>, view: Size): number => Math.max(height - view.height, 0);

/** Pixels of the list for one of the scrolled element; 1 unless the list is too long for a browser. */
export function scaleOf(layout: Pick<Layout, 'height' | 'scrolled'>, view: Size): number {
  const room = layout.scrolled - view.height;
  return room > 0 ? farthest(layout, view) / room : 1;
}

/** Positions of the rows of which something is seen: from the first up to, and without, the second. */
export function seen(layout: Layout, view: Size, top: number, count: number): readonly [from: number, to: number] {
  const first = Math.max(Math.floor((top - GAP) / layout.down), 0);
  const last = Math.max(Math.ceil((top + view.height - GAP) / layout.down), first);
  return [Math.min(first * layout.columns, count), Math.min(last * layout.columns, count)];
}

/** Left and top edge of a tile, from those of the list. */
export function placeOf({ columns, across, down, left }: Layout, position: number): { x: number; y: number } {
  return { x: left + (position % columns) * across, y: GAP + Math.floor(position / columns) * down };
}

/** The position of the tile at a point of the list, or undefined between tiles. */
export function positionAt(layout: Layout, x: number, y: number, count: number): number | undefined {
  const [column, row] = [Math.floor((x - layout.left) / layout.across), Math.floor((y - GAP) / layout.down)];
  const inside =
    x - layout.left - column * layout.across < layout.side && y - GAP - row * layout.down < layout.down - GAP;
  if (!inside || column < 0 || column >= layout.columns || row < 0) return undefined;
  const position = row * layout.columns + column;
  return position < count ? position : undefined;
}

/** The nearest place to scroll to from which a tile is seen whole. */
export function scrolledTo(layout: Layout, view: Size, top: number, position: number): number {
  const { y } = placeOf(layout, position);
  const bottom = y + layout.down - view.height;
  const next = top > y - GAP ? y - GAP : top < bottom ? bottom : top;
  return Math.min(Math.max(next, 0), farthest(layout, view));
}
