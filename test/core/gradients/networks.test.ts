import { strict as assert } from 'node:assert';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { readModelFile } from '../../../src/engine/model-file';
import { readNpy } from '../../../src/engine/npy';
import { gradientSession, relativeErrors } from '../../support/runtime';
import { missing, project, shared } from '../../support/shared';
import { torchvision } from '../../support/torchvision';

const TOLERANCE = 1e-3;

const NETWORKS = [
  'resnet18',
  'resnet50',
  'vgg11',
  'vgg19',
  'mobilenet_v2',
  'mobilenet_v3_small',
  'mobilenet_v3_large',
  'squeezenet1_0',
  'squeezenet1_1',
  'densenet121',
  'googlenet',
  'efficientnet_b0',
];

describe('input gradients of networks', function () {
  this.timeout(600_000);

  for (const name of NETWORKS) {
    it(`${name} agrees with autograd`, async function () {
      const { model, folder, classes } = autograd(this, name);
      const file = await readModelFile(model);
      const input = file.model.graph.input[0]!.name;
      const { shape } = await readNpy(path.join(folder, `${name}.0.input.npy`));
      const session = await gradientSession(file, shape, [input]);
      const found: number[] = [];
      for (const [k, index] of classes.entries()) {
        const x = await readNpy(path.join(folder, `${name}.${k}.input.npy`));
        const expected = await readNpy(path.join(folder, `${name}.${k}.gradient.npy`));
        const { gradients } = await session.run({ type: 'float32', data: x.data, dims: shape }, index);
        found.push(relativeErrors(gradients.get(input)!.data as Float32Array, expected.data).largest);
      }
      await session.release();
      // Rounding tips a ReLU or a maximum over its kink on some inputs (see autograd.py); a wrong rule is wrong on all.
      assert.ok(Math.min(...found) <= TOLERANCE, `errors relative to the largest magnitude: ${found}`);
    });
  }
});

interface Autograd {
  readonly model: string;
  readonly folder: string;
  readonly classes: readonly number[];
}

/** A network with gradients by autograd, made once and kept in .vscode-test/autograd. */
function autograd(context: Mocha.Context, name: string): Autograd {
  const folder = project('.vscode-test', 'autograd');
  const result = path.join(folder, `${name}.json`);
  if (!existsSync(result)) {
    mkdirSync(folder, { recursive: true });
    const script = project('test', 'core', 'gradients', 'autograd.py');
    const tool = shared('tools', 'export-torchvision.py');
    const { stderr, error } = spawnSync('/usr/bin/python3', [script, tool, folder, name], { encoding: 'utf8' });
    if (!existsSync(result)) missing(context, `no autograd of ${name}: ${error?.message ?? stderr}`);
  }
  const { model, classes } = JSON.parse(readFileSync(result, 'utf8'));
  return { model: model === 'tool' ? torchvision(context, name) : path.join(folder, model), folder, classes };
}
