/**
 * Baseline maps, which do not depend on the network. A method's scores mean something only in comparison with theirs.
 */
import type { InputImage } from '../methods/network';
import type { Random } from '../random';
import type { Saliency } from '../saliency';

type Sides = Pick<InputImage, 'height' | 'width'>;

/** A map of independent pixels, uniform in [0, 1]. */
export function randomMap({ height, width }: Sides, random: Random): Saliency {
  const map = new Float32Array(height * width);
  for (let i = 0; i < map.length; i++) map[i] = random.uniform();
  return saliencyFrom(map);
}

/**
 * A Gaussian in the middle of the image, whose standard deviation is a quarter of each side. It is a strong baseline,
 * since photographers centre their subject.
 */
export function centreBlob({ height, width }: Sides): Saliency {
  const falloff = (i: number, side: number) => ((i + 0.5) / side - 0.5) / 0.25;
  const map = new Float32Array(height * width);
  for (let i = 0; i < map.length; i++) {
    const [y, x] = [falloff(Math.floor(i / width), height), falloff(i % width, width)];
    map[i] = Math.exp(-(x * x + y * y) / 2);
  }
  return saliencyFrom(map);
}

function saliencyFrom(map: Float32Array): Saliency {
  return { map, signed: false, min: 0, max: 1, zero: false };
}
