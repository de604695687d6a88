/**
 * Group-CAM in float32 and in int8 or auto for the same images, in turn, each in a service of its own. Time is processor time.
 *
 * Arguments: model, int8 or auto, then images. The first image is not measured: it opens the model and makes the grids.
 */
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { saliencyOf } from '../../../src/core/saliency';
import { similarityOf } from '../../../src/core/sanity/similarity';
import { createService } from '../../../src/engine/service';
import type { Explanation } from '../../../src/protocol/explanation';
import { paramsOf } from '../../support/explain';
import { finish, median } from '../measure';

const PASSES = 33;
const CHUNK = 4;
/** A plain session's passes are measured after each of so many images. */
const EVERY = 5;
const SIDES = ['float32', 'int8'] as const;
type Side = (typeof SIDES)[number];

async function main([model, asked, ...images]: string[]): Promise<void> {
  const services = { float32: createService(), int8: createService() };
  const explain = async (image: string, side: Side) => {
    const precision = side === 'int8' ? asked! : side;
    const params = paramsOf({ image: { path: image }, model: { path: model! }, options: { precision } });
    const before = process.cpuUsage();
    const explanation = await services[side].explain(params, { signal: new AbortController().signal, emit() {} });
    const { user, system } = process.cpuUsage(before);
    return { explanation, milliseconds: (user + system) / 1000 };
  };
  const plain = await plainPasses(model!);
  const isBlank = ({ frame }: Explanation) => saliencyOf(frame).zero;
  const rows: { float32: number; int8: number; isSmall: boolean; plain?: number; spearman?: number }[] = [];
  let renewed = 0;
  for (const [i, image] of images.entries()) {
    const order = i % 2 === 0 ? SIDES : [...SIDES].reverse();
    const made: Partial<Record<Side, Awaited<ReturnType<typeof explain>>>> = {};
    for (const side of order) made[side] = await explain(image, side);
    const [float32, int8] = [made.float32!, made.int8!];
    if (i === 0) continue;
    const isSmall = int8.explanation.precision?.used === 'int8';
    // A pass more than usual is the first one of new grids.
    if (isSmall && int8.explanation.passes > float32.explanation.passes + 1) renewed += 1;
    const [a, b] = [float32.explanation, int8.explanation];
    const spearman = isBlank(a) || isBlank(b) ? {} : { spearman: similarityOf(a.frame, b.frame).spearman };
    const passes = i % EVERY === 0 ? { plain: await plain() } : {};
    rows.push({ float32: float32.milliseconds, int8: int8.milliseconds, isSmall, ...passes, ...spearman });
  }
  const known = rows.flatMap(({ spearman }) => (spearman === undefined ? [] : [spearman])).sort((a, b) => a - b);
  finish({
    images: rows.length,
    blank: rows.length - known.length,
    small: rows.filter(({ isSmall }) => isSmall).length,
    renewed,
    float32: median(rows.map(({ float32 }) => float32)),
    int8: median(rows.map(({ int8 }) => int8)),
    overPlain: median(rows.flatMap(({ int8, plain }) => (plain === undefined ? [] : [int8 / plain]))),
    floatOverPlain: median(rows.flatMap(({ float32, plain }) => (plain === undefined ? [] : [float32 / plain]))),
    mean: mean(rows.map(({ int8 }) => int8)) / mean(rows.map(({ float32 }) => float32)),
    ratio: median(rows.map(({ int8, float32 }) => int8 / float32)),
    median: median(known),
    fifth: known[Math.floor(0.05 * (known.length - 1))],
  });
}

const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

/** Processor time of a plain session's passes, on one thread. */
async function plainPasses(model: string): Promise<() => Promise<number>> {
  const session = await InferenceSession.create(model, { intraOpNumThreads: 1 });
  const [input] = session.inputMetadata;
  const dims = (input!.isTensor ? input!.shape : []).slice(1).map(Number);
  const size = dims.reduce((product, dim) => product * dim, 1);
  const noise = Float32Array.from({ length: CHUNK * size }, () => Math.random() * 2 - 1);
  return async () => {
    const before = process.cpuUsage();
    for (let left = PASSES; left > 0; left -= CHUNK) {
      const count = Math.min(CHUNK, left);
      await session.run({ [input!.name]: new Tensor('float32', noise.subarray(0, count * size), [count, ...dims]) });
    }
    const { user, system } = process.cpuUsage(before);
    return (user + system) / 1000;
  };
}

void main(process.argv.slice(2));
