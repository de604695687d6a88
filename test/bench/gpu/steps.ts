/** What is measured of a model on a device. */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { EXPORTED } from '../../../src/core/export/names';
import { DEFAULT_CHOICE } from '../../../src/core/methods/choice';
import { saliencyOf } from '../../../src/core/saliency';
import { providersFor } from '../../../src/engine/runtime/providers';
import type { Device } from '../../../src/protocol/devices';
import type { ModelChoice, Service } from '../../../src/protocol/requests';
import { explainWith } from '../../support/explain';
import { median, timed } from '../measure';
import type { Figure } from './figures';
import { waysOf } from './ways';

export interface Subject {
  readonly service: Service;
  readonly name: string;
  readonly model: ModelChoice & { readonly path: string };
  readonly device: Device;
  /** Pictures, of which each explanation gets one that it has not seen. */
  readonly pictures: readonly string[];
  readonly repeat: number;
  /** A folder for files. */
  readonly scratch: string;
  /** The PyTorch peer: its script, and the name of the same network there; undefined where there is none. */
  readonly peer: { readonly script: string; readonly network: string } | undefined;
}

/** A figure without the name of its step, or with a name of its own. */
type Found = Omit<Figure, 'model' | 'what'> & Partial<Pick<Figure, 'what'>>;

/** What a step leaves to those after it. */
export interface Known {
  /** Milliseconds of Group-CAM. */
  ours?: number;
  /** Milliseconds of 33 plain passes, and of one image in the fastest chunk. */
  plain?: { readonly passes: number; readonly image: number; readonly chunk: number };
}

const PASSES = 33;
const CHUNKS = [1, 8, 33];
/** Images of a sweep, and of one where those before it took so long that the time would not be enough. */
const SWEPT = 64;
const FEW_SWEPT = 16;
const SLOW_MILLISECONDS = 10_000;
const silent = { signal: new AbortController().signal, emit() {} };

/** Trailing bytes change nothing of a picture, and make another one of it for the engine. */
let unseen = 0;
function imageOf({ pictures }: Subject) {
  unseen += 1;
  const file = pictures[unseen % pictures.length]!;
  return { bytes: Buffer.concat([readFileSync(file), Buffer.from(`${unseen}`)]), name: path.basename(file) };
}

const explain = async (subject: Subject, image: ReturnType<typeof imageOf>, device = subject.device) =>
  (await explainWith(subject.service, { image, model: subject.model, device })).explanation;

/** Both maps are brought to [0, 1]. */
async function agreement(subject: Subject): Promise<Found> {
  let worst = 0;
  const count = Math.min(3, subject.pictures.length);
  for (let i = 0; i < count; i++) {
    const image = imageOf(subject);
    const [here, there] = [await explain(subject, image, 'cpu'), await explain(subject, image)];
    const [a, b] = [saliencyOf(here.frame).map, saliencyOf(there.frame).map];
    if (here.class !== there.class) return { measured: 1, ...AGREES, detail: `another class in ${image.name}` };
    worst = a.reduce((most, value, k) => Math.max(most, Math.abs(value - b[k]!)), worst);
  }
  return { measured: worst, ...AGREES, detail: `largest difference of ${count} maps` };
}

const AGREES = { limit: { bound: 1e-3, by: 'at most' }, isNeeded: true } as const;

async function plainPasses(subject: Subject, known: Known): Promise<Found> {
  const session = await InferenceSession.create(subject.model.path, {
    executionProviders: providersFor(subject.device),
    logSeverityLevel: 4,
  });
  const [input] = session.inputMetadata;
  const dims = (input!.isTensor ? input!.shape : []).slice(1).map(Number);
  const pixels = dims.reduce((product, dim) => product * dim, 1);
  const noise = Float32Array.from({ length: 33 * pixels }, (_, i) => ((i * 7919) % 2001) / 1000 - 1);
  const run = (size: number) =>
    session.run({ [input!.name]: new Tensor('float32', noise.subarray(0, size * pixels), [size, ...dims]) });
  const found: NonNullable<Known['plain']>[] = [];
  try {
    for (const chunk of CHUNKS) {
      await run(chunk);
      // The last run is full too: a shape that is new to a device is tuned.
      const rounds = Math.ceil(PASSES / chunk);
      const times: number[] = [];
      for (let i = 0; i < subject.repeat; i++)
        times.push(
          await timed(async () => {
            for (let k = 0; k < rounds; k++) await run(chunk);
          }),
        );
      const image = median(times) / (rounds * chunk);
      found.push({ passes: PASSES * image, image, chunk });
    }
  } finally {
    await session.release();
  }
  known.plain = found.reduce((a, b) => (a.image <= b.image ? a : b));
  const each = found.map(({ image, chunk }) => `${image.toFixed(2)} in chunks of ${chunk}`).join(', ');
  return { measured: known.plain.passes, detail: `ms for 33 passes; ms an image: ${each}` };
}

