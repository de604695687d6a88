/** A network that looks at one image: the sessions of an explainer at work. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { mapsOf } from '../core/arrangement';
import { HEAD } from '../core/cam/head';
import type { FeatureMaps, Network, ScoredChunk } from '../core/cam/network';
import { SCORE } from '../core/cam/transform';
import { ExplainError, errors } from '../core/errors';
import { sizeOf } from '../core/onnx/tensors';
import type { CancelSignal, MethodOptions } from '../core/types';
import { nextChunk, SINGLE } from './batching';
import { blurImage } from './blur';
import type { PreparedInput } from './prepare';
import { floats, type Tensor } from './runtime';
import { type Explainer, isCut } from './sessions';

/** What is known of one image whatever the class, kept for another class of it. */
export interface ImageState {
  readonly input: PreparedInput;
  /** p of every class. */
  readonly probabilities: Float32Array;
  /** The target layer's output, in its own arrangement. */
  readonly activations: Float32Array;
  /** The same as maps. */
  readonly features: FeatureMaps;
  background: Background | undefined;
}

/** The image blurred with one kernel. */
interface Background {
  readonly kernel: number;
  readonly sigma: number;
  readonly blurred: Tensor;
  /** p of every class on it, once it was scored. */
  probabilities: Float32Array | undefined;
}

/** One request's work. */
export interface Work {
  readonly signal: CancelSignal;
  /** Forward passes run so far. */
  passes: number;
}

/** The first pass: probabilities and activations of the image itself. */
export async function probe(
  explainer: Explainer,
  input: PreparedInput,
  options: MethodOptions,
  work: Work,
): Promise<ImageState> {
  const layer = layerOf(explainer);
  const { u, v, channels } = layer;
  const image = imageOf(input);
  const constant = (value: number) => new Float32Array(u * v).fill(value);
  // A padded run has room for the blurred image too. Else, with the image in place of the blurred one, every blend is
  // exactly the image, and the first frame need not wait for the blur.
  const background = explainer.batching.padded ? await blur(explainer, input, options) : undefined;
  const masks = background ? [constant(1), constant(0)] : [constant(0)];
  const scored = await score(explainer, work, image, background?.blurred ?? image, masks, true);
  if (background) background.probabilities = scored.probabilities[1]!;
  const activations = scored.features!.slice(0, sizeOf(layer.shape));
  return {
    input,
    probabilities: scored.probabilities[0]!,
    activations,
    features: { data: mapsOf(activations, layer), channels, u, v },
    background,
  };
}

/** The image as the methods see it. `options` decide the blur. */
export function networkOf(explainer: Explainer, state: ImageState, options: MethodOptions, work: Work): Network {
  const { info } = explainer;
  return {
    features: state.features,
    height: info.preprocessing.height.value,
    width: info.preprocessing.width.value,
    gradient: (target) => gradient(explainer, state, target, work),
    score: (masks) => scoreMasks(explainer, state, masks, options, work),
    blurred: () => state.background!.probabilities!,
  };
}

async function* scoreMasks(
  explainer: Explainer,
  state: ImageState,
  masks: readonly Float32Array[],
  options: MethodOptions,
  work: Work,
): AsyncGenerator<ScoredChunk> {
  const image = imageOf(state.input);
  const background = await backgroundOf(explainer, state, options);
  for (let first = 0; first < masks.length; ) {
    // A mask of zeros leaves the blurred image, whose score rides with the first chunk.
    const rider = background.probabilities ? [] : [new Float32Array(masks[0]!.length)];
    const size = nextChunk(rider.length + masks.length - first, explainer.batching);
    const chunk = [...rider, ...masks.slice(first, first + size - rider.length)];
    const scored = await score(explainer, work, image, background.blurred, chunk).catch(retrySingly(explainer, chunk));
    if (!scored) continue;
    background.probabilities ??= scored.probabilities[0]!;
    const probabilities = scored.probabilities.slice(rider.length, chunk.length);
    if (probabilities.length > 0) yield { first, probabilities };
    first += probabilities.length;
  }
}

