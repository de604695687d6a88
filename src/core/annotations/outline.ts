/** Shapes of objects, as COCO and YOLO write them, and the pixels that they cover. */
import type { Box, Point, Size } from '../geometry';

export type Outline =
  /** The union of several polygons, with vertices in pixels. */
  | { readonly polygons: readonly (readonly Point[])[] }
  /** Lengths of alternating runs outside and inside, column by column from the top left: COCO's run-length encoding. */
  | { readonly runs: readonly number[] };

/**
 * The pixels inside, row-major [height, width], 1 or 0. A pixel is inside a polygon if its centre is (even-odd rule).
 */
export function maskOf(outline: Outline, size: Size): Uint8Array {
  const mask = new Uint8Array(size.width * size.height);
  if ('runs' in outline) fillRuns(mask, outline.runs, size);
  else for (const polygon of outline.polygons) fillPolygon(mask, polygon, size);
  return mask;
}

function fillRuns(mask: Uint8Array, runs: readonly number[], { width, height }: Size): void {
  let at = 0;
  runs.forEach((length, i) => {
    if (i % 2 === 1) for (let p = at; p < at + length; p++) mask[(p % height) * width + Math.floor(p / height)] = 1;
    at += length;
  });
}

function fillPolygon(mask: Uint8Array, polygon: readonly Point[], { width, height }: Size): void {
  for (let y = 0; y < height; y++) {
    const crossings = polygon
      .flatMap((from, i) => crossing(from, polygon[(i + 1) % polygon.length]!, y + 0.5))
      .sort((a, b) => a - b);
    for (let i = 0; i + 1 < crossings.length; i += 2) {
      const first = Math.max(0, Math.ceil(crossings[i]! - 0.5));
      const end = Math.min(width, Math.ceil(crossings[i + 1]! - 0.5));
      if (first < end) mask.fill(1, y * width + first, y * width + end);
    }
  }
}

/** The x at which an edge crosses the row y, if it does. The lower end of an edge belongs to the next edge. */
function crossing(from: Point, to: Point, y: number): number[] {
  if (from.y <= y === to.y <= y) return [];
  return [from.x + ((y - from.y) / (to.y - from.y)) * (to.x - from.x)];
}

/** Converts polygons in fractions of an image to pixels. Runs are in pixels already. */
export function scaleOutline(outline: Outline, { width, height }: Size): Outline {
  if ('runs' in outline) return outline;
  const scale = ({ x, y }: Point) => ({ x: x * width, y: y * height });
  return { polygons: outline.polygons.map((polygon) => polygon.map(scale)) };
}

/** The smallest box that contains all points. */
export function boxAround(points: readonly Point[]): Box {
  const most = (pick: (a: number, b: number) => number, side: 'x' | 'y') =>
    points.reduce((found, point) => pick(found, point[side]), points[0]?.[side] ?? 0);
  const [left, top] = [most(Math.min, 'x'), most(Math.min, 'y')];
  return { left, top, width: most(Math.max, 'x') - left, height: most(Math.max, 'y') - top };
}

/**
 * Decodes COCO's compressed run lengths. A number is written in groups of five bits, lowest first. Each group is a
 * character from "0" on, with a sixth bit set if another group follows. From the fourth run on, a number is the
 * difference from the run two places before.
 *
 * @throws Error if a character is out of range or the text ends within a number
 */
export function decompressRuns(text: string): number[] {
  const runs: number[] = [];
  for (let at = 0; at < text.length; ) {
    let [value, shift, group] = [0, 0, 0];
    do {
      group = text.charCodeAt(at++) - 48;
      if (!(group >= 0 && group < 64)) throw new Error('its run-length text is cut short or has a wrong character');
      value += (group & 31) * 2 ** shift;
      shift += 5;
    } while (group & 32);
    // The last group's highest bit is the sign.
    if (group & 16) value -= 2 ** shift;
    runs.push(runs.length > 2 ? value + runs.at(-2)! : value);
  }
  return runs;
}
