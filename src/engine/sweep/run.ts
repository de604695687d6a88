/** Runs the images of a sweep through the network, a batch at a time. */
import { GRADIENT } from '../../core/cam/gradient';
import { SCORE } from '../../core/cam/transform';
import { ExplainError, errors, toExplainError } from '../../core/errors';
import { probabilitiesOf } from '../../core/target/class-scores';
import { itemsOf, type Outputs } from '../../core/target/target';
import { topClasses } from '../explanations/class-choice';
import { type Batching, batchingForSweep, isFailedRun, SINGLE } from '../runtime/batching';
import { floats, type Session, type Tensor } from '../runtime/runtime';
import { checkApart, copiesAlone } from '../sessions/apart';
import { type Explainer, layerOf } from '../sessions/explainer';
import { copiesOf, maskFeeds, numbers, runSize, tensorsRead, turn, type Work } from '../sessions/passes';
import type { AskedClasses, BatchWay, Results } from './batch-way';
import type { ReadImage } from './read';

/** What the network makes of one image. */
export interface Passed {
  readonly outputs: Outputs;
  /** The target layer's output, in its own arrangement. */
  readonly activations: Float32Array;
  /** That of `startInUse`, if it is neither the target layer nor the input. */
  readonly start?: Float32Array;
  /** That of a class, if a graph has made it with the rest; in the layer's arrangement. */
  readonly gradient?: { readonly class: number; readonly values: Float32Array };
}

/** How maps can be made with the pass of a batch. */
export interface MapsWay {
  readonly batch: BatchWay;
  /** From 0 to 1; empty for what has no map. */
  map(input: ReadImage['input'], passed: Passed, asked: number | undefined, work: Work): Promise<Float32Array>;
}

export interface Runner {
  /** The number of images of a full batch. It becomes 1 if the model turns out to take no more. */
  size(): number;
  /**
   * @param classes whose maps are asked for; by default the most probable ones
   * @returns for each image, in order, what the network makes of it, or why it can't run on this image
   * @throws cancelled; every failure that other images would meet too
   */
  run(
    inputs: readonly ReadImage['input'][],
    work: Work,
    classes?: AskedClasses,
  ): Promise<readonly (Passed | ExplainError)[]>;
}

type Answers = (Passed | ExplainError)[];

/** @param explainer with the part `sweep` */
export function createRunner(explainer: Explainer, way?: MapsWay): Runner {
  const { preprocessing } = explainer.info;
  const size = { width: preprocessing.width.value, height: preprocessing.height.value };
  let batching: Batching = batchingForSweep(explainer.batching, size);
  // Batches share one buffer, since the system clears the memory of each new buffer.
  let buffer = new Float32Array();

  async function pass(inputs: readonly ReadImage['input'][], classes: AskedClasses, work: Work): Promise<Answers> {
    const count = runSize(inputs.length, batching);
    const { tensor, dims } = inputs[0]!;
    if (buffer.length !== count * tensor.length) buffer = new Float32Array(count * tensor.length);
    inputs.forEach((input, i) => {
      buffer.set(input.tensor, i * tensor.length);
    });
    await turn(work);
    const images = floats(buffer, [count, ...dims.slice(1)]);
    const single = () => scored(explainer, images, count);
    const all = (result: Results) => passedOf(explainer, result, count, classes);
    const maps = (result: Results) => mapsOf(inputs, all(result).slice(0, inputs.length), classes, work);
    const rival = { passes: async () => maps(await single()), mapsOf: maps };
    const result = (await way?.batch.run(images, classes, rival)) ?? (await single());
    const passed = all(result);
    const together = passed.map((one) => (one instanceof ExplainError ? undefined : one.outputs));
    const last = inputs.length - 1;
    if (count > 1)
      await checkApart(explainer, together, last, async () => {
        const copies = copiesAlone(batching);
        const same = await scored(explainer, copiesOf(images, last, copies), copies);
        const [alone] = passedOf(explainer, same, copies, []);
        if (alone instanceof ExplainError) throw alone;
        return alone!.outputs;
      });
    work.passes += count;
    return passed.slice(0, inputs.length);
  }

  async function mapsOf(
    inputs: readonly ReadImage['input'][],
    answers: Answers,
    classes: AskedClasses,
    work: Work,
  ): Promise<Float32Array[]> {
    const maps: Float32Array[] = [];
    for (const [i, passed] of answers.entries())
      maps.push(
        passed instanceof ExplainError ? new Float32Array() : await way!.map(inputs[i]!, passed, classes[i], work),
      );
    return maps;
  }

  /** One by one, after a batch failed: the model may take only one image, or fail on one of these. */
  async function oneByOne(inputs: readonly ReadImage['input'][], classes: AskedClasses, work: Work): Promise<Answers> {
    const before = batching;
    batching = SINGLE;
    const all: Answers = [];
    for (const [i, input] of inputs.entries())
      all.push(...(await pass([input], [classes[i]], work).catch((thrown) => [ownFailure(thrown)])));
    if (!all.some((one) => one instanceof ExplainError)) explainer.batching = SINGLE;
    else batching = before;
    return all;
  }

  function ownFailure(thrown: unknown): ExplainError {
    // A device that fails may fail on every image; `auto` then goes on with the CPU.
    if (!isFailedRun(thrown) || explainer.device !== 'cpu') throw thrown;
    return toExplainError(thrown);
  }

  return {
    size: () => batching.size,
    run: async (inputs, work, classes = []) =>
      inputs.length === 0
        ? []
        : pass(inputs, classes, work).catch((thrown: unknown) => {
            if (inputs.length === 1 && !batching.padded) return [ownFailure(thrown)];
            if (!isFailedRun(thrown)) throw thrown;
            return oneByOne(inputs, classes, work);
          }),
  };
}

