/** Positions of a class's objects, for metrics that ask whether a map lies on them. */
import type { Region } from '../annotations/annotations';
import { maskOf } from '../annotations/outline';
import type { ImageTransform, Size } from '../geometry';
import { type Box, boxToInput, type Point, pointToImage } from '../geometry';

/** The centre of a pixel of the network's input, on the original image. */
export function centreOf(index: number, width: number, transform: ImageTransform): Point {
  return pointToImage({ x: (index % width) + 0.5, y: Math.floor(index / width) + 0.5 }, transform);
}

/** The objects that are at least partly visible in the network's input. */
export function shownRegions(
  regions: readonly Region[],
  { width, height }: Size,
  transform: ImageTransform,
): readonly Region[] {
  return regions.filter(({ box }) => {
    const { left, top, width: w, height: h } = boxToInput(box, transform);
    return left < width && top < height && left + w > 0 && top + h > 0;
  });
}

/** Whether a point of the image lies on an object, or no further from it than `tolerance` pixels. */
export type On = (point: Point, tolerance: number) => boolean;

/** Returns a test for points on an object: by its outline if there is one, otherwise by its box. */
export function isOn({ box, outline }: Region, image: Size): On {
  if (!outline) return (point, tolerance) => inBox(box, point, tolerance);
  const mask = maskOf(outline, image);
  return (point, tolerance) => nearMask(mask, image, point, tolerance);
}

/** In the box grown by the tolerance on each side. */
function inBox({ left, top, width, height }: Box, { x, y }: Point, tolerance: number): boolean {
  const inside = (value: number, from: number, length: number) =>
    value >= from - tolerance && value <= from + length + tolerance;
  return inside(x, left, width) && inside(y, top, height);
}

/** In a pixel of the mask, or nearer than the tolerance to the centre of one. */
function nearMask(mask: Uint8Array, { width, height }: Size, point: Point, tolerance: number): boolean {
  const inImage = (value: number, end: number) => Math.min(Math.max(Math.floor(value), 0), end);
  for (let y = inImage(point.y - tolerance, height); y <= inImage(point.y + tolerance, height - 1); y++) {
    for (let x = inImage(point.x - tolerance, width); x <= inImage(point.x + tolerance, width - 1); x++) {
      const own = x === Math.floor(point.x) && y === Math.floor(point.y);
      if (mask[y * width + x] && (own || Math.hypot(x + 0.5 - point.x, y + 0.5 - point.y) <= tolerance)) return true;
    }
  }
  return false;
}
