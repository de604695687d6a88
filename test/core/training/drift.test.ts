/**
 * Training in float32 is chaotic: rounding grows from step to step, in PyTorch as well. So the weights after many steps are
 * compared with PyTorch's by how far PyTorch gets from itself when its first weights are changed by about their rounding.
 */
import { strict as assert } from 'node:assert';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { sgdStep } from '../../../src/core/training/sgd';
import { readModelFile } from '../../../src/engine/model/model-file';
import { CIFAR, RESNET20 } from '../../support/cifar';
import { missing, needs, nightly, project } from '../../support/shared';
import { oneHot, trained } from '../../support/training';

const BATCH = 4;
/** At 1e-3, fifty steps take any two trainings as far from each other as they get, and nothing can be told of it. */
const RATE = 1e-4;
const PLANE = 3 * 32 * 32;
const dims = [BATCH, 3, 32, 32];

interface Told {
  readonly labels: readonly number[];
  readonly rates: readonly number[];
  readonly losses: readonly number[];
  readonly copies: readonly { readonly weights: number; readonly loss: number }[];
  /** Numbers of elements. */
  readonly parameters: Readonly<Record<string, number>>;
}

/** What PyTorch did, made once and kept in .vscode-test/sgd. */
function reference(context: Mocha.Context, steps: number, copies: number) {
  needs(context, RESNET20, 'training steps are compared with PyTorch there');
  needs(context, CIFAR, 'it is trained on these images');
  const folder = project('.vscode-test', 'sgd');
  const stem = path.join(folder, `drift-${BATCH}-${steps}-${copies}-${RATE}`);
  if (!existsSync(`${stem}.json`)) {
    mkdirSync(folder, { recursive: true });
    const script = project('scripts', 'zoo', 'onnx_torch.py');
    const args = [script, 'drift', RESNET20, CIFAR, stem, `${BATCH}`, `${steps}`, `${copies}`, `${RATE}`];
    const { status, error, stderr } = spawnSync('/usr/bin/python3', args, { encoding: 'utf8' });
    if (status !== 0) missing(context, `no training by PyTorch: ${error?.message ?? stderr}`);
  }
  const told: Told = JSON.parse(readFileSync(`${stem}.json`, 'utf8'));
  const numbers = new Float32Array(Uint8Array.from(readFileSync(`${stem}.bin`)).buffer);
  let at = steps * BATCH * PLANE;
  const last = new Map(
    Object.entries(told.parameters).map(([name, count]) => {
      at += count;
      return [name, numbers.subarray(at - count, at)];
    }),
  );
  const batch = (step: number) => ({
    image: numbers.slice(step * BATCH * PLANE, (step + 1) * BATCH * PLANE),
    labels: oneHot(told.labels.slice(step * BATCH, (step + 1) * BATCH), 10),
  });
  return { ...told, last, batch };
}

type Arrays = ReadonlyMap<string, ArrayLike<number>>;

/** The Euclidean distance over all arrays. */
function distance(a: Arrays, b: Arrays): number {
  let sum = 0;
  for (const [name, values] of b) for (let i = 0; i < values.length; i++) sum += (a.get(name)![i]! - values[i]!) ** 2;
  return Math.sqrt(sum);
}

describe('training of ResNet-20 in float32', () => {
  for (const { steps, copies } of [{ steps: 10, copies: 3 }, ...(nightly ? [{ steps: 50, copies: 8 }] : [])])
    it(`is after ${steps} steps no further from PyTorch than PyTorch is from itself`, async function () {
      const told = reference(this, steps, copies);
      const network = await trained(await readModelFile(RESNET20), { dims });
      const start = new Map([...network.weights].map(([name, values]) => [name, values.slice()]));
      const speed = new Map([...start].map(([name, values]) => [name, new Float32Array(values.length)]));
      let furthest = 0;
      for (const [step, rate] of told.rates.entries()) {
        const { image, labels } = told.batch(step);
        const { loss, gradients } = await network.step(image, labels);
        const mean = Array.from(loss).reduce((sum, value) => sum + value, 0) / BATCH;
        furthest = Math.max(furthest, Math.abs(mean - told.losses[step]!));
        for (const [name, values] of network.weights)
          sgdStep(values, speed.get(name)!, gradients.get(name)!, { rate, momentum: 0.9, weightDecay: 1e-4 });
      }
      await network.release();
      assert.deepEqual([...network.weights.keys()].sort(), [...told.last.keys()].sort());
      const own = distance(network.weights, told.last) / distance(start, told.last);
      const of = (figure: 'weights' | 'loss') => told.copies.map((copy) => copy[figure]);
      if (process.env['WEIGHT_GRADIENTS']) console.log(steps, { weights: own, loss: furthest }, told.copies);
      assert.ok(own > 0 && own <= Math.max(...of('weights')), `weights: ${own}; PyTorch from itself: ${of('weights')}`);
      assert.ok(furthest <= Math.max(...of('loss')), `loss: ${furthest}; PyTorch from itself: ${of('loss')}`);
    });
});
