/**
 * A model in a plain session: the processor time until it is loaded, and the most memory until one image has gone through it.
 *
 * Arguments: model, dimensions of its input, separated by commas.
 */
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { finish, peakMemory } from '../measure';

async function main([model, dims]: string[]): Promise<void> {
  const shape = dims!.split(',').map(Number);
  const before = process.cpuUsage();
  const session = await InferenceSession.create(model!, { intraOpNumThreads: 1 });
  const { user, system } = process.cpuUsage(before);
  const data = Float32Array.from({ length: shape.reduce((a, b) => a * b) }, (_, i) => Math.sin(i));
  await session.run({ [session.inputNames[0]!]: new Tensor('float32', data, shape) });
  finish({ load: (user + system) / 1000, peak: peakMemory() });
}

void main(process.argv.slice(2));
