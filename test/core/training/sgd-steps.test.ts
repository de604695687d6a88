/** Steps of stochastic gradient descent against PyTorch's, which has the weights of the same file. */
import { strict as assert } from 'node:assert';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { parseModel } from '../../../src/core/onnx/model';
import { DataType } from '../../../src/core/onnx/tensors';
import { readModelFile } from '../../../src/engine/model/model-file';
import { CIFAR, RESNET20 } from '../../support/cifar';
import { relativeErrors } from '../../support/runtime';
import { missing, needs, project } from '../../support/shared';
import { inMemory } from '../../support/tiny-model';
import { oneHot, trained, widened } from '../../support/training';

const BATCH = 4;
const STEPS = 10;
const MOMENTUM = 0.9;
const DECAY = 1e-4;
const PLANE = 3 * 32 * 32;

interface Told {
  readonly labels: readonly number[];
  readonly rates: readonly number[];
  readonly losses: readonly number[];
  /** Numbers of elements. */
  readonly parameters: Readonly<Record<string, number>>;
}

/** What PyTorch did, made once and kept in .vscode-test/sgd. */
function reference(context: Mocha.Context) {
  needs(context, RESNET20, 'training steps are compared with PyTorch there');
  needs(context, CIFAR, 'it is trained on these images');
  context.timeout(300_000);
  const folder = project('.vscode-test', 'sgd');
  const stem = path.join(folder, `resnet20-${BATCH}`);
  if (!existsSync(`${stem}.json`)) {
    mkdirSync(folder, { recursive: true });
    const script = project('scripts', 'zoo', 'onnx_torch.py');
    const args = [script, 'sgd', RESNET20, CIFAR, stem, `${BATCH}`, `${STEPS}`];
    const { status, error, stderr } = spawnSync('/usr/bin/python3', args, { encoding: 'utf8' });
    if (status !== 0) missing(context, `no training by PyTorch: ${error?.message ?? stderr}`);
  }
  const told: Told = JSON.parse(readFileSync(`${stem}.json`, 'utf8'));
  const bytes = Uint8Array.from(readFileSync(`${stem}.bin`)).buffer;
  let at = BATCH * STEPS * PLANE * 4;
  const read = (count: number, width: 4 | 8) => {
    at += count * width;
    const part = bytes.slice(at - count * width, at);
    return width === 4 ? new Float32Array(part) : new Float64Array(part);
  };
  const parameters = Object.entries(told.parameters).map(([name, count]) => ({
    name,
    single: read(count, 4),
    double: read(count, 8),
    after: read(count, 8),
  }));
  const batch = (step: number) => ({
    image: new Float32Array(bytes, step * BATCH * PLANE * 4, BATCH * PLANE),
    labels: oneHot(told.labels.slice(step * BATCH, (step + 1) * BATCH), 10),
  });
  return { ...told, parameters, batch };
}

const dims = [BATCH, 3, 32, 32];

describe('training of ResNet-20', () => {
  it('ten steps in float64 are those of PyTorch', async function () {
    const { parameters, losses, rates, batch } = reference(this);
    const model = widened(parseModel(readFileSync(RESNET20), RESNET20));
    const network = await trained(inMemory(model), { dims, dtype: DataType.DOUBLE });
    const start = new Map([...network.weights].map(([name, values]) => [name, values.slice()]));
    const speed = new Map([...start].map(([name, values]) => [name, new Float64Array(values.length)]));
    for (const [step, rate] of rates.entries()) {
      const { image, labels } = batch(step);
      const { loss, gradients } = await network.step(image, labels);
      const mean = Array.from(loss).reduce((sum, value) => sum + value, 0) / BATCH;
      assert.ok(
        Math.abs(mean - losses[step]!) <= 1e-9,
        `step ${step}: a loss of ${mean}, PyTorch's is ${losses[step]}`,
      );
      for (const [name, values] of network.weights) {
        const [v, gradient] = [speed.get(name)!, gradients.get(name)!];
        for (let i = 0; i < v.length; i++) {
          v[i] = MOMENTUM * v[i]! + gradient[i]! + DECAY * values[i]!;
          values[i]! -= rate * v[i]!;
        }
      }
    }
    await network.release();
    assert.deepEqual([...network.weights.keys()].sort(), parameters.map(({ name }) => name).sort());
    for (const { name, after } of parameters) {
      const [own, before] = [network.weights.get(name)!, start.get(name)!];
      const { largest } = relativeErrors(
        Float64Array.from(after, (_, i) => own[i]! - before[i]!),
        Float64Array.from(after, (value, i) => value - before[i]!),
      );
      assert.ok(largest <= 1e-6, `${name}: ${largest} of its largest change`);
    }
  });

  it("the first step's gradients in float32 are those of PyTorch", async function () {
    const { parameters, batch } = reference(this);
    const file = await readModelFile(RESNET20);
    const network = await trained(file, { dims });
    const { image, labels } = batch(0);
    const { gradients } = await network.step(image, labels);
    await network.release();
    for (const { name, single, double } of parameters) {
      const { largest } = relativeErrors(gradients.get(name)!, single);
      assert.ok(
        largest <= 1e-5,
        `${name}: ${largest}; PyTorch itself in float64: ${relativeErrors(single, double).largest}`,
      );
    }
  });
});
