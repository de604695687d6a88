/**
 * Recognises image files by their names; `package.json` has the same list. The actual format is determined when a file
 * is read.
 */

export const IMAGE_EXTENSIONS = [
  'png',
  'jpg',
  'jpeg',
  'jpe',
  'jfif',
  'webp',
  'avif',
  'gif',
  'bmp',
  'tif',
  'tiff',
] as const;
export type ImageExtension = (typeof IMAGE_EXTENSIONS)[number];

/** The extension in lower case, without the dot; '' if there is none. */
export function extensionOf(path: string): string {
  return /\.([^./\\]+)$/.exec(path)?.[1]?.toLowerCase() ?? '';
}

/** The extension if it is one of images; otherwise undefined. */
export function imageExtensionOf(path: string): ImageExtension | undefined {
  const extension = extensionOf(path);
  return IMAGE_EXTENSIONS.find((known) => known === extension);
}

export function isImage(path: string): boolean {
  return imageExtensionOf(path) !== undefined;
}
