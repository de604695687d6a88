/**
 * Where the network's input lies on the image. Sizes and positions are in pixels, positions at pixel edges: 0 is the
 * left or top border, `width` or `height` the right or bottom one.
 */

/** A size in pixels. */
export interface Size {
  readonly width: number;
  readonly height: number;
}

/**
 * Where the network's input lies on the original, upright image. Axis-aligned, in pixel edges (0 is the left or top
 * border): x_image = x_input * scaleX + offsetX. With `crop` the input covers a part of the image; with `pad` it
 * reaches beyond the image.
 */
export interface ImageTransform {
  readonly scaleX: number;
  readonly scaleY: number;
  readonly offsetX: number;
  readonly offsetY: number;
  /** The original, after its EXIF orientation. */
  readonly image: Size;
}

/**
 * How an image is brought to the input's proportions.
 *
 * - `stretch`: it is scaled to the input's size
 * - `crop`: its shorter side is scaled to `resize`, and the centre is cut out
 * - `squash`: it is scaled to a rectangle with the input's proportions and a shorter side of `resize`, and the centre is
 *   cut out
 * - `pad`: it is scaled to fit into such a rectangle, and the rest of the input is filled
 * - `none`: the centre is cut out without scaling
 */
export const FITS = ['stretch', 'crop', 'pad', 'squash', 'none'] as const;

export type Fit = (typeof FITS)[number];

/** The fits that depend on `resize`. */
const RESIZED: ReadonlySet<Fit> = new Set(['crop', 'pad', 'squash']);

/** True if the fit depends on `Preprocessing.resize`. */
export const usesResize = (fit: Fit): boolean => RESIZED.has(fit);

/** A point in pixels, from the top left. */
export interface Point {
  readonly x: number;
  readonly y: number;
}

/** A rectangle in pixels: its left and top edges, and its size. */
export interface Box {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/**
 * The position of the input on the scaled image, in pixels of the latter: the image is scaled to `resized`, and the input
 * is the window whose top left corner is at (left, top). The window may reach beyond the scaled image.
 */
export interface Placement {
  readonly resized: Size;
  readonly left: number;
  readonly top: number;
}

/** To the nearest integer, halves to the even one, as Python rounds: the crops of torchvision and timm depend on it. */
function round(value: number): number {
  const floor = Math.floor(value);
  if (value - floor !== 0.5) return Math.round(value);
  return floor % 2 === 0 ? floor : floor + 1;
}

/** The input's proportions, with a shorter side of `resize`. */
function enlarged({ width, height }: Size, resize: number): Size {
  const shorter = Math.min(width, height);
  return { width: Math.floor((width * resize) / shorter), height: Math.floor((height * resize) / shorter) };
}

/** The image's size after it is scaled according to `fit`; see `Preprocessing.resize`. */
const resizedSize: { readonly [F in Fit]: (image: Size, input: Size, resize: number) => Size } = {
  none: ({ width, height }) => ({ width, height }),
  stretch: (_image, input) => input,
  squash: (_image, input, resize) => enlarged(input, resize),
  crop: (image, _input, resize) => {
    const shorter = Math.min(image.width, image.height);
    return {
      width: Math.floor((resize * image.width) / shorter),
      height: Math.floor((resize * image.height) / shorter),
    };
  },
  pad: (image, input, resize) => {
    const box = enlarged(input, resize);
    const scale = Math.min(box.width / image.width, box.height / image.height);
    return {
      width: Math.max(1, round(image.width * scale)),
      height: Math.max(1, round(image.height * scale)),
    };
  },
};

/**
 * Scales the image according to `fit` and centres the input on it.
 *
 * @param image size of the original, upright image
 * @param input size of the network's input
 * @param resize see `Preprocessing.resize`; only some fits use it
 */
export function place(image: Size, input: Size, fit: Fit, resize: number): Placement {
  const resized = resizedSize[fit](image, input, resize);
  return {
    resized,
    left: margin(resized.width - input.width),
    top: margin(resized.height - input.height),
  };
}

/**
 * The pixels that are cut off at the left or top. A negative number of pixels is added there; if the total is odd, it is
 * the smaller half, as in torchvision.
 */
function margin(surplus: number): number {
  return surplus < 0 ? 0 - Math.floor(-surplus / 2) : round(surplus / 2);
}

/** Copies only the size, since the argument may be a whole picture, whose pixels must not become part of a transform. */
const sizeOf = ({ width, height }: Size): Size => ({ width, height });

/** The transform from the input to the original image, for an image that is scaled and placed by `place`. */
export function transformOf(image: Size, { resized, left, top }: Placement): ImageTransform {
  const scaleX = image.width / resized.width;
  const scaleY = image.height / resized.height;
  return { scaleX, scaleY, offsetX: left * scaleX, offsetY: top * scaleY, image: sizeOf(image) };
}

/** The transform of an input that is its own image. */
export function identityTransform(image: Size): ImageTransform {
  return { scaleX: 1, scaleY: 1, offsetX: 0, offsetY: 0, image: sizeOf(image) };
}

/** The part of the input that the image covers, in whole pixels of the input. */
export function visibleWindow(input: Size, { resized, left, top }: Placement): Box {
  const x = Math.max(0, -left);
  const y = Math.max(0, -top);
  return {
    left: x,
    top: y,
    width: Math.min(input.width, resized.width - left) - x,
    height: Math.min(input.height, resized.height - top) - y,
  };
}

/** Converts a point of the input to a point of the image, both in pixels. */
export function pointToImage({ x, y }: Point, t: ImageTransform): Point {
  return { x: x * t.scaleX + t.offsetX, y: y * t.scaleY + t.offsetY };
}

/** Converts a point of the image to a point of the input, both in pixels. It may lie outside the input. */
export function pointToInput({ x, y }: Point, t: ImageTransform): Point {
  return { x: (x - t.offsetX) / t.scaleX, y: (y - t.offsetY) / t.scaleY };
}

/** Converts a box of the input to a box of the image, both in pixels. */
export function boxToImage({ left, top, width, height }: Box, t: ImageTransform): Box {
  const { x, y } = pointToImage({ x: left, y: top }, t);
  return { left: x, top: y, width: width * t.scaleX, height: height * t.scaleY };
}

/** Converts a box of the image to a box of the input, both in pixels. It may reach beyond the input. */
export function boxToInput({ left, top, width, height }: Box, t: ImageTransform): Box {
  const { x, y } = pointToInput({ x: left, y: top }, t);
  return { left: x, top: y, width: width / t.scaleX, height: height / t.scaleY };
}
