/**
 * The rate of a sweep, with and without maps, and of a plain loop over the same images: they are read and prepared by the
 * same code, sharp makes thumbnails, and a session with default options runs the passes, while the next images are read.
 *
 * Arguments: model, a JSON file with the images' paths, rounds, longer side of thumbnails, whether the plain loop makes
 * thumbnails (images that are small enough are their own), sizes of its chunks. In each round all three are timed in turn.
 */
import { readFileSync } from 'node:fs';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import sharp from 'sharp';
import type { ModelInfo } from '../../src/core/model/info';
import { prepareInput } from '../../src/engine/pictures/prepare';
import { createService } from '../../src/engine/service';
import { ahead } from '../../src/engine/sweep/ahead';
import { finish, median, peakMemory, timed } from './measure';

/** Images that a plain user reads ahead of the network. */
const AHEAD = 48;
/** Images by which the sizes of chunks are compared. */
const TRIAL = 128;
const TRIALS = 3;

async function main([model, list, rounds, side, thumbnails, sizes]: string[]): Promise<void> {
  const files: string[] = JSON.parse(readFileSync(list!, 'utf8'));
  const service = createService();
  const info = await service.inspect({ model: { path: model! } }, silent);
  const session = await InferenceSession.create(model!);
  const plain = (chunk: number, some: readonly string[]) =>
    readAndRun(session, info, some, chunk, thumbnails === 'true' ? Number(side) : undefined);
  const sweep = (maps: boolean, some: readonly string[]) =>
    service.sweep(
      {
        model: { path: model! },
        device: 'cpu',
        images: some.map((path, id) => ({ id, path, truth: [] })),
        top: 5,
        thumbnail: Number(side),
        maps,
      },
      silent,
    );

  const trial = files.slice(0, TRIAL);
  await sweep(true, trial);
  const chunks: { chunk: number; time: number }[] = [];
  for (const chunk of sizes!.split(',').map(Number)) {
    await plain(chunk, trial.slice(0, chunk));
    const times = [];
    for (let i = 0; i < TRIALS; i++) times.push(await timed(() => plain(chunk, trial)));
    chunks.push({ chunk, time: median(times) });
  }
  const { chunk } = chunks.reduce((a, b) => (a.time <= b.time ? a : b));

  const times = { plain: [] as number[], maps: [] as number[], predictions: [] as number[] };
  for (let round = 0; round < Number(rounds); round++) {
    times.plain.push(await timed(() => plain(chunk, files)));
    times.maps.push(await timed(() => sweep(true, files)));
    times.predictions.push(await timed(() => sweep(false, files)));
  }
  const ratios = times.plain.map((time, i) => time / times.maps[i]!);
  const added = times.maps.map((time, i) => time / times.predictions[i]! - 1);
  const rate = (of: readonly number[]) => (1000 * files.length) / median(of);
  finish({
    images: files.length,
    chunk,
    ratio: median(ratios),
    ratios,
    added: median(added),
    rates: { plain: rate(times.plain), maps: rate(times.maps), predictions: rate(times.predictions) },
    peak: peakMemory(),
  });
}

async function readAndRun(
  session: InferenceSession,
  info: ModelInfo,
  files: readonly string[],
  chunk: number,
  side: number | undefined,
): Promise<number[]> {
  const read = ahead(files, AHEAD, async (path) => {
    const [{ tensor, dims, transform }, thumbnail] = await Promise.all([
      prepareInput({ path }, info),
      side && sharp(path).rotate().resize(side, side, { fit: 'inside' }).webp().toBuffer(),
    ]);
    return { tensor, dims, transform, thumbnail };
  });
  const predicted: number[] = [];
  let waiting: { tensor: Float32Array; dims: readonly number[] }[] = [];
  const run = async () => {
    const [{ tensor, dims }] = waiting as [{ tensor: Float32Array; dims: readonly number[] }];
    const data = new Float32Array(waiting.length * tensor.length);
    waiting.forEach((one, i) => {
      data.set(one.tensor, i * tensor.length);
    });
    const feeds = { [info.input.name]: new Tensor('float32', data, [waiting.length, ...dims.slice(1)]) };
    const scores = (await session.run(feeds, [info.output.name]))[info.output.name]!.data as Float32Array;
    const classes = scores.length / waiting.length;
    waiting.forEach((_, i) => {
      const own = scores.subarray(i * classes, (i + 1) * classes);
      predicted.push(own.reduce((best, value, index) => (value > own[best]! ? index : best), 0));
    });
    waiting = [];
  };
  for await (const one of read) {
    waiting.push(one);
    if (waiting.length === chunk) await run();
  }
  if (waiting.length > 0) await run();
  return predicted;
}

const silent = { signal: new AbortController().signal, emit: () => {} };

void main(process.argv.slice(2));
