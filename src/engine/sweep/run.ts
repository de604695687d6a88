/** Runs the images of a sweep through the network, a batch at a time. */
import { SCORE } from '../../core/cam/transform';
import { ExplainError, errors, toExplainError } from '../../core/errors';
import { itemsOf, type Outputs } from '../../core/target/target';
import { type Batching, batchingForSweep, isFailedRun, SINGLE } from '../runtime/batching';
import { floats, type Session, type Tensor } from '../runtime/runtime';
import { type Explainer, layerOf } from '../sessions/explainer';
import { maskFeeds, numbers, runSize, turn, type Work } from '../sessions/passes';
import type { ReadImage } from './read';

/** What the network makes of one image. */
export interface Passed {
  readonly outputs: Outputs;
  /** The target layer's output, in its own arrangement. */
  readonly activations: Float32Array;
}

export interface Runner {
  /** The number of images of a full batch. It becomes 1 if the model turns out to take no more. */
  size(): number;
  /**
   * @returns for each image, in order, what the network makes of it, or why it can't run on this image
   * @throws cancelled; every failure that other images would meet too
   */
  run(inputs: readonly ReadImage['input'][], work: Work): Promise<readonly (Passed | ExplainError)[]>;
}

/** @param explainer with the part `sweep` */
export function createRunner(explainer: Explainer): Runner {
  const { preprocessing } = explainer.info;
  const size = { width: preprocessing.width.value, height: preprocessing.height.value };
  let batching: Batching = batchingForSweep(explainer.batching, size);
  // Batches share one buffer, since the system clears the memory of each new buffer.
  let buffer = new Float32Array();

  async function pass(inputs: readonly ReadImage['input'][], work: Work): Promise<(Passed | ExplainError)[]> {
    const count = runSize(inputs.length, batching);
    const { tensor, dims } = inputs[0]!;
    if (buffer.length !== count * tensor.length) buffer = new Float32Array(count * tensor.length);
    inputs.forEach((input, i) => {
      buffer.set(input.tensor, i * tensor.length);
    });
    await turn(work);
    const result = await scored(explainer, floats(buffer, [count, ...dims.slice(1)]), count);
    work.passes += count;
    return passedOf(explainer, result, count).slice(0, inputs.length);
  }

  /** One by one, after a batch failed: the model may take only one image, or fail on one of these. */
  async function oneByOne(inputs: readonly ReadImage['input'][], work: Work): Promise<(Passed | ExplainError)[]> {
    const before = batching;
    batching = SINGLE;
    const all: (Passed | ExplainError)[] = [];
    for (const input of inputs) all.push(...(await pass([input], work).catch((thrown) => [ownFailure(thrown)])));
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
    run: async (inputs, work) =>
      inputs.length === 0
        ? []
        : pass(inputs, work).catch((thrown: unknown) => {
            if (inputs.length === 1 && !batching.padded) return [ownFailure(thrown)];
            if (!isFailedRun(thrown)) throw thrown;
            return oneByOne(inputs, work);
          }),
  };
}

/** A large model has no session without the blend: each image is then passed as both inputs of the blend. */
function scored(explainer: Explainer, images: Tensor, count: number): ReturnType<Session['run']> {
  const fetches = [...Object.keys(explainer.fragment.outputs), SCORE.features];
  const { sweep } = explainer.parts;
  if (sweep) return sweep.run({ [SCORE.image]: images }, fetches);
  const { height, width } = layerOf(explainer);
  const hidden = Array.from({ length: count }, () => ({ mask: new Float32Array(height * width) }));
  const blend = { [SCORE.image]: images, [SCORE.blurred]: images, ...maskFeeds(explainer, hidden, count) };
  return explainer.score.run(blend, fetches);
}

function passedOf(
  explainer: Explainer,
  result: Readonly<Record<string, Tensor>>,
  count: number,
): (Passed | ExplainError)[] {
  const { fragment, info } = explainer;
  const names = Object.keys(fragment.outputs);
  const values = Object.fromEntries(names.map((name) => [name, result[name]!.data as Float32Array]));
  const features = result[SCORE.features]!.data as Float32Array;
  const wrong = names.find((name) => values[name]!.length !== count * fragment.outputs[name]!);
  if (wrong) throw errors.runtimeFailed(info.path, `${values[wrong]!.length} scores for ${count} images`);
  const length = features.length / count;
  return itemsOf(fragment, values, count).map((outputs, i) => {
    const activations = features.subarray(i * length, (i + 1) * length);
    try {
      for (const name of names) numbers(explainer, 'class scores', floats(outputs[name]!, []));
      numbers(explainer, 'activations', floats(activations, []));
      return { outputs, activations };
    } catch (thrown) {
      if (thrown instanceof ExplainError && thrown.code === 'not-finite') return thrown;
      throw thrown;
    }
  });
}
