/** Reads the images of a sweep: the network's input and the thumbnail of each. */
import type { ModelInfo } from '../../core/model/info';
import type { RgbImage } from '../../core/resample';
import { readSmall } from '../../files/open';
import { encodePng, openImage, shrinkRgb } from '../pictures/image';
import { type PreparedInput, prepareImage } from '../pictures/prepare';
import type { Budget } from './ahead';

export interface ReadImage {
  readonly input: Omit<PreparedInput, 'milliseconds'>;
  readonly thumbnail?: Uint8Array;
}

/** Files up to this size in bytes can be their own thumbnails. They are read whole, and decoded from memory. */
const SMALL = 2 ** 16;

/**
 * @param thumbnail longer side of the thumbnail, if there shall be one
 * @param budget of decoded pixels
 * @throws errors of the image, as `decodeImage`
 */
export async function readImage(
  path: string,
  info: ModelInfo,
  thumbnail: number | undefined,
  budget: Budget,
): Promise<ReadImage> {
  // A file that can't be read is reported when it is opened as an image.
  const bytes = await readSmall(path, SMALL).catch(() => undefined);
  const opened = await openImage(bytes ? { bytes, name: path } : { path });
  return budget.within(opened.pixels, async () => {
    const picture = await opened.decode();
    if (thumbnail === undefined) return { input: prepareImage(picture, info) };
    // The thumbnail is encoded in another thread while this one makes the input.
    const encoding = thumbnailOf(picture, thumbnail, opened.forBrowsers ? bytes : undefined);
    const [input, encoded] = await Promise.all([Promise.resolve().then(() => prepareImage(picture, info)), encoding]);
    return { input, thumbnail: encoded };
  });
}

async function thumbnailOf(picture: RgbImage, longest: number, file: Uint8Array | undefined): Promise<Uint8Array> {
  if (Math.max(picture.width, picture.height) > longest) return shrinkRgb(picture, longest);
  return file ?? encodePng(picture, 3);
}
