/** RISE (arXiv 1806.07421): a pixel's saliency is the mean score of the randomly masked images that show it. */
import { bilinearMatrix, resizeMap } from '../resize';
import { addScaled, NO_DIFFERENCE, relativeFrame, scaled } from './maps';
import type { InputImage, MethodNetwork, MethodRun, Target } from './network';
import { integer, type OptionsOf, real, seedOption } from './options';
import { createRandom, type Random } from './random';
import { scoreOf } from './target';

export const riseOptions = {
  masks: integer('Random masks', 4000, 1, 100_000),
  cells: integer('Cells of the grid along each side', 7, 1, 64),
  probability: real('Probability that a cell is shown', 0.5, 0.01, 0.99),
  seed: seedOption,
};

export async function* rise(
  network: MethodNetwork,
  target: Target,
  { masks, cells, probability, seed }: OptionsOf<typeof riseOptions>,
): MethodRun {
  const { input } = network;
  const random = createRandom(seed);
  const sum = new Float64Array(input.height * input.width);
  let done = 0;
  for await (const chunk of network.scoreImages(
    masked(input, masks, () => randomMask(input, cells, probability, random)),
  )) {
    for (const { item, ...scores } of chunk) addScaled(sum, item.mask, scoreOf(target, scores));
    done += chunk.length;
    // Equation 6.
    const map = scaled(sum, 1 / (done * probability));
    yield relativeFrame(input.height, input.width, map, { done, total: masks });
  }
  return NO_DIFFERENCE;
}

/** I M for each mask M. */
function* masked({ data }: InputImage, count: number, makeMask: () => Float32Array) {
  for (let i = 0; i < count; i++) {
    const mask = makeMask();
    const image = data.slice();
    for (let at = 0; at < image.length; at++) image[at]! *= mask[at % mask.length]!;
    yield { mask, image };
  }
}

/**
 * Section 3.2: a grid of `cells` by `cells`, each shown with the given probability, upsampled bilinearly to one cell
 * more than the image needs along each side, then cropped at a random offset of less than a cell.
 */
export function randomMask(
  { height, width }: Pick<InputImage, 'height' | 'width'>,
  cells: number,
  probability: number,
  random: Random,
): Float32Array {
  const grid = Float32Array.from({ length: cells * cells }, () => (random.uniform() < probability ? 1 : 0));
  const [cellHeight, cellWidth] = [Math.ceil(height / cells), Math.ceil(width / cells)];
  const [rows, columns] = [(cells + 1) * cellHeight, (cells + 1) * cellWidth];
  const [top, left] = [random.below(cellHeight), random.below(cellWidth)];
  const across = resizeMap(grid, cells, cells, cells, columns);
  const down = bilinearMatrix(cells, rows);
  const mask = new Float32Array(height * width);
  for (let i = 0; i < height; i++) {
    for (let r = 0; r < cells; r++) {
      const weight = down[(top + i) * cells + r]!;
      // All but two are 0.
      if (weight === 0) continue;
      for (let j = 0; j < width; j++) mask[i * width + j]! += weight * across[r * columns + left + j]!;
    }
  }
  return mask;
}
