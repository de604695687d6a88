import { strict as assert } from 'node:assert';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { DataType, sizeOf } from '../../src/core/onnx/tensors';
import { readModelFile } from '../../src/engine/model/model-file';
import { missing, project } from './shared';
import { oneHot, trained } from './training';

/** Of the largest magnitude of a parameter's gradient; epsilons are float32 in ONNX, even between float64 weights. */
const EXACT = 1e-7;
/** Gradients below this share of the largest of all are rounding, such as those of biases that a normalisation undoes. */
const NEGLIGIBLE = 1e-12;
const MINUTES = 60_000;

interface Told {
  readonly image: readonly number[];
  readonly labels: readonly number[];
  readonly loss: number;
  readonly gradients: Readonly<Record<string, readonly number[]>>;
}

/** Tests that weights' gradients agree with autograd in float64, and that just PyTorch's parameters are found. */
export function familiesOf(names: readonly string[]): void {
  for (const name of names) {
    it(`${name} has PyTorch's parameters, and gradients as autograd`, async function () {
      this.timeout(5 * MINUTES);
      const { parameters, expected, worst, loss } = await errorsOf(exported(this, name), name);
      if (process.env['WEIGHT_GRADIENTS'])
        console.log(
          `| ${name} | ${expected.length} | ${loss.toExponential(1)} | ${worst.error.toExponential(1)} | ${worst.name} |`,
        );
      assert.deepEqual([...parameters].sort(), [...expected].sort());
      assert.ok(loss <= 1e-9, `the loss differs by ${loss}`);
      assert.ok(worst.error <= EXACT, `${worst.name}: ${worst.error} of the largest`);
    });
  }
}

/** How far a network's loss and gradients are from those that scripts/zoo/train.py wrote to a folder. */
export async function errorsOf(folder: string, name: string) {
  const told: Told = JSON.parse(readFileSync(path.join(folder, `${name}.json`), 'utf8'));
  const bytes = Uint8Array.from(readFileSync(path.join(folder, `${name}.bin`))).buffer;
  const file = await readModelFile(path.join(folder, `${name}.onnx`));
  const network = await trained(file, { dims: told.image, dtype: DataType.DOUBLE });
  try {
    const size = sizeOf(told.image);
    const image = new Float32Array(bytes, 0, size);
    const { loss, gradients } = await network.step(image, oneHot(told.labels, network.classes));
    const mean = Array.from(loss).reduce((sum, value) => sum + value, 0) / loss.length;
    let offset = size * Float32Array.BYTES_PER_ELEMENT;
    const found = Object.entries(told.gradients).map(([parameter, dims]) => {
      const values = new Float64Array(bytes.slice(offset, offset + 8 * sizeOf(dims)));
      offset += 8 * sizeOf(dims);
      return { parameter, values, largest: largestOf(values) };
    });
    const floor = NEGLIGIBLE * Math.max(...found.map(({ largest }) => largest));
    const errors = found.map(({ parameter, values, largest }) => {
      const own = gradients.get(parameter);
      const error = own && values.reduce((most, value, i) => Math.max(most, Math.abs(value - own[i]!)), 0);
      return { name: parameter, error: error === undefined ? Number.NaN : error / Math.max(largest, floor) };
    });
    return {
      parameters: network.parameters.map((parameter) => parameter.name),
      expected: Object.keys(told.gradients),
      loss: Math.abs(mean - told.loss),
      worst: errors.reduce((most, each) => (each.error <= most.error ? most : each)),
    };
  } finally {
    await network.release();
    file.release();
  }
}

const largestOf = (values: Float64Array) => values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);

/** Made once and kept in .vscode-test/families. */
export function exported(context: Mocha.Context, name: string): string {
  const folder = project('.vscode-test', 'families');
  if (existsSync(path.join(folder, `${name}.json`))) return folder;
  mkdirSync(folder, { recursive: true });
  const args = ['-W', 'ignore', project('scripts', 'zoo', 'train.py'), folder, name];
  const { stderr, status, error } = spawnSync('/usr/bin/python3', args, { encoding: 'utf8' });
  if (status !== 0) missing(context, `no autograd of ${name}: ${error?.message ?? stderr}`);
  return folder;
}
