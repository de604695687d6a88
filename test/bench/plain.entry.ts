/**
 * A plain session, loaded from the model's path with the runtime's defaults: what everything is compared with.
 *
 * Arguments: model, sizes of chunks (separated by commas), repeats. Per chunk, the time of 33 forward passes.
 */
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { finish, median, peakMemory, tellFirst, timed } from './measure';

const PASSES = 33;

async function main([model, sizes, repeats]: string[]): Promise<void> {
  const session = await InferenceSession.create(model!);
  const [input] = session.inputMetadata;
  const dims = (input!.isTensor ? input!.shape : []).slice(1).map(Number);
  const pixels = dims.reduce((product, dim) => product * dim, 1);
  const noise = Float32Array.from({ length: pixels }, () => Math.random() * 2 - 1);
  const batch = (count: number) => {
    const data = new Float32Array(count * pixels);
    for (let i = 0; i < count; i++) data.set(noise, i * pixels);
    return { [input!.name]: new Tensor('float32', data, [count, ...dims]) };
  };
  const run = (count: number) => session.run(batch(count));

  await run(1);
  tellFirst();
  const pass = [];
  for (let i = 0; i < 5; i++) pass.push(await timed(() => run(1)));

  const chunks: Record<number, number> = {};
  for (const size of sizes!.split(',').map(Number)) {
    const times = [];
    await run(size);
    for (let i = 0; i < Number(repeats); i++) {
      times.push(
        await timed(async () => {
          for (let left = PASSES; left > 0; left -= size) await run(Math.min(size, left));
        }),
      );
    }
    chunks[size] = median(times);
  }
  finish({ pass: median(pass), chunks, peak: peakMemory() });
}

void main(process.argv.slice(2));