/** Some graphs are fixed to one image inside while their input claims to take several: found out by the first chunk. */
function retrySingly(explainer: Explainer, chunk: readonly Float32Array[]) {
  return (thrown: unknown): undefined => {
    const failed = thrown instanceof ExplainError && thrown.code === 'runtime-failed';
    if (!failed || chunk.length === 1) throw thrown;
    explainer.batching = SINGLE;
  };
}

interface Scored {
  /** One array a mask, and one for each mask of the padding. */
  readonly probabilities: readonly Float32Array[];
  /** A of all masks, if asked for. */
  readonly features: Float32Array | undefined;
}

async function score(
  explainer: Explainer,
  work: Work,
  image: Tensor,
  blurred: Tensor,
  masks: readonly Float32Array[],
  withFeatures = false,
): Promise<Scored> {
  const { info, upsampling, batching } = explainer;
  const { u, v } = layerOf(explainer);
  const count = batching.padded ? batching.size : masks.length;
  const data = new Float32Array(count * u * v);
  masks.forEach((mask, i) => {
    data.set(mask, i * u * v);
  });
  await turn(work);
  const result = await explainer.score.run(
    {
      [SCORE.image]: image,
      [SCORE.blurred]: blurred,
      [SCORE.masks]: floats(data, [count, u, v]),
      [SCORE.rows]: upsampling.rows,
      [SCORE.columns]: upsampling.columns,
    },
    withFeatures ? [SCORE.probabilities, SCORE.features] : [SCORE.probabilities],
  );
  work.passes += count;
  const all = numbers(explainer, 'class scores', result[SCORE.probabilities]!);
  const { classes } = info.output;
  if (all.length !== count * classes) throw errors.runtimeFailed(info.path, `${all.length} scores for ${count} images`);
  return {
    probabilities: Array.from({ length: count }, (_, i) => all.slice(i * classes, (i + 1) * classes)),
    features: withFeatures ? numbers(explainer, 'activations', result[SCORE.features]!) : undefined,
  };
}

async function gradient(explainer: Explainer, state: ImageState, target: number, work: Work): Promise<Float32Array> {
  const { info, facts, head } = explainer;
  if (!head) throw errors.internal(`no gradient session for ${info.path}`);
  const layer = layerOf(explainer);
  const cut = isCut(info, layer.tensor);
  const { dims } = facts.get(info.output.logits)!;
  const seed = new Float32Array(sizeOf(dims));
  seed[target] = 1;
  await turn(work);
  const source = cut ? floats(state.activations, layer.shape) : imageOf(state.input);
  const result = await head.run({ [HEAD.source]: source, [HEAD.seed]: floats(seed, dims) }, [HEAD.gradient]);
  if (!cut) work.passes += 1;
  return mapsOf(numbers(explainer, 'gradients', result[HEAD.gradient]!), layer);
}

async function backgroundOf(explainer: Explainer, state: ImageState, options: MethodOptions): Promise<Background> {
  const { background } = state;
  if (background?.kernel === options.blurKernel && background.sigma === options.blurSigma) return background;
  state.background = await blur(explainer, state.input, options);
  return state.background;
}

async function blur({ info }: Explainer, input: PreparedInput, options: MethodOptions): Promise<Background> {
  const { blurKernel: kernel, blurSigma: sigma } = options;
  const blurred = await blurImage(imageOf(input), info.input.layout, kernel, sigma);
  return { kernel, sigma, blurred, probabilities: undefined };
}

/** Lets messages in, of which one may be a cancellation. */
async function turn({ signal }: Work): Promise<void> {
  await nextTurn();
  if (signal.aborted) throw errors.cancelled();
}

/** @throws runtime-failed if a value is not finite: no map is made from such values */
function numbers({ info }: Explainer, what: string, { data }: Tensor): Float32Array {
  const values = data as Float32Array;
  if (!values.every(Number.isFinite))
    throw errors.runtimeFailed(info.path, `its ${what} are not numbers (NaN or infinite) for this image`);
  return values;
}

function imageOf({ tensor, dims }: PreparedInput): Tensor {
  return floats(tensor, dims);
}

function layerOf({ info }: Explainer) {
  return info.layers.find(({ tensor }) => tensor === info.layer.value)!;
}
