/** Equations 5 and 6 of Group-CAM as nodes: the blurred image, the blends by each mask, and their scores. */
import { gaussianTaps, kernelFor } from '../cam/blur';
import type { Blur } from '../methods/choice';
import type { InputInfo } from '../model/info';
import type { Emitter } from '../onnx/emit';
import { padMirrored, reshape, transpose, unsqueeze } from '../onnx/ops';
import { DataType } from '../onnx/tensors';

interface Pixels {
  readonly layout: InputInfo['layout'];
  readonly channels: number;
  readonly height: number;
  readonly width: number;
}

/** B: the Gaussian blur of each channel, by two convolutions, with a mirrored border. In the image's own layout. */
export function blurred(e: Emitter, image: string, { layout, channels, height, width }: Pixels, blur: Blur): string {
  const size = kernelFor(blur.kernel, height, width);
  const [around, taps] = [(size - 1) / 2, gaussianTaps(size, blur.sigma)];
  const first = layout === 'NCHW' ? image : transpose(e, image, [0, 3, 1, 2]);
  const planes = padMirrored(e, reshape(e, first, [-1, 1, height, width]), [
    0,
    0,
    around,
    around,
    0,
    0,
    around,
    around,
  ]);
  const row = e.constant(DataType.FLOAT, [1, 1, 1, size], taps);
  const column = reshape(e, row, [1, 1, size, 1]);
  const across = e.op('Conv', [planes, row], { kernel_shape: { ints: [1, size] } });
  const down = e.op('Conv', [across, column], { kernel_shape: { ints: [size, 1] } });
  const back = reshape(e, down, [-1, channels, height, width]);
  return layout === 'NCHW' ? back : transpose(e, back, [0, 2, 3, 1]);
}

/**
 * Equation 5, I_l = I M'_l + B (1 - M'_l), as B + M'_l (I - B).
 *
 * @param image [N, C, H, W] or [N, H, W, C]
 * @param masks [N, count, H * W]
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
  const mask = reshape(e, masks, layout === 'NCHW' ? [0, count, 1, height, width] : [0, count, height, width, 1]);
  const blends = e.op('Add', [e.op('Mul', [mask, difference]), unsqueeze(e, background, [1])]);
  return reshape(e, blends, layout === 'NCHW' ? [-1, channels, height, width] : [-1, height, width, channels]);
}
