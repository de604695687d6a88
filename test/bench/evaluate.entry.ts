/**
 * Measures the speed of an evaluation relative to plain forward passes, and its memory. Run it by hand;
 * docs/evaluate.md has the results and the command.
 *
 * The machine's own speed changes from minute to minute, so plain passes are timed after every map, and their time is
 * subtracted from the evaluation's.
 *
 * Arguments: model, list of images (.csv), folder for the report.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { evaluate } from '../../src/cli/evaluate/evaluate';
import type { Terminal } from '../../src/cli/terminal';
import { createService } from '../../src/engine/service';
import type { Service } from '../../src/protocol/requests';
import { median, timed } from './measure';

const CHUNKS = [1, 2, 4, 8, 16];
/** Images in a row that the chunks are compared by. */
const TRIAL = 200;
/** Images in a row after every map. */
const SAMPLE = 40;
/** The runtime's threads go on spinning after a run; they must not take the cores from the evaluation. */
const SPIN = 100;

/** Milliseconds an image takes a plain session with the runtime's defaults, in the chunks that are fastest for it. */
async function openPlain(model: string): Promise<() => Promise<number>> {
  const session = await InferenceSession.create(model);
  const [input] = session.inputMetadata;
  const dims = (input!.isTensor ? input!.shape : []).slice(1).map(Number);
  const inChunksOf = (size: number) => {
    const data = new Float32Array(size * dims.reduce((product, dim) => product * dim, 1)).fill(0.5);
    const tensor = new Tensor('float32', data, [size, ...dims]);
    return async (images: number) => {
      const times: number[] = [];
      for (let i = 0; i < images; i += size) times.push(await timed(() => session.run({ [input!.name]: tensor })));
      return median(times) / size;
    };
  };
  const runs = CHUNKS.map(inChunksOf);
  const times: number[] = [];
  for (const run of [...runs, ...runs]) times.push(await run(TRIAL));
  const best = times.indexOf(Math.min(...times)) % CHUNKS.length;
  console.log(`plain passes in chunks of ${CHUNKS[best]}`);
  return () => runs[best]!(SAMPLE);
}

async function main([model, list, report]: string[]): Promise<void> {
  const plain = await openPlain(model!);
  const times: number[] = [];
  const resident: number[] = [];
  let [begun, ended, elsewhere, passes] = [0, 0, 0, 0];

  const service = (): Service => {
    const inner = createService();
    return {
      ...inner,
      explain: async (params, context) => {
        begun ||= performance.now();
        const explanation = await inner.explain(params, context);
        passes += explanation.passes;
        return explanation;
      },
      measure: async (params, context) => {
        const measurement = await inner.measure(params, context);
        passes += measurement.passes;
        ended = performance.now() - elsewhere;
        elsewhere += await timed(async () => {
          times.push(await plain());
          await pause(SPIN);
        });
        return measurement;
      },
    };
  };
  const terminal: Terminal = {
    signal: new AbortController().signal,
    put() {},
    fail() {},
    say(text) {
      if (/^\d+ of/.test(String(text))) resident.push(Math.round(process.memoryUsage().rss / 2 ** 20));
    },
  };
  const options = { methods: ['group-cam', 'grad-cam'], metrics: ['insertion', 'deletion'] } as const;
  await evaluate(
    list!,
    { model: model!, ...options, baselines: true, seed: 0, device: 'cpu', report: report! },
    service,
    terminal,
  );
  const rate = (1000 * passes) / (ended - begun);
  const plainRate = 1000 / (times.reduce((sum, time) => sum + time, 0) / times.length);
  const [fast, slow] = [Math.min(...times), Math.max(...times)].map((time) => Math.round(1000 / time));
  console.log(JSON.stringify({ passes, rate, plainRate, fast, slow, share: rate / plainRate, resident }));
}

void main(process.argv.slice(2));
