/** Images of which a mask keeps a part (Group-CAM, arXiv 2103.13859, section 5 and equation 5). */
import type { Random } from '../random';
import { resizeMap } from '../resize';
import type { InputForm } from './augment';

/**
 * A saliency map as a mask of ones and zeros: 1 where the map is not below Theta, its mean.
 *
 * @param map of the input's size, not negative. A map of zeros gives a mask of ones, which keeps the image.
 */
export function binarised(map: Float32Array): Uint8Array {
  const theta = map.reduce((sum, value) => sum + value, 0) / map.length;
  return Uint8Array.from(map, (value) => (value >= theta ? 1 : 0));
}

/**
 * A random mask with the coarseness of a saliency map: normal numbers of the layer's size, scaled up bilinearly, of which
 * the `area` largest become 1.
 */
export function randomMask(
  area: number,
  { height, width }: Pick<InputForm, 'height' | 'width'>,
  layer: { readonly height: number; readonly width: number },
  random: Random,
): Uint8Array {
  const noise = Float32Array.from({ length: layer.height * layer.width }, () => random.normal());
  const values = resizeMap(noise, layer.height, layer.width, height, width);
  const largest = Uint32Array.from(values.keys()).sort((a, b) => values[b]! - values[a]! || a - b);
  const mask = new Uint8Array(values.length);
  for (const i of largest.subarray(0, area)) mask[i] = 1;
  return mask;
}

/** The number of ones. */
export const areaOf = (mask: Uint8Array): number => mask.reduce((sum, value) => sum + value, 0);

/**
 * Equation 5: x' = x M + blur(x) (1 - M).
 *
 * @param mask M, [height, width]
 * @param literal x' = x M + blur(x) + (1 - M) instead, with a plus where the equation has a product, as in the authors' code
 */
export function mixed(
  image: Float32Array,
  blurred: Float32Array,
  mask: Uint8Array,
  { layout, channels }: InputForm,
  literal: boolean,
): Float32Array {
  const pixels = mask.length;
  return image.map((x, i) => {
    const m = mask[layout === 'NCHW' ? i % pixels : Math.floor(i / channels)]!;
    return literal ? x * m + blurred[i]! + (1 - m) : m ? x : blurred[i]!;
  });
}
