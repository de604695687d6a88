/** The stored outputs of PyTorch that every step is compared with. */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fromHalf } from '../../src/core/onnx/tensors';
import { shared } from './shared';

export interface ReferenceCase {
  /** model/case */
  readonly name: string;
  /** Absolute path of the model. */
  readonly model: string;
  readonly layer: string;
  readonly class: number;
  readonly groups: number;
  readonly theta: number;
  readonly constantMasks: readonly number[];
  has(key: string): boolean;
  /** Absolute path of an array. */
  file(key: string): string;
  array(key: string): ReferenceArray;
}

export interface ReferenceArray {
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

const MODELS = ['mobilenet_v2', 'squeezenet1_1', 'cifar10_resnet20'];

export const REFERENCE = shared('reference');

export function referenceCases(): ReferenceCase[] {
  return MODELS.flatMap((model) =>
    readdirSync(path.join(REFERENCE, model))
      .filter((name) => name !== 'images')
      .sort()
      .map((name) => readCase(path.join(model, name))),
  );
}

export function readCase(name: string): ReferenceCase {
  const folder = path.join(REFERENCE, name);
  const json = JSON.parse(readFileSync(path.join(folder, 'case.json'), 'utf8'));
  const file = (key: string) => {
    if (!json.files[key]) throw new Error(`${name} has no ${key}`);
    return path.join(folder, json.files[key]);
  };
  return {
    name,
    model: shared(json.model_file),
    layer: json.layer,
    class: json.class_index,
    groups: json.groups,
    theta: json.theta,
    constantMasks: json.constant_masks,
    has: (key) => key in json.files,
    file,
    array: (key) => readArray(file(key)),
  };
}

/** float32 or float16, which the product itself never reads. */
function readArray(file: string): ReferenceArray {
  const bytes = readFileSync(file);
  const start = 10 + bytes.readUInt16LE(8);
  const header = bytes.toString('latin1', 10, start);
  const shape = /'shape': \(([^)]*)\)/
    .exec(header)![1]!
    .split(',')
    .flatMap((dim) => (dim.trim() ? [Number(dim)] : []));
  const buffer = Uint8Array.from(bytes.subarray(start)).buffer;
  const data = header.includes("'<f2'")
    ? Float32Array.from(new Uint16Array(buffer), fromHalf)
    : new Float32Array(buffer);
  return { shape, data };
}

/** The largest difference; NaN, which fails every comparison, if the lengths differ or a value is NaN. */
export function largestDifference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  if (a.length !== b.length) return Number.NaN;
  const differences = Float64Array.from(a, (value, i) => Math.abs(value - b[i]!));
  return differences.some(Number.isNaN) ? Number.NaN : differences.reduce((x, y) => Math.max(x, y), 0);
}
