/**
 * Where the network's input lies on the image. Sizes and positions are in pixels, positions at pixel edges: 0 is the
 * left or top border, `width` or `height` the right or bottom one.
 */

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

/** How an image is brought to the input's proportions; `place` in core/geometry.ts says what each means. */
export const FITS = ['stretch', 'crop', 'pad', 'squash', 'none'] as const;

export type Fit = (typeof FITS)[number];

/** Fits that look at `resize`. */
const RESIZED: ReadonlySet<Fit> = new Set(['crop', 'pad', 'squash']);

export const usesResize = (fit: Fit): boolean => RESIZED.has(fit);

export interface Point {
  readonly x: number;
  readonly y: number;
}

export interface Box {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** The image is scaled to `resized`; the input is the window at (left, top) of that, which may reach beyond it. */
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

/** The image's size once it is scaled as `fit` wants; see `Preprocessing.resize`. */
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

/** Scales the image as `fit` wants and centres the input on it. */
export function place(image: Size, input: Size, fit: Fit, resize: number): Placement {
  const resized = resizedSize[fit](image, input, resize);
  return {
    resized,
    left: margin(resized.width - input.width),
    top: margin(resized.height - input.height),
  };
}

/** What is cut off at the left or top; less than 0: what is added, of an odd number the smaller half, as torchvision does. */
function margin(surplus: number): number {
  return surplus < 0 ? 0 - Math.floor(-surplus / 2) : round(surplus / 2);
}

/** The size alone: a picture has one too, and its pixels must not travel with a transform. */
const sizeOf = ({ width, height }: Size): Size => ({ width, height });

export function transformOf(image: Size, { resized, left, top }: Placement): ImageTransform {
  const scaleX = image.width / resized.width;
  const scaleY = image.height / resized.height;
  return { scaleX, scaleY, offsetX: left * scaleX, offsetY: top * scaleY, image: sizeOf(image) };
}

/** The transform of an input that is its own image. */
export function identityTransform(image: Size): ImageTransform {
  return { scaleX: 1, scaleY: 1, offsetX: 0, offsetY: 0, image: sizeOf(image) };
}

/** The part of the input that shows the image, in whole pixels of the input. */
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

export function pointToImage({ x, y }: Point, t: ImageTransform): Point {
  return { x: x * t.scaleX + t.offsetX, y: y * t.scaleY + t.offsetY };
}

export function pointToInput({ x, y }: Point, t: ImageTransform): Point {
  return { x: (x - t.offsetX) / t.scaleX, y: (y - t.offsetY) / t.scaleY };
}

export function boxToImage({ left, top, width, height }: Box, t: ImageTransform): Box {
  const { x, y } = pointToImage({ x: left, y: top }, t);
  return { left: x, top: y, width: width * t.scaleX, height: height * t.scaleY };
}

export function boxToInput({ left, top, width, height }: Box, t: ImageTransform): Box {
  const { x, y } = pointToInput({ x: left, y: top }, t);
  return { left: x, top: y, width: width / t.scaleX, height: height / t.scaleY };
}
