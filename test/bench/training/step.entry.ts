/**
 * Steps of a training: the loss and all gradients of a batch, and the weights after it.
 *
 * Arguments: model, side of its images, batch, steps, threads.
 */
import { readModelFile } from '../../../src/engine/model/model-file';
import { setThreads } from '../../../src/engine/runtime/runtime';
import { oneHot, trained } from '../../support/training';
import { finish, peakMemory, timed } from '../measure';

const OPTIONS = { rate: 1e-6, momentum: 0.9, decay: 1e-4 };

async function main([model, ...sizes]: string[]): Promise<void> {
  const [side, batch, steps, threads] = sizes.map(Number) as [number, number, number, number];
  setThreads(threads);
  const file = await readModelFile(model!);
  const dims = [batch, 3, side, side];
  const network = await trained(file, { dims });
  const image = Float32Array.from({ length: batch * 3 * side * side }, () => Math.random() * 2 - 1);
  const classes = network.classes;
  const labels = oneHot(
    Array.from({ length: batch }, (_, i) => i % classes),
    classes,
  );
  const velocity = new Map([...network.weights].map(([name, values]) => [name, new Float32Array(values.length)]));
  const times: number[] = [];
  const work: number[] = [];
  for (let i = 0; i < steps; i++) {
    const before = process.cpuUsage();
    times.push(
      await timed(async () => {
        const { gradients } = await network.step(image, labels);
        for (const [name, values] of network.weights) descend(values, velocity.get(name)!, gradients.get(name)!);
      }),
    );
    const { user, system } = process.cpuUsage(before);
    work.push((user + system) / 1e6);
  }
  await network.release();
  finish({ seconds: times.map((time) => time / 1000), work, memory: peakMemory() * 2 ** 20 });
}

function descend(values: Float32Array | Float64Array, v: Float32Array, gradient: ArrayLike<number>): void {
  const { rate, momentum, decay } = OPTIONS;
  for (let i = 0; i < v.length; i++) {
    v[i] = momentum * v[i]! + gradient[i]! + decay * values[i]!;
    values[i]! -= rate * v[i]!;
  }
}

void main(process.argv.slice(2));
