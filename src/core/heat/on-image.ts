/** A map at the image's size. */
import type { ImageTransform, Size } from '../geometry';

/**
 * The map of the input at the middle of each pixel of the image, bilinearly; 0 where the input does not reach.
 *
 * @param map [height, width] of the input
 * @returns [height, width] of the image
 */
export function mapOnImage(map: Float32Array, { width, height }: Size, t: ImageTransform): Float32Array {
  const columns = placesOf(t.image.width, width, t.offsetX, t.scaleX);
  const rows = placesOf(t.image.height, height, t.offsetY, t.scaleY);
  const result = new Float32Array(t.image.width * t.image.height);
  for (const [y, row] of rows.entries()) {
    if (!row) continue;
    for (let x = 0, to = y * t.image.width; x < columns.length; x++, to++) {
      const column = columns[x];
      if (!column) continue;
      const [above, below] = [row.first * width, row.second * width];
      const upper = map[above + column.first]! * (1 - column.share) + map[above + column.second]! * column.share;
      const lower = map[below + column.first]! * (1 - column.share) + map[below + column.second]! * column.share;
      result[to] = upper * (1 - row.share) + lower * row.share;
    }
  }
  return result;
}

/** For each pixel of the image: the two pixels of the input around its middle, and the share of the second one. */
function placesOf(image: number, input: number, offset: number, scale: number) {
  return Array.from({ length: image }, (_, i) => {
    const at = (i + 0.5 - offset) / scale;
    if (at < 0 || at > input) return undefined;
    const place = Math.min(Math.max(at - 0.5, 0), input - 1);
    const first = Math.floor(place);
    return { first, second: Math.min(first + 1, input - 1), share: place - first };
  });
}
