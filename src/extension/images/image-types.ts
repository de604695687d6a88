/** Determines which images a webview can show directly. Pure. */
import { extensionOf, type ImageExtension, imageExtensionOf } from '../../protocol/image-files';

/** Who decodes an image for the webview. `engine` sends it as PNG; for a JPEG it depends on the colours. */
const DECODER: Readonly<Record<ImageExtension, 'webview' | 'engine' | 'jpeg'>> = {
  png: 'webview',
  jpg: 'jpeg',
  jpeg: 'jpeg',
  jpe: 'jpeg',
  jfif: 'jpeg',
  webp: 'webview',
  avif: 'webview',
  gif: 'webview',
  bmp: 'webview',
  tif: 'engine',
  tiff: 'engine',
};

/** For filters of dialogs: some systems tell capital letters from small ones, and cameras write capital ones. */
export function inBothCases(extensions: readonly string[]): string[] {
  return extensions.flatMap((extension) => [extension, extension.toUpperCase()]);
}

export function isModel(path: string): boolean {
  return extensionOf(path) === 'onnx';
}

/** `length` bytes from `offset` on; fewer at the end of the file. */
export type ReadAt = (offset: number, length: number) => Promise<Uint8Array>;

/** Whether a webview shows this file as it is: its format, and for a JPEG its colour channels (CMYK has 4). */
export async function webviewShows(path: string, read: ReadAt): Promise<boolean> {
  const extension = imageExtensionOf(path);
  const decoder = extension && DECODER[extension];
  return decoder === 'jpeg' ? (await jpegChannels(read)) !== 4 : decoder === 'webview';
}

/**
 * Colour channels named in a JPEG's frame header; undefined for anything else. Segments are skipped by their length,
 * because a CMYK file has half a megabyte of colour profile before its frame header.
 */
export async function jpegChannels(read: ReadAt): Promise<number | undefined> {
  const start = await read(0, 2);
  if (start[0] !== 0xff || start[1] !== 0xd8) return undefined;
  let offset = 2;
  for (;;) {
    const [mark, marker, high, low, , , , , , channels] = await read(offset, 10);
    if (mark !== 0xff || marker === undefined || high === undefined || low === undefined) return undefined;
    if (marker === 0xff) {
      offset += 1;
      continue;
    }
    if (isFrameHeader(marker)) return channels;
    offset += 2 + high * 256 + low;
  }
}

/** SOF0 to SOF15, without the tables DHT, JPG and DAC that share the range. */
function isFrameHeader(marker: number): boolean {
  return marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc;
}
