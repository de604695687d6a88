/**
 * A penalty on heat where it should not lie, for a last layer whose features are the means of a layer's channels. There the map of a
 * class, as CAM and Grad-CAM make it, is linear in the layer's weights (Zhou et al., "Learning deep features for discriminative
 * localization", arXiv 1512.04150): its heat in a cell is ReLU(w x), with x the channels of that cell. Ross et al. ("Right for the right
 * reasons", arXiv 1703.03717) penalise gradients in a region in this way.
 */
import type { Linear } from './linear';

/** An image whose heat is penalised in some cells. */
export interface HeatedImage {
  /** [K, height, width] */
  readonly maps: Float32Array;
  /** 1 for the cells in which heat is penalised, [height, width]. */
  readonly chosen: Uint8Array;
  /** The logit that makes the class more probable, and -1 if it has to fall for that. */
  readonly row: number;
  readonly sign: 1 | -1;
}

export interface HeatPenalty {
  /** x of all penalised cells, [m, K], each times its image's sign. */
  readonly cells: Float32Array;
  /** The row of each cell's image. */
  readonly rows: Uint32Array;
  /** Half of it times the sum of squares of the cells' heat is added to the loss. */
  readonly factor: number;
}

/**
 * @param weight of the penalty: half of it times the share, in squares, that the heat in the chosen cells has of all heat of the images
 *   at the start
 * @returns undefined if there is no heat
 */
export function heatPenalty(images: readonly HeatedImage[], start: Linear, weight: number): HeatPenalty | undefined {
  const size = start.weight.length / start.bias.length;
  const cells: number[] = [];
  const rows: number[] = [];
  let all = 0;
  for (const { maps, chosen, row, sign } of images)
    for (let cell = 0; cell < chosen.length; cell++) {
      let heat = 0;
      for (let k = 0; k < size; k++) heat += sign * start.weight[row * size + k]! * maps[k * chosen.length + cell]!;
      all += Math.max(heat, 0) ** 2;
      if (chosen[cell] !== 1) continue;
      for (let k = 0; k < size; k++) cells.push(sign * maps[k * chosen.length + cell]!);
      rows.push(row);
    }
  if (all === 0 || rows.length === 0) return undefined;
  return { cells: Float32Array.from(cells), rows: Uint32Array.from(rows), factor: weight / all };
}

/**
 * Adds the penalty's derivative to a gradient.
 *
 * @param theta weights of features that were divided by `deviation`, [rows, K + 1]; the last column is b
 * @returns the penalty
 */
export function addHeat(
  { cells, rows, factor }: HeatPenalty,
  deviation: Float64Array,
  theta: Float64Array,
  gradient: Float64Array,
): number {
  const size = deviation.length;
  let value = 0;
  for (const [cell, row] of rows.entries()) {
    const [x, w] = [cell * size, row * (size + 1)];
    let heat = 0;
    for (let k = 0; k < size; k++) heat += (theta[w + k]! / deviation[k]!) * cells[x + k]!;
    if (heat <= 0) continue;
    value += (factor / 2) * heat ** 2;
    for (let k = 0; k < size; k++) gradient[w + k]! += (factor * heat * cells[x + k]!) / deviation[k]!;
  }
  return value;
}
