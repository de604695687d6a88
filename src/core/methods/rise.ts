/**
 * RISE (arXiv 1806.07421): a pixel's saliency is the mean score of those randomly masked images in which it is visible.
 */

import { createRandom, type Random } from '../random';
import { bilinearMatrix } from '../resize';
import type { Target } from '../target/target';
import { milestones, NO_DIFFERENCE, relativeFrame, scaled } from './maps';
import type { OptionsOfMethod } from './method-options';
import type { InputImage, MethodNetwork, MethodRun, Resampling } from './network';

/** Masks between two estimates. */
const EVERY = 32;

export async function* rise(
  network: MethodNetwork,
  target: Target,
  { masks, cells, probability, seed }: OptionsOfMethod<'rise'>,
): MethodRun {
  const { input } = network;
  const random = createRandom(seed);
  const sum = new Float64Array(input.height * input.width);
  const isShown = milestones(masks, EVERY, network.isDue);
  let done = 0;
  for await (const chunk of network.scoreMasks(randomMasks(input, masks, cells, probability, random), 'zero')) {
    for (const { item, outputs } of chunk) addResampled(sum, item, target.score(outputs));
    done += chunk.length;
    if (!isShown(done)) continue;
    // Equation 6.
    const map = scaled(sum, 1 / (done * probability));
    yield relativeFrame(input.height, input.width, map, { done, total: masks });
  }
  return NO_DIFFERENCE;
}

export interface RandomMask {
  /** 1 for visible cells, 0 for hidden ones, [cells, cells]. */
  readonly mask: Float32Array;
  readonly resampling: Resampling;
}

/**
 * Section 3.2: a grid of `cells` by `cells`, each shown with the given probability, upsampled bilinearly to one cell
 * more than the image needs along each side, then cropped at a random offset of less than a cell.
 */
export function* randomMasks(
  { height, width }: Pick<InputImage, 'height' | 'width'>,
  count: number,
  cells: number,
  probability: number,
  random: Random,
): Generator<RandomMask> {
  const [cellHeight, cellWidth] = [Math.ceil(height / cells), Math.ceil(width / cells)];
  const down = bilinearMatrix(cells, (cells + 1) * cellHeight);
  const across = bilinearMatrix(cells, (cells + 1) * cellWidth);
  for (let i = 0; i < count; i++) {
    const mask = Float32Array.from({ length: cells * cells }, () => (random.uniform() < probability ? 1 : 0));
    const [top, left] = [random.below(cellHeight), random.below(cellWidth)];
    const columns = new Float32Array(cells * width);
    for (let at = 0; at < columns.length; at++)
      columns[at] = across[(left + (at % width)) * cells + Math.floor(at / width)]!;
    yield { mask, resampling: { rows: down.subarray(top * cells, (top + height) * cells), columns } };
  }
}

/** sum += scale * (rows M columns), [height, width]. */
export function addResampled(sum: Float64Array, { mask, resampling }: RandomMask, scale: number): void {
  const { rows, columns } = resampling;
  const cells = Math.sqrt(mask.length);
  const [height, width] = [rows.length / cells, columns.length / cells];
  const across = new Float64Array(cells * width);
  for (let r = 0; r < cells; r++) {
    for (let c = 0; c < cells; c++) {
      if (mask[r * cells + c] === 0) continue;
      for (let j = 0; j < width; j++) across[r * width + j]! += columns[c * width + j]!;
    }
  }
  for (let i = 0; i < height; i++) {
    // Only the two rows of cells around the pixel have weights other than 0.
    let low = 0;
    while (rows[i * cells + low] === 0) low += 1;
    const high = Math.min(low + 1, cells - 1);
    const [to, above, below] = [i * width, low * width, high * width];
    const weight = scale * rows[i * cells + low]!;
    const rest = high > low ? scale * rows[i * cells + high]! : 0;
    for (let j = 0; j < width; j++) sum[to + j]! += weight * across[above + j]! + rest * across[below + j]!;
  }
}
