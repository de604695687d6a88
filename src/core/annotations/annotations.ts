/** Annotated objects of images, in one form for COCO, YOLO and Pascal VOC. */
import { errors } from '../errors';
import type { Box, Size } from '../geometry';
import { type Outline, scaleOutline } from './outline';

/** One annotated object. */
export interface Region {
  readonly category: string;
  readonly box: Box;
  /** The object's outline, if the annotations give more than a box. */
  readonly outline?: Outline;
}

export interface AnnotatedImage {
  /** The image's file, as the annotations name it. */
  readonly file: string;
  /**
   * The size that positions refer to: that of the image in pixels, or 1 x 1 if positions are fractions of the image.
   */
  readonly size: Size;
  readonly regions: readonly Region[];
}

export interface Annotations {
  /** Names of all categories, including those without any object. */
  readonly categories: readonly string[];
  readonly images: readonly AnnotatedImage[];
}

/**
 * Converts the regions to pixels of the image itself.
 *
 * @param actual the image's size, upright
 * @throws annotations-invalid if the annotations are of an image of another size
 */
export function regionsIn({ file, size, regions }: AnnotatedImage, actual: Size): readonly Region[] {
  if (size.width === actual.width && size.height === actual.height) return regions;
  if (size.width !== 1 || size.height !== 1) {
    const reason = `they are of an image of ${size.width} x ${size.height}, and it has ${actual.width} x ${actual.height}`;
    throw errors.annotationsInvalid(file, reason);
  }
  const { width, height } = actual;
  return regions.map(({ category, box, outline }) => ({
    category,
    box: { left: box.left * width, top: box.top * height, width: box.width * width, height: box.height * height },
    ...(outline && { outline: scaleOutline(outline, actual) }),
  }));
}
