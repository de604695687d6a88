/** The confusion matrix as numbers and as pixels. Pure. */
import type { ClassesInfo } from '../../../src/protocol/dataset';

export interface Matrix {
  readonly rows: number;
  readonly columns: number;
  readonly counts: Uint32Array;
  /** Sums of rows. */
  readonly totals: Float64Array;
  /** Whether a cell is a right answer. */
  isRight(row: number, column: number): boolean;
}

export interface Cell {
  readonly row: number;
  readonly column: number;
}

/** @param meant for each category, the classes of the model that it means */
export function matrixOf(
  { confusion }: ClassesInfo,
  categories: number,
  meant: readonly (readonly number[])[],
): Matrix {
  const columns = confusion.columns.length;
  const { counts } = confusion;
  // The last row is that of items without a class, which has no right answer; it is shown if it has any.
  const hasRest = counts.subarray(categories * columns).some((count) => count > 0);
  const rows = categories + (hasRest ? 1 : 0);
  const totals = new Float64Array(rows);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) totals[row]! += counts[row * columns + column]!;
  }
  const right = meant.map((classes) => new Set(classes));
  return {
    rows,
    columns,
    counts,
    totals,
    isRight: (row, column) => right[row]?.has(confusion.columns[column]!) ?? false,
  };
}

/** @returns the classes of the model that some image was taken for, in the model's order */
export function predictedIn({ confusion: { columns, counts } }: ClassesInfo): readonly number[] {
  const found = new Set<number>();
  counts.forEach((count, cell) => {
    if (count > 0) found.add(columns[cell % columns.length]!);
  });
  return [...found].toSorted((a, b) => a - b);
}

/** Red, green and blue. */
export type Rgb = readonly [number, number, number];

/** The least visible share of a cell that has any images. */
const LEAST = 0.18;

/**
 * A part of the matrix as a picture. A cell's strength is the square root of its share of its row; where several cells
 * fall on one pixel, the strongest is seen.
 *
 * @param part first row and column, and how many of each
 * @returns RGBA of width x height
 */
export function pixelsOf(
  matrix: Matrix,
  part: { readonly row: number; readonly column: number; readonly rows: number; readonly columns: number },
  width: number,
  height: number,
  colors: { readonly right: Rgb; readonly wrong: Rgb },
): Uint8ClampedArray<ArrayBuffer> {
  const pixels = new Uint8ClampedArray(4 * width * height);
  for (let r = 0; r < part.rows; r++) {
    const row = part.row + r;
    if (row < 0 || row >= matrix.rows) continue;
    const top = Math.floor((r * height) / part.rows);
    const bottom = Math.max(Math.floor(((r + 1) * height) / part.rows), top + 1);
    for (let c = 0; c < part.columns; c++) {
      const column = part.column + c;
      if (column < 0 || column >= matrix.columns) continue;
      const count = matrix.counts[row * matrix.columns + column]!;
      if (count === 0) continue;
      const strength = Math.max(Math.sqrt(count / matrix.totals[row]!), LEAST);
      const [red, green, blue] = matrix.isRight(row, column) ? colors.right : colors.wrong;
      const alpha = Math.round(255 * strength);
      const left = Math.floor((c * width) / part.columns);
      const right = Math.max(Math.floor(((c + 1) * width) / part.columns), left + 1);
      for (let y = top; y < bottom; y++) {
        for (let x = left; x < right; x++) {
          const at = 4 * (y * width + x);
          if (pixels[at + 3]! >= alpha) continue;
          pixels[at] = red;
          pixels[at + 1] = green;
          pixels[at + 2] = blue;
          pixels[at + 3] = alpha;
        }
      }
    }
  }
  return pixels;
}

/** The wrong cells with the most images, the largest first. */
export function mostConfused(matrix: Matrix, most: number): readonly (Cell & { readonly count: number })[] {
  const found: (Cell & { count: number })[] = [];
  for (let row = 0; row < matrix.rows; row++) {
    for (let column = 0; column < matrix.columns; column++) {
      const count = matrix.counts[row * matrix.columns + column]!;
      if (count === 0 || matrix.isRight(row, column)) continue;
      if (found.length === most && count <= found[most - 1]!.count) continue;
      const at = found.findIndex((other) => other.count < count);
      found.splice(at < 0 ? found.length : at, 0, { row, column, count });
      if (found.length > most) found.pop();
    }
  }
  return found;
}
