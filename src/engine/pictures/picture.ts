import { errors } from '../../core/errors';
import type { Size } from '../../core/geometry';
import { resample } from '../../core/resample';
import type { Params, Result } from '../../protocol/requests';
import { decodeImage, encodePng } from './image';

/** The request `picture`: the pixels the network sees, before they are scaled for it. */
export async function picture({ image: source, longest }: Params<'picture'>): Promise<Result<'picture'>> {
  if ('tensor' in source) throw errors.imageUnreadable(source.tensor, 'a tensor, not a picture');
  const image = await decodeImage(source);
  const shown = longest === undefined ? image : limited(image, longest);
  const scaled = shown === image ? image : resample(image, shown, { left: 0, top: 0, ...shown }, 'bilinear');
  return { png: await encodePng(scaled, 3), shown: sizeOf(shown), image: sizeOf(image) };
}

/**
 * Scales the size down so that its longer side is at most `longest`. If it is small enough, the same object is
 * returned.
 */
function limited(size: Size, longest: number): Size {
  const scale = longest / Math.max(size.width, size.height);
  if (scale >= 1) return size;
  const scaled = (length: number) => Math.max(1, Math.round(length * scale));
  return { width: scaled(size.width), height: scaled(size.height) };
}

const sizeOf = ({ width, height }: Size): Size => ({ width, height });
