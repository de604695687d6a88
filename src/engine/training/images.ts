/** Reads the images of a training, each as the network's input, runs them through the network, and notices those that change meanwhile. */
import { ExplainError } from '../../core/errors';
import { DEFAULT_CHOICE } from '../../core/methods/choice';
import type { ModelInfo } from '../../core/model/info';
import { trainingErrors } from '../../core/training/training-errors';
import { isCurrent, type Stamp, stampOf } from '../../files/stamps';
import type { TrainingImage } from '../../protocol/training';
import { pixelsOf, withPixels } from '../clusters/pixels';
import type { PreparedInput } from '../pictures/prepare';
import { blurImage } from '../sessions/blur';
import { imageOf, type Work } from '../sessions/passes';
import { ahead, createBudget } from '../sweep/ahead';
import { readImage } from '../sweep/read';
import type { Passed, Runner } from '../sweep/run';

export type Input = Omit<PreparedInput, 'milliseconds'>;

export interface Images {
  /** The inputs of images, in the order of the indices. */
  read(indices: Iterable<number>): AsyncGenerator<Input>;
}

/** Inputs that stay in memory, in bytes: an epoch then reads no file that an earlier one has read. */
const KEPT = 2 ** 29;
/** Decoded pictures that may be in memory at a time, in pixels. */
const DECODED = 2 ** 25;
const AHEAD = 16;

/** The state of each image's file as the training begins, by path. */
export type Stamps = ReadonlyMap<string, Stamp>;

/** Files that are looked at at once. */
const PART = 512;

export async function stampsOf(lists: readonly (readonly TrainingImage[])[]): Promise<Stamps> {
  const paths = new Set(lists.flat().flatMap(({ path, pasted }) => (pasted?.from ? [path, pasted.from] : [path])));
  return new Map((await inParts([...paths], stampOf)).map((stamp) => [stamp.path, stamp]));
}

/** Images that have changed or disappeared since, by path. */
export async function changedSince(stamps: Stamps): Promise<readonly string[]> {
  const all = await inParts([...stamps.values()], async (stamp) => ((await isCurrent([stamp])) ? [] : [stamp.path]));
  return all.flat();
}

async function inParts<T, R>(all: readonly T[], act: (one: T) => Promise<R>): Promise<R[]> {
  const done: R[] = [];
  for (let at = 0; at < all.length; at += PART) done.push(...(await Promise.all(all.slice(at, at + PART).map(act))));
  return done;
}

/** The whole input, blurred as the methods blur. */
async function blurredOf(input: Input, { input: { layout } }: Pick<ModelInfo, 'input'>): Promise<Float32Array> {
  const { kernel, sigma } = DEFAULT_CHOICE.blur;
  return (await blurImage(imageOf({ ...input, milliseconds: 0 }), layout, kernel, sigma)).data as Float32Array;
}

/**
 * @param list read in the order in which they are asked for
 * @param stamps of their files; one that is no longer so is not read
 */
export function imagesOf(list: readonly TrainingImage[], info: ModelInfo, stamps: Stamps): Images {
  const { width, height } = info.preprocessing;
  const size = { width: width.value, height: height.value };
  const budget = createBudget(DECODED);
  const kept = new Map<number, Input>();
  let bytes = 0;
  const read = async (path: string): Promise<Input> => {
    const found = await readImage(path, info, undefined, budget).catch((thrown: unknown) => ({ thrown }));
    if (!(await isCurrent([stamps.get(path)!]))) throw trainingErrors.imageChanged(path);
    if ('thrown' in found) throw found.thrown;
    return found.input;
  };
  const inputOf = async ({ path, pasted }: TrainingImage): Promise<Input> => {
    const input = await read(path);
    if (!pasted) return input;
    const tensor = pasted.from === undefined ? await blurredOf(input, info) : (await read(pasted.from)).tensor;
    return { ...input, tensor: withPixels(input.tensor, tensor, pixelsOf(pasted.cells, size), info) };
  };
  const load = async (index: number): Promise<Input> => {
    const known = kept.get(index);
    if (known) return known;
    const input = await inputOf(list[index]!);
    if (!kept.has(index) && bytes + input.tensor.byteLength <= KEPT) {
      kept.set(index, input);
      bytes += input.tensor.byteLength;
    }
    return input;
  };
  return { read: (indices) => ahead(indices, AHEAD, load) };
}

/** What the network makes of images, a batch at a time. */
export async function* passesOf(
  runner: Runner,
  inputs: AsyncIterable<Input>,
  work: Work,
): AsyncGenerator<{ readonly input: Input; readonly passed: Passed }> {
  let batch: Input[] = [];
  const run = async () => {
    const results = await runner.run(batch, work);
    const all = results.map((passed, i) => {
      if (passed instanceof ExplainError) throw passed;
      return { input: batch[i]!, passed };
    });
    batch = [];
    return all;
  };
  for await (const input of inputs) {
    batch.push(input);
    if (batch.length >= runner.size()) yield* await run();
  }
  if (batch.length > 0) yield* await run();
}
