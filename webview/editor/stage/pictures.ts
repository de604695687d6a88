/** Addresses of pictures for <img>, and the values of their pixels. */

import type { Size } from '../../../src/core/geometry';
import type { Picture } from '../../../src/protocol/webview';
import type { Point } from './viewport';

/** Remembers one picture, and revokes the address of its bytes when another replaces it. */
export function createPictures() {
  let shown: Picture | undefined;
  let source: string | undefined;
  return {
    sourceOf(picture: Picture | undefined): string | undefined {
      if (samePicture(picture, shown)) return source;
      if (source?.startsWith('blob:')) URL.revokeObjectURL(source);
      shown = picture;
      source = picture && addressOf(picture);
      return source;
    },
  };
}

/** The address for <img>. The address of bytes must be revoked after use. */
export const addressOf = (picture: Picture): string =>
  'uri' in picture ? picture.uri : URL.createObjectURL(pngBlob(picture.png));

/**
 * Compares pictures by content. Messages are copies, so the same picture arrives as another object, and loading it
 * again would flicker.
 */
export function samePicture(a: Picture | undefined, b: Picture | undefined): boolean {
  if (a === b || !a || !b) return a === b;
  if ('uri' in a || 'uri' in b) return 'uri' in a && 'uri' in b && a.uri === b.uri;
  return a.png.length === b.png.length && a.png.every((byte, i) => byte === b.png[i]);
}

let reader: OffscreenCanvasRenderingContext2D | undefined;

/**
 * Red, green, blue and alpha of a pixel.
 *
 * @param size size of the image; the picture may be a smaller copy
 */
export function pixelOf(picture: HTMLImageElement, at: Point, size: Size): Uint8ClampedArray {
  reader ??= new OffscreenCanvas(1, 1).getContext('2d', { willReadFrequently: true })!;
  const x = Math.floor((at.x * picture.naturalWidth) / size.width);
  const y = Math.floor((at.y * picture.naturalHeight) / size.height);
  reader.clearRect(0, 0, 1, 1);
  reader.drawImage(picture, x, y, 1, 1, 0, 0, 1, 1);
  return reader.getImageData(0, 0, 1, 1).data;
}

const pngBlob = (png: Uint8Array) => new Blob([png.slice()], { type: 'image/png' });