/** A large model has no session without the blend: each image is then passed as both inputs of the blend. */
function scored(explainer: Explainer, images: Tensor, count: number): ReturnType<Session['run']> {
  const fetches = [...Object.keys(explainer.fragment.outputs), ...tensorsRead(explainer)];
  const { sweep } = explainer.parts;
  if (sweep) return sweep.run({ [SCORE.image]: images }, fetches);
  const { height, width } = layerOf(explainer);
  const hidden = Array.from({ length: count }, () => ({ mask: new Float32Array(height * width) }));
  const blend = { [SCORE.image]: images, [SCORE.blurred]: images, ...maskFeeds(explainer, hidden, count) };
  return explainer.score.run(blend, fetches);
}

function passedOf(explainer: Explainer, result: Results, count: number, classes: AskedClasses): Answers {
  const { fragment, info } = explainer;
  const names = Object.keys(fragment.outputs);
  const values = Object.fromEntries(names.map((name) => [name, result[name]!.data as Float32Array]));
  const features = result[SCORE.features]!.data as Float32Array;
  const wrong = names.find((name) => values[name]!.length !== count * fragment.outputs[name]!);
  if (wrong) throw errors.runtimeFailed(info.path, `${values[wrong]!.length} scores for ${count} images`);
  const slopes = result[GRADIENT.gradient]?.data as Float32Array | undefined;
  const starts = result[SCORE.start]?.data as Float32Array | undefined;
  const length = features.length / count;
  return itemsOf(fragment, values, count).map((outputs, i) => {
    const activations = features.subarray(i * length, (i + 1) * length);
    try {
      for (const name of names) numbers(explainer, 'class scores', floats(outputs[name]!, []));
      const start = starts?.subarray((i * starts.length) / count, ((i + 1) * starts.length) / count);
      for (const values of [activations, ...(start ? [start] : [])])
        numbers(explainer, 'activations', floats(values, []));
      const gradient = slopes && {
        class: classes[i] ?? topClasses(probabilitiesOf(outputs), 1)[0]!,
        values: slopes.subarray(i * length, (i + 1) * length),
      };
      return { outputs, activations, ...(start && { start }), ...(gradient && { gradient }) };
    } catch (thrown) {
      if (thrown instanceof ExplainError && thrown.code === 'not-finite') return thrown;
      throw thrown;
    }
  });
}