async function groupCam(subject: Subject, known: Known): Promise<Found> {
  await explain(subject, imageOf(subject));
  const times: number[] = [];
  for (let i = 0; i < subject.repeat; i++) times.push((await explain(subject, imageOf(subject))).milliseconds.total);
  known.ours = median(times);
  if (!known.plain) return { measured: undefined, detail: 'without plain passes there is nothing to compare with' };
  return {
    measured: known.ours / known.plain.passes,
    limit: { bound: 1.2, by: 'at most' },
    detail: `${known.ours.toFixed(1)} over ${known.plain.passes.toFixed(1)} ms; plain chunks of ${known.plain.chunk}`,
  };
}

async function oneGraph(subject: Subject, known: Known): Promise<Found> {
  const output = path.join(subject.scratch, `${subject.name}.explained.onnx`);
  const { method, options, blur } = DEFAULT_CHOICE;
  const choice = { method, options, blur, class: 'top', size: 'layer', external: 'pack' } as const;
  await subject.service.export({ ...choice, model: subject.model, output }, silent);
  const session = await InferenceSession.create(output, {
    executionProviders: providersFor(subject.device),
    logSeverityLevel: 4,
  });
  try {
    const [input] = session.inputMetadata;
    const dims = [1, ...(input!.isTensor ? input!.shape : []).slice(1).map(Number)];
    const data = Float32Array.from({ length: dims.reduce((a, b) => a * b) }, (_, i) => ((i * 7919) % 2001) / 1000 - 1);
    const run = () => session.run({ [input!.name]: new Tensor('float32', data, dims) }, [EXPORTED.saliency]);
    await run();
    const times: number[] = [];
    for (let i = 0; i < subject.repeat; i++) times.push(await timed(run));
    if (known.ours === undefined) return { measured: undefined, detail: `${median(times).toFixed(1)} ms` };
    const ratio = median(times) / known.ours;
    return { measured: ratio, detail: `${median(times).toFixed(1)} over ${known.ours.toFixed(1)} ms` };
  } finally {
    await session.release();
  }
}

async function ways(subject: Subject): Promise<readonly Found[]> {
  const { method, options } = DEFAULT_CHOICE;
  let image = imageOf(subject);
  const explained: Parameters<typeof waysOf>[0] = async (service, precision, isNext) => {
    if (isNext) image = imageOf(subject);
    const { model, device } = subject;
    return (await explainWith(service, { image, model, device, method, options: { ...options, precision } }))
      .explanation;
  };
  return waysOf(explained, subject.repeat);
}

async function sweep(subject: Subject, known: Known): Promise<Found> {
  const { service, model, device, pictures } = subject;
  const images = (count: number) =>
    Array.from({ length: count }, (_, id) => ({ id, path: pictures[id % pictures.length]!, truth: [] }));
  const run = (count: number) => service.sweep({ model, device, images: images(count), top: 5, maps: true }, silent);
  const isSlow = (await timed(() => run(FEW_SWEPT))) > SLOW_MILLISECONDS;
  const swept = isSlow ? FEW_SWEPT : SWEPT;
  const milliseconds = (await timed(() => run(swept))) / swept;
  const perSecond = (each: number) => Number((1000 / each).toPrecision(3));
  const rate = `${perSecond(milliseconds)} images a second, ${swept} read from files`;
  if (!known.plain) return { measured: undefined, detail: rate };
  const { image } = known.plain;
  return { measured: image / milliseconds, detail: `${rate}; plain passes of noise ${perSecond(image)}` };
}

async function peer({ peer: other, device, repeat }: Subject, known: Known): Promise<Found> {
  if (!other) return { measured: undefined, detail: 'this network is not one of torchvision' };
  const place = device === 'cpu' ? 'cpu' : 'cuda';
  const { status, stdout, stderr } = spawnSync(
    'python3',
    [other.script, 'time', other.network, place, String(repeat)],
    { encoding: 'utf8', timeout: 120_000 },
  );
  if (status !== 0) {
    const [last] = stderr.trim().split('\n').slice(-1);
    return { measured: undefined, detail: `PyTorch does not run here: ${last || `status ${status}`}` };
  }
  const { milliseconds, where } = JSON.parse(stdout.trim().split('\n').at(-1)!);
  if (known.ours === undefined) return { measured: undefined, detail: `${milliseconds} ms on ${where}` };
  return {
    measured: known.ours / milliseconds,
    limit: { bound: 0.5, by: 'at most' },
    detail: `${known.ours.toFixed(1)} over ${milliseconds.toFixed(1)} ms, PyTorch on ${where}`,
  };
}

type Step = (subject: Subject, known: Known) => Promise<Found | readonly Found[]>;
/** In the order in which they are wanted if time runs out. */
export const STEPS: readonly (readonly [what: string, step: Step])[] = [
  ['map on the device against the CPU', agreement],
  ['33 plain passes', plainPasses],
  ['Group-CAM over 33 plain passes', groupCam],
  ['ways to run Group-CAM', ways],
  ['Group-CAM over PyTorch', peer],
  ['rate of a sweep with maps over plain passes', sweep],
  ['exported graph over Group-CAM', oneGraph],
];
