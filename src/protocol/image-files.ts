/** Which files are images, by their names; `package.json` lists the same. What a file holds shows when it is read. */

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

/** In lower case, without the dot; '' where there is none. */
export function extensionOf(path: string): string {
  return /\.([^./\\]+)$/.exec(path)?.[1]?.toLowerCase() ?? '';
}

/** The extension, if it is one of an image; undefined otherwise. */
export function imageExtensionOf(path: string): ImageExtension | undefined {
  const extension = extensionOf(path);
  return IMAGE_EXTENSIONS.find((known) => known === extension);
}

export function isImage(path: string): boolean {
  return imageExtensionOf(path) !== undefined;
}
