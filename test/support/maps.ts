/** Maps as the command line writes them, and how alike two are. */
import { strict as assert } from 'node:assert';
import { readFileSync } from 'node:fs';
import type { Resampling } from '../../src/core/methods/network';

export interface FloatMap {
  readonly width: number;
  readonly height: number;
  readonly value: ArrayLike<number>;
}

/** A float32 .npy of [H, W], little-endian, in C order. */
export function readMap(file: string): FloatMap {
  const bytes = readFileSync(file);
  const headerEnd = 10 + bytes.readUInt16LE(8);
  const header = bytes.toString('latin1', 10, headerEnd);
  const shape = /'shape': \((\d+), (\d+)\)/.exec(header);
  assert.ok(shape && header.includes("'<f4'") && header.includes("'fortran_order': False"), `${file}: ${header}`);
  const [height, width] = [Number(shape[1]), Number(shape[2])];
  return { width, height, value: new Float32Array(new Uint8Array(bytes.subarray(headerEnd)).buffer) };
}

/** rows M columns, [height, width], in plain loops. */
export function resampled(mask: Float32Array, { rows, columns }: Resampling, height: number, width: number): number[] {
  const [u, v] = [rows.length / height, columns.length / width];
  return Array.from({ length: height * width }, (_, at) => {
    const [i, j] = [Math.floor(at / width), at % width];
    let sum = 0;
    for (let r = 0; r < u; r++)
      for (let c = 0; c < v; c++) sum += rows[i * u + r]! * mask[r * v + c]! * columns[c * width + j]!;
    return sum;
  });
}

/** Mean over the pixels of `map` that fall into each cell of a smaller grid. */
export function shrink(map: FloatMap, width: number, height: number): FloatMap {
  const sum = new Float64Array(width * height);
  const count = new Float64Array(width * height);
  for (let y = 0; y < map.height; y++) {
    for (let x = 0; x < map.width; x++) {
      const cell = Math.floor(((y + 0.5) * height) / map.height) * width + Math.floor(((x + 0.5) * width) / map.width);
      sum[cell]! += map.value[y * map.width + x]!;
      count[cell]!++;
    }
  }
  return { width, height, value: sum.map((total, i) => total / count[i]!) };
}

/** Pearson's correlation. */
export function correlation(a: ArrayLike<number>, b: ArrayLike<number>): number {
  assert.equal(a.length, b.length);
  const mean = (values: ArrayLike<number>) => Array.from(values).reduce((s, width) => s + width, 0) / values.length;
  const [meanA, meanB] = [mean(a), mean(b)];
  let [ab, aa, bb] = [0, 0, 0];
  for (let i = 0; i < a.length; i++) {
    const [da, db] = [a[i]! - meanA, b[i]! - meanB];
    ab += da * db;
    aa += da * da;
    bb += db * db;
  }
  return ab / Math.sqrt(aa * bb);
}
