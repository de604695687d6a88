/** Pixels of the network's input that lie in chosen cells. */
import type { Cells } from '../../core/clusters/cells';
import type { Size } from '../../core/geometry';
import type { ModelInfo } from '../../core/model/info';

/** The positions of these pixels, row by row. A pixel belongs to the cell that its centre lies in. */
export function pixelsOf({ height, width, chosen }: Cells, input: Size): Uint32Array {
  const pixels: number[] = [];
  for (let y = 0; y < input.height; y++) {
    const row = Math.floor(((y + 0.5) * height) / input.height);
    for (let x = 0; x < input.width; x++) {
      const column = Math.floor(((x + 0.5) * width) / input.width);
      if (chosen[row * width + column] === 1) pixels.push(y * input.width + x);
    }
  }
  return Uint32Array.from(pixels);
}

/** A copy of one image, in the model's layout, with pixels of another. */
export function withPixels(
  image: Float32Array,
  other: Float32Array,
  pixels: Uint32Array,
  { input: { layout, channels } }: Pick<ModelInfo, 'input'>,
): Float32Array {
  const changed = image.slice();
  const plane = image.length / channels;
  const [channel, pixel] = layout === 'NCHW' ? [plane, 1] : [1, channels];
  for (const at of pixels) {
    for (let c = 0; c < channels; c++) changed[c * channel + at * pixel] = other[c * channel + at * pixel]!;
  }
  return changed;
}
