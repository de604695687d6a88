import { strict as assert } from 'node:assert';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { readModelFile } from '../../src/engine/model/model-file';
import { readNpy } from '../../src/files/npy';
import { errorInDouble } from './float64';
import { gradientSession, relativeErrors } from './runtime';
import { missing, project, shared } from './shared';

/** Of many a network, rounding tips units on half of all inputs; which ones depends on the processor. */
const INPUTS = 4;

/** Of attributes such as epsilon, which a model has in float32 even if all its weights are float64. */
const EXACT = 1e-7;
/** In float32, unless rounding tips units that are close to their kinks over them, as it does for autograd in float32. */
const ROUNDED = 1e-3;
/** Our best input, over the worst of autograd in float32. */
const AS_AUTOGRAD = 2;

/** Tests of whole networks of torchvision against autograd; of all that it has, docs/zoo.md. */
export function gradientsOf(networks: readonly string[]): void {
  for (const name of networks) {
    it(`${name} agrees with autograd in float64`, async function () {
      const { model, classes } = exported(this, name);
      const error = await errorInDouble(model, classes[0]!);
      assert.ok(error <= EXACT, `${error} of the largest magnitude`);
    });

    it(`${name} is as near to it in float32 as autograd in float32`, async function () {
      const { model, classes, own } = exported(this, name);
      const file = await readModelFile(`${model}.onnx`);
      const input = file.model.graph.input[0]!.name;
      const { shape } = await readNpy(`${model}.0.input.npy`);
      const session = await gradientSession(file, shape, [input], 'basic');
      const found: number[] = [];
      for (const [k, index] of classes.entries()) {
        const x = await readNpy(`${model}.${k}.input.npy`);
        const expected = await readNpy(`${model}.${k}.gradient.npy`);
        const { gradients } = await session.run({ type: 'float32', data: x.data, dims: shape }, index);
        found.push(relativeErrors(gradients.get(input)!.data as Float32Array, expected.data).largest);
      }
      await session.release();
      const agrees = Math.min(...found) <= Math.max(ROUNDED, AS_AUTOGRAD * Math.max(...own));
      assert.ok(agrees, `${found} of the largest magnitude; autograd's own: ${own}`);
    });
  }
}

interface Exported {
  /** Path of what scripts/zoo/export.py wrote, without an ending. */
  readonly model: string;
  readonly classes: readonly number[];
  /** Errors of autograd in float32. */
  readonly own: readonly number[];
}

/** Made once and kept in .vscode-test/autograd. */
function exported(context: Mocha.Context, name: string): Exported {
  const folder = project('.vscode-test', 'autograd', name);
  const told = path.join(folder, 'told.json');
  if (!existsSync(told)) {
    mkdirSync(folder, { recursive: true });
    const script = project('scripts', 'zoo', 'export.py');
    const args = [script, shared('tools', 'export-torchvision.py'), folder, name, `${INPUTS}`];
    const { stdout, stderr, status, error } = spawnSync('/usr/bin/python3', args, { encoding: 'utf8' });
    if (status !== 0) missing(context, `no autograd of ${name}: ${error?.message ?? stderr}`);
    writeFileSync(told, stdout.trim().split('\n').at(-1)!);
  }
  return { model: path.join(folder, name), ...JSON.parse(readFileSync(told, 'utf8')) };
}
