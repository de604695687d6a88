/** Random flips and shifts of the network's input. */
import type { Random } from '../random';

/** The form of one image, [channels, height, width] or [height, width, channels]. */
export interface InputForm {
  readonly layout: 'NCHW' | 'NHWC';
  readonly channels: number;
  readonly height: number;
  readonly width: number;
}

/** The largest shift, as a share of the side: 4 of 32 pixels, as is usual for CIFAR-10. */
const SHIFT = 1 / 8;

/**
 * The image, mirrored in half of the cases and shifted by up to an eighth of its sides. What comes in from outside repeats
 * the border.
 */
export function augmented(image: Float32Array, form: InputForm, random: Random): Float32Array {
  const { layout, channels, height, width } = form;
  const mirrored = random.uniform() < 0.5;
  const shift = (side: number) => {
    const most = Math.round(side * SHIFT);
    return random.below(2 * most + 1) - most;
  };
  const [down, right] = [shift(height), shift(width)];
  const [step, plane] = layout === 'NCHW' ? [1, height * width] : [channels, 1];
  const result = new Float32Array(image.length);
  for (let y = 0; y < height; y++) {
    const fromY = clamp(y - down, height);
    for (let x = 0; x < width; x++) {
      const shifted = clamp(x - right, width);
      const fromX = mirrored ? width - 1 - shifted : shifted;
      const [to, from] = [(y * width + x) * step, (fromY * width + fromX) * step];
      for (let c = 0; c < channels; c++) result[to + c * plane] = image[from + c * plane]!;
    }
  }
  return result;
}

const clamp = (at: number, length: number) => Math.min(Math.max(at, 0), length - 1);
