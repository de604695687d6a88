import type { InputImage } from '../methods/network';
import type { Saliency } from '../saliency';

/** The image with each pixel multiplied by its saliency, after preprocessing. Negative saliency counts as 0. */
export function maskedImage({ data }: InputImage, { map }: Saliency): Float32Array {
  const image = data.slice();
  for (let i = 0; i < image.length; i++) image[i]! *= Math.max(map[i % map.length]!, 0);
  return image;
}
