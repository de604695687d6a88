/** Turns a drawing into pixels. The page and its worker both use this, so it needs no DOM. */
import type { ImageTransform, Size } from '../../src/core/geometry';
import { contourLevel, contourPath, drawDifference, drawHeat } from '../../src/core/heat/overlay';
import { type Frame, saliencyOf } from '../../src/core/saliency';
import type { HeatStyle } from '../../src/core/style';

/** A drawing over an image, as data that can be sent to a worker. */
export type Drawing =
  | { readonly kind: 'map'; readonly frame: Frame }
  /** First minus second; both are maps of the same part of the same image. */
  | { readonly kind: 'difference'; readonly first: Frame; readonly second: Frame }
  /** An image as the network saw it: RGBA of the network's input size. */
  | {
      readonly kind: 'input';
      readonly pixels: Uint8ClampedArray;
      readonly inputSize: Size;
      readonly imageTransform: ImageTransform;
    };

export interface Job {
  readonly drawing: Drawing;
  /** Size of the picture, which covers the whole image. */
  readonly size: Size;
  readonly style: HeatStyle;
}

export interface Painted {
  /** The picture in the job's size. The receiver closes it or passes it on. */
  readonly bitmap: ImageBitmap;
  /** SVG path data in pixels of the image; empty without a contour. */
  readonly contour: string;
}

export async function paint(job: Job): Promise<Painted> {
  const { pixels, contour } = draw(job);
  return { bitmap: await createImageBitmap(new ImageData(pixels, job.size.width, job.size.height)), contour };
}

/** Draws a job; `pixels` is RGBA of the job's size. */
export function draw({ drawing, size, style }: Job): { pixels: Uint8ClampedArray<ArrayBuffer>; contour: string } {
  switch (drawing.kind) {
    case 'map': {
      const { inputSize, imageTransform } = drawing.frame;
      const saliency = saliencyOf(drawing.frame);
      const contour = () => contourPath(saliency, inputSize, imageTransform, imageTransform.image, contourLevel(style));
      return {
        pixels: drawHeat(saliency, inputSize, imageTransform, size, style),
        contour: style.contour ? contour() : '',
      };
    }
    case 'difference': {
      const { inputSize, imageTransform } = drawing.first;
      const map = differenceMap(drawing.first, drawing.second);
      return { pixels: drawDifference(map, inputSize, imageTransform, size, style.threshold), contour: '' };
    }
    case 'input':
      return { pixels: drawInput(drawing.pixels, drawing.inputSize, drawing.imageTransform, size), contour: '' };
  }
}

/**
 * The first map minus the second, [height, width] of the network's input. For signed maps, which may differ by 2, it is
 * half of that.
 */
export function differenceMap(first: Frame, second: Frame): Float32Array {
  const [a, b] = [saliencyOf(first), saliencyOf(second)];
  const scale = a.signed || b.signed ? 0.5 : 1;
  return a.map.map((value, i) => scale * (value - b.map[i]!));
}

/** The alpha of parts that the network does not see. */
const UNSEEN = 0x99;

/**
 * Draws the network's input on a picture of the whole image. Pixels are not interpolated, since they were replaced as a
 * whole.
 *
 * @param input RGBA
 * @returns RGBA of `size`
 */
function drawInput(
  input: Uint8ClampedArray,
  { width, height }: Size,
  { scaleX, scaleY, offsetX, offsetY, image }: ImageTransform,
  size: Size,
): Uint8ClampedArray<ArrayBuffer> {
  const drawn = new Uint8ClampedArray(4 * size.width * size.height);
  const pixels = new Uint32Array(drawn.buffer);
  const from = new Uint32Array(input.slice().buffer);
  const across = (x: number) => Math.floor((((x + 0.5) * image.width) / size.width - offsetX) / scaleX);
  const columns = Array.from({ length: size.width }, (_, x) => across(x));
  for (let y = 0; y < size.height; y++) {
    const row = Math.floor((((y + 0.5) * image.height) / size.height - offsetY) / scaleY);
    for (let x = 0; x < size.width; x++) {
      const column = columns[x]!;
      const at = y * size.width + x;
      if (row < 0 || row >= height || column < 0 || column >= width) drawn[4 * at + 3] = UNSEEN;
      else pixels[at] = from[row * width + column]!;
    }
  }
  return drawn;
}
