/** Noisy linear imputation (Rong et al., arXiv 2202.00449, section 4.2). */
import { errors } from '../errors';
import type { InputImage } from '../methods/network';
import type { Random } from '../random';

/** Weights of the neighbours beside a pixel and across its corners. */
const [BESIDE, ACROSS] = [1 / 6, 1 / 12];
/** Far below the noise and below the resolution of 8 bits. */
const TOLERANCE = 1e-4;
/**
 * Steps of conjugate gradients that are allowed, for each pixel of height and width. The number of steps grows with the grid's
 * side, because the condition number grows with its square. The worst case is an image with one pixel left: 1.4 steps for each
 * pixel of height and width were measured, from 32 x 32 to 512 x 512.
 */
const MOST_STEPS = 5;

/**
 * Imputes the given pixels of an image: each becomes the weighted mean of its eight neighbours, which may be imputed
 * themselves, plus normal noise. Pixels at the border have fewer neighbours.
 *
 * @param missing indices of the pixels to impute; at least one pixel must not be among them
 * @returns [channels, height, width]
 * @throws internal if the equations are not solved in as many steps as they can need
 */
export function impute(
  { data, channels, height, width }: InputImage,
  missing: Uint32Array,
  noise: number,
  random: Random,
): Float32Array {
  const image = data.slice();
  const system = systemOf(height, width, missing);
  const steps = MOST_STEPS * (height + width);
  for (let c = 0; c < channels; c++) {
    const plane = image.subarray(c * height * width, (c + 1) * height * width);
    const solved = solve(system, plane, steps);
    if (!solved) throw errors.internal(`${missing.length} imputed pixels of ${width} x ${height} after ${steps} steps`);
    for (const i of missing) plane[i] = solved[system.at(i)]! + noise * random.normal();
  }
  return image;
}

/** A grid with a border of one cell, so that every pixel has eight neighbours. */
interface System {
  readonly size: number;
  readonly stride: number;
  /** Cells of the missing pixels, and the sum of the weights of each one's neighbours within the image. */
  readonly cells: Uint32Array;
  readonly weights: Float64Array;
  /** The cell of a pixel. */
  at(pixel: number): number;
}

function systemOf(height: number, width: number, missing: Uint32Array): System {
  const stride = width + 2;
  const size = (height + 2) * stride;
  const at = (pixel: number) => (Math.floor(pixel / width) + 1) * stride + (pixel % width) + 1;
  const inside = new Float64Array(size);
  for (let pixel = 0; pixel < height * width; pixel++) inside[at(pixel)] = 1;
  // Sorted by position, so that the solver runs through memory in order.
  const cells = Uint32Array.from(missing, at).sort();
  return { size, stride, cells, weights: Float64Array.from(cells, (cell) => around(inside, cell, stride)), at };
}

/** Weighted sum of the eight neighbours. */
function around(x: Float64Array, i: number, stride: number): number {
  const [up, down] = [i - stride, i + stride];
  return (
    BESIDE * (x[up]! + x[down]! + x[i - 1]! + x[i + 1]!) +
    ACROSS * (x[up - 1]! + x[up + 1]! + x[down - 1]! + x[down + 1]!)
  );
}

/**
 * Solves, by conjugate gradients: the sum of weights times x, minus the weighted sum over missing neighbours, equals
 * the weighted sum over known neighbours. The matrix is symmetric, and positive definite if at least one pixel is
 * known.
 *
 * @returns undefined if it takes more steps
 */
function solve(
  { size, stride, cells, weights, at }: System,
  plane: Float32Array,
  steps: number,
): Float64Array | undefined {
  const known = new Float64Array(size);
  for (let pixel = 0; pixel < plane.length; pixel++) known[at(pixel)] = plane[pixel]!;
  for (const cell of cells) known[cell] = 0;
  const [x, direction] = [new Float64Array(size), new Float64Array(size)];
  const [residual, product] = [new Float64Array(cells.length), new Float64Array(cells.length)];
  let square = 0;
  for (let k = 0; k < cells.length; k++) {
    residual[k] = around(known, cells[k]!, stride);
    direction[cells[k]!] = residual[k]!;
    square += residual[k]! ** 2;
  }
  const goal = square * TOLERANCE ** 2;
  for (let left = steps; square > goal; left--) {
    if (left === 0) return undefined;
    let curvature = 0;
    for (let k = 0; k < cells.length; k++) {
      const cell = cells[k]!;
      product[k] = weights[k]! * direction[cell]! - around(direction, cell, stride);
      curvature += direction[cell]! * product[k]!;
    }
    const step = square / curvature;
    let next = 0;
    for (let k = 0; k < cells.length; k++) {
      x[cells[k]!]! += step * direction[cells[k]!]!;
      residual[k]! -= step * product[k]!;
      next += residual[k]! ** 2;
    }
    for (let k = 0; k < cells.length; k++) {
      const cell = cells[k]!;
      direction[cell] = residual[k]! + (next / square) * direction[cell]!;
    }
    square = next;
  }
  return x;
}
