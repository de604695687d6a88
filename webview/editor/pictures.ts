/** Addresses of pictures for <img>. */
import type { Picture } from '../../src/protocol/webview';

/** Remembers one picture, and gives up the address of its bytes when another takes its place. */
export function createPictures() {
  let shown: Picture | undefined;
  let source: string | undefined;
  return {
    sourceOf(picture: Picture | undefined): string | undefined {
      if (samePicture(picture, shown)) return source;
      if (source?.startsWith('blob:')) URL.revokeObjectURL(source);
      shown = picture;
      source = picture && ('uri' in picture ? picture.uri : URL.createObjectURL(pngBlob(picture.png)));
      return source;
    },
  };
}

/** Messages are copies: the same picture arrives as another object, and loading it again would flicker. */
export function samePicture(a: Picture | undefined, b: Picture | undefined): boolean {
  if (a === b || !a || !b) return a === b;
  if ('uri' in a || 'uri' in b) return 'uri' in a && 'uri' in b && a.uri === b.uri;
  return a.png.length === b.png.length && a.png.every((byte, i) => byte === b.png[i]);
}

const pngBlob = (png: Uint8Array) => new Blob([png.slice()], { type: 'image/png' });
