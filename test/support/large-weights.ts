/** A network whose weights are too large for one file. Of their files almost all is a hole, which takes no room on a disk. */
import { closeSync, ftruncateSync, mkdirSync, openSync, writeFileSync, writeSync } from 'node:fs';
import path from 'node:path';
import { create } from '@bufbuild/protobuf';
import { TensorProtoSchema } from 'onnx-buf';
import { DataType, makeTensor } from '../../src/core/onnx/tensors';
import { reference } from '../../src/core/onnx/weights';
import { tinyModel } from './tiny-model';
import { noise } from './tiny-network';

/** Numbers of the layer for each image. */
const ROWS = 64 * 6 * 6;
/** Columns of each weight that have numbers. */
const FILLED = 16;

/**
 * Writes a network from `image` [N, 3, 8, 8] to three classes, in which the layer goes through large weights beside one another.
 *
 * @param columns of each large weight, which has 9216 bytes for each
 * @param count of large weights, each in a file of its own
 * @returns the model's file
 */
export function writeLarge(folder: string, columns: number, count: number): string {
  mkdirSync(folder, { recursive: true });
  const names = Array.from({ length: count }, (_, i) => `wide${i}`);
  const wide = names.map((name, i) => {
    const location = `${name}.bin`;
    writeSparse(path.join(folder, location), columns, noise(ROWS * FILLED, 3 + i));
    const tensor = create(TensorProtoSchema, { name, dataType: DataType.FLOAT, dims: [BigInt(ROWS), BigInt(columns)] });
    return reference(tensor, location, 0, ROWS * columns * 4);
  });
  const last = noise(FILLED * 3, 11);
  const model = tinyModel({
    nodes: [
      ['Conv', 'image stem', 'map'],
      ['Relu', 'map', 'layer'],
      ['Flatten', 'layer', 'flat'],
      ...names.map((name) => ['MatMul', `flat ${name}`, `of-${name}`] as const),
      ['Sum', names.map((name) => `of-${name}`).join(' '), 'sum'],
      ['Relu', 'sum', 'hidden'],
      ['MatMul', 'hidden fc', 'logits'],
    ],
    outputs: ['logits'],
    initializers: [
      makeTensor('stem', DataType.FLOAT, [64, 3, 3, 3], noise(64 * 27, 7)),
      ...wide,
      makeTensor(
        'fc',
        DataType.FLOAT,
        [columns, 3],
        Array.from({ length: columns * 3 }, (_, i) => last[i] ?? 0),
      ),
    ],
  });
  const file = path.join(folder, 'model.onnx');
  writeFileSync(file, model);
  return file;
}

/** @param values of the first columns, row by row */
function writeSparse(file: string, columns: number, values: readonly number[]): void {
  const handle = openSync(file, 'w');
  try {
    ftruncateSync(handle, ROWS * columns * 4);
    for (let row = 0; row < ROWS; row++) {
      const filled = Float32Array.from(values.slice(row * FILLED, (row + 1) * FILLED));
      writeSync(handle, filled, 0, filled.byteLength, row * columns * 4);
    }
  } finally {
    closeSync(handle);
  }
}
