/** Equations 5 and 6 of Group-CAM as nodes: the blurred image, the blends by each mask, and their scores. */
import { blurred, gaussianTaps, kernelFor, type Pixels } from '../cam/blur';
import type { Blur } from '../methods/choice';
import type { Emitter } from '../onnx/emit';
import { padMirrored, reshape, unsqueeze } from '../onnx/ops';
import { DataType } from '../onnx/tensors';
import { matrix } from './maps';

/** B: the Gaussian blur of each channel, with a mirrored border. In the image's own layout. */
export function background(e: Emitter, image: string, pixels: Pixels, { kernel, sigma }: Blur): string {
  const { height, width } = pixels;
  const size = kernelFor(kernel, height, width);
  const taps = gaussianTaps(size, sigma);
  const rows = gaussian(e, height, taps);
  return blurred(e, image, pixels, { rows, columns: height === width ? rows : gaussian(e, width, taps) });
}

/** The matrix of `gaussianMatrix`, [length, length]: the blurred identity. The runtime computes it when it loads the model. */
function gaussian(e: Emitter, length: number, taps: readonly number[]): string {
  const samples = Array.from({ length }, (_, i) => i);
  const identity = reshape(e, matrix(e, samples, length, DataType.FLOAT), [1, 1, length, length]);
  const around = (taps.length - 1) / 2;
  const mirrored = padMirrored(e, identity, [0, 0, around, 0, 0, 0, around, 0]);
  const column = e.constant(DataType.FLOAT, [1, 1, taps.length, 1], taps);
  const filtered = e.op('Conv', [mirrored, column]);
  return reshape(e, filtered, [length, length]);
}

/**
 * Equation 5, I_l = I M'_l + B (1 - M'_l), as B + M'_l (I - B).
 *
 * @param image [N, C, H, W] or [N, H, W, C]
 * @param masks [N count, H, W]
 * @returns all blends of the first image, then those of the second one, and so on, in the image's layout
 */
export function blended(
  e: Emitter,
  image: string,
  background: string,
  masks: string,
  count: number,
  { layout, channels, height, width }: Pixels,
): string {
  const difference = unsqueeze(e, e.op('Sub', [image, background]), [1]);
  const mask = reshape(e, masks, layout === 'NCHW' ? [-1, count, 1, height, width] : [-1, count, height, width, 1]);
  const blends = e.op('Add', [e.op('Mul', [mask, difference]), unsqueeze(e, background, [1])]);
  return reshape(e, blends, layout === 'NCHW' ? [-1, channels, height, width] : [-1, height, width, channels]);
}
