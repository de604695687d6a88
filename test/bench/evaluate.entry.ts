/**
 * How fast an evaluation is, over plain forward passes, and whether its memory grows. Run by hand; docs/evaluate.md has the
 * results and how to get them.
 *
 * Arguments: model, list of images (.csv), folder for the report, rounds of plain passes before and after.
 */
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { evaluate } from '../../src/cli/evaluate/evaluate';
import type { Terminal } from '../../src/cli/terminal';
import { createService } from '../../src/engine/service';
import { median, timed } from './measure';

const CHUNKS = [1, 4, 8, 16];

/** Passes a second of a plain session with the runtime's defaults, in the chunks that are fastest for it. */
async function plainRate(model: string, rounds: number): Promise<number> {
  const session = await InferenceSession.create(model);
  const [input] = session.inputMetadata;
  const dims = (input!.isTensor ? input!.shape : []).slice(1).map(Number);
  const rates: number[] = [];
  for (const size of CHUNKS) {
    const data = new Float32Array(size * dims.reduce((product, dim) => product * dim, 1)).fill(0.5);
    const run = () => session.run({ [input!.name]: new Tensor('float32', data, [size, ...dims]) });
    await run();
    const times: number[] = [];
    for (let i = 0; i < rounds; i++) times.push(await timed(run));
    rates.push((1000 * size) / median(times));
  }
  await session.release();
  return Math.max(...rates);
}

async function main([model, list, report, rounds]: string[]): Promise<void> {
  const before = await plainRate(model!, Number(rounds));
  const resident: number[] = [];
  let rate = Number.NaN;
  const terminal: Terminal = {
    signal: new AbortController().signal,
    put() {},
    fail() {},
    say(text) {
      rate = Number(/([\d.e+]+) a second/.exec(text)?.[1] ?? rate);
      const done = /^(\d+) of/.exec(text)?.[1];
      if (done) resident.push(Math.round(process.memoryUsage().rss / 2 ** 20));
    },
  };
  await evaluate(
    list!,
    {
      model: model!,
      methods: ['group-cam', 'grad-cam'],
      metrics: ['insertion', 'deletion'],
      baselines: true,
      seed: 0,
      device: 'cpu',
      report: report!,
    },
    createService,
    terminal,
  );
  const after = await plainRate(model!, Number(rounds));
  console.log(
    JSON.stringify({ before, rate, after, share: rate / median([before, (before + after) / 2, after]), resident }),
  );
}

void main(process.argv.slice(2));
