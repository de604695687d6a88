/** One image in a network: its state, and the runs of the score session. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { SCORE } from '../../core/cam/transform';
import { errors } from '../../core/errors';
import type { Blur } from '../../core/methods/choice';
import type { Background, WithMask } from '../../core/methods/network';
import type { UsedPrecision } from '../../core/methods/precision';
import { startInUse } from '../../core/model/info';
import { mapsOf } from '../../core/model/layers/arrangement';
import { sizeOf } from '../../core/onnx/tensors';
import { type Fragment, itemsOf, type Outputs, type Target } from '../../core/target/target';
import type { UsedWay } from '../../protocol/explanation';
import type { CancelSignal } from '../../protocol/requests';
import type { PreparedInput } from '../pictures/prepare';
import { isFailedRun, SINGLE } from '../runtime/batching';
import { floats, type Session, type Tensor } from '../runtime/runtime';
import { checkApart, copiesAlone } from './apart';
import { blurImage } from './blur';
import type { Due } from './due';
import { type Backdrop, type Explainer, type ImageState, layerOf, placesOf } from './explainer';

/** The work of one request. */
export interface Work {
  readonly signal: CancelSignal;
  /** Number of passes so far. */
  passes: number;
  /** What blends were scored in, if another precision than float32 was asked for. */
  precision?: UsedPrecision | undefined;
  /** How the network was asked, if that was chosen. */
  way?: UsedWay;
  /** Whether a gradient had a value other than 0; undefined before the first gradient. */
  hasSlope?: boolean | undefined;
  /** When estimates are worth what they cost; without it, a method shows those that come after certain passes. */
  readonly due?: Due;
  /** Waits while more urgent work is done. */
  readonly pause?: () => Promise<void>;
}

/** The first pass: scores and activations of the image itself. */
export async function firstPass(
  explainer: Explainer,
  input: PreparedInput,
  blur: Blur,
  work: Work,
): Promise<ImageState> {
  const { padded } = explainer.batching;
  try {
    return await passOf(explainer, input, blur, work);
  } catch (thrown) {
    // A padded run is one of several images, which the model may not take, or mix; see `inChunks`.
    if (!isFailedRun(thrown) || !padded) throw thrown;
    explainer.batching = SINGLE;
    return passOf(explainer, input, blur, work);
  }
}

async function passOf(explainer: Explainer, input: PreparedInput, blur: Blur, work: Work): Promise<ImageState> {
  const layer = layerOf(explainer);
  const { height, width, channels } = layer;
  const image = imageOf(input);
  const constant = (value: number) => layerMask(explainer, value);
  // A padded run has room for the blurred image too. Otherwise the image itself is passed as the blurred one: every
  // blend is then exactly the image, and the first frame does not have to wait for the blur.
  const blurred = explainer.batching.padded ? await blurredBy(explainer, input, blur) : undefined;
  const masks = blurred ? [constant(1), constant(0)] : [constant(0)];
  const { outputs, features, start } = await score(explainer, work, image, blurred?.tensor ?? image, masks, {
    withFeatures: true,
  });
  if (blurred) blurred.outputs = outputs[1]!;
  const activations = features!.slice(0, sizeOf(layer.shape));
  return {
    outputs: outputs[0]!,
    input,
    activations,
    start: start?.slice(0, sizeOf(startInUse(explainer.info).shape)),
    features: { data: mapsOf(activations, layer), channels, height, width },
    backgrounds: blurred ? { blurred } : {},
  };
}

export async function backdropOf(
  explainer: Explainer,
  state: ImageState,
  kind: Background,
  blur: Blur,
): Promise<Backdrop> {
  const known = state.backgrounds[kind];
  if (known && (kind === 'zero' || known.key === keyOf(blur))) return known;
  const made = kind === 'zero' ? nothing(state.input) : await blurredBy(explainer, state.input, blur);
  state.backgrounds[kind] = made;
  return made;
}

function nothing({ tensor, dims }: PreparedInput): Backdrop {
  return { tensor: floats(new Float32Array(tensor.length), dims), key: '', outputs: undefined };
}

async function blurredBy({ info }: Explainer, input: PreparedInput, blur: Blur): Promise<Backdrop> {
  const tensor = await blurImage(imageOf(input), info.input.layout, blur.kernel, blur.sigma);
  return { tensor, key: keyOf(blur), outputs: undefined };
}

const keyOf = ({ kernel, sigma }: Blur) => `${kernel} ${sigma}`;

/** A mask of the layer's size that keeps the same share of the image everywhere. */
export function layerMask(explainer: Explainer, value: number): WithMask {
  const { height, width } = layerOf(explainer);
  return { mask: new Float32Array(height * width).fill(value) };
}

interface Scored {
  /** What targets read, one for each mask. */
  readonly outputs: readonly Outputs[];
  /** A for all masks, if requested. */
  readonly features: Float32Array | undefined;
  /** The values of `startInUse` with them, if they are neither A nor the image. */
  readonly start: Float32Array | undefined;
}

interface ScoreOptions {
  readonly withFeatures?: boolean;
  /** By default the score session in float32. */
  readonly session?: Session;
  /** False if no other explanation may run before it. */
  readonly pauses?: boolean;
  /** True where it is timed: it is run once, and not compared with the image alone. */
  readonly isTimed?: boolean;
}

/**
 * Scores the blends of an image and a backdrop, or of one image and backdrop for each mask; see `scoreGraph`.
 *
 * @param masks at most one chunk
 */
export async function score(
  explainer: Explainer,
  work: Work,
  image: Tensor,
  blurred: Tensor,
  masks: readonly WithMask[],
  { withFeatures = false, session = explainer.score, pauses = true, isTimed = false }: ScoreOptions = {},
): Promise<Scored> {
  const count = runSize(masks.length, explainer.batching);
  await turn(work, pauses);
  const names = Object.keys(explainer.fragment.outputs);
  const result = await session.run(
    { [SCORE.image]: image, [SCORE.blurred]: blurred, ...maskFeeds(explainer, masks, count) },
    [...names, ...(withFeatures ? tensorsRead(explainer) : [])],
  );
  const start = result[SCORE.start];
  const outputs = outputsOf(explainer, result, count);
  if (count > 1 && !isTimed)
    await checkApart(explainer, outputs, masks.length - 1, lastAlone, { isRounded: session !== explainer.score });
  work.passes += count;
  return {
    outputs,
    features: withFeatures ? numbers(explainer, 'activations', result[SCORE.features]!) : undefined,
    start: start && numbers(explainer, 'activations', start),
  };

  async function lastAlone(): Promise<Outputs> {
    const copies = copiesAlone(explainer.batching);
    const at = masks.length - 1;
    const pictures = { [SCORE.image]: copiesOf(image, at, copies), [SCORE.blurred]: copiesOf(blurred, at, copies) };
    const same = new Array<WithMask>(copies).fill(masks[at]!);
    const result = await session.run({ ...pictures, ...maskFeeds(explainer, same, copies) }, names);
    return outputsOf(explainer, result, copies)[0]!;
  }
}

/** The outputs of a graph that are tensors of the network. */
export const tensorsRead = ({ info }: Explainer): readonly string[] =>
  placesOf(info).start === undefined ? [SCORE.features] : [SCORE.features, SCORE.start];

/** An image of several, so many times. A single image stays as it is: blends of it are as many as the masks. */
export function copiesOf({ type, data, dims }: Tensor, at: number, copies: number): Tensor {
  const [count = 1, ...image] = dims;
  if (count === 1) return { type, data, dims };
  const size = data.length / count;
  const one = data.subarray(at * size, (at + 1) * size) as Float32Array;
  return copies === 1
    ? { type, data: one, dims: [1, ...image] }
    : stacked(new Array<Float32Array>(copies).fill(one), [copies, ...image]);
}

/** @param count number of masks in a run; missing ones are masks of zeros */
export function maskFeeds(
  explainer: Explainer,
  masks: readonly WithMask[],
  count: number,
): Readonly<Record<string, Tensor>> {
  const { height, width } = explainer.info.preprocessing;
  const [first] = masks.map(({ resampling }) => resampling);
  const layer = layerOf(explainer);
  const maskHeight = first ? first.rows.length / height.value : layer.height;
  const maskWidth = first ? first.columns.length / width.value : layer.width;
  const matrices = first
    ? {
        rows: stacked(
          masks.map(({ resampling }) => resampling!.rows),
          [count, height.value, maskHeight],
        ),
        columns: stacked(
          masks.map(({ resampling }) => resampling!.columns),
          [count, maskWidth, width.value],
        ),
      }
    : explainer.upsampling;
  return {
    [SCORE.masks]: stacked(
      masks.map(({ mask }) => mask),
      [count, maskHeight, maskWidth],
    ),
    [SCORE.rows]: matrices.rows,
    [SCORE.columns]: matrices.columns,
  };
}

/** Joins the values of single items to one tensor for a run, [N, ...], padded with zeros. */
export function stacked(values: readonly Float32Array[], dims: readonly number[]): Tensor {
  const size = sizeOf(dims.slice(1));
  const data = new Float32Array(sizeOf(dims));
  values.forEach((item, i) => {
    data.set(item, i * size);
  });
  return floats(data, dims);
}

/** The number of images in a run that needs `wanted` ones. */
export function runSize(wanted: number, { size, padded }: Explainer['batching']): number {
  return padded ? size : wanted;
}

/** @param result of a graph that makes the fragment's outputs of `count` images */
export function outputsOf(explainer: Explainer, result: Readonly<Record<string, Tensor>>, count: number): Outputs[] {
  const { fragment, info } = explainer;
  const values = Object.entries(fragment.outputs).map(([name, size]) => {
    const all = numbers(explainer, 'class scores', result[name]!);
    if (all.length !== count * size) throw errors.runtimeFailed(info.path, `${all.length} scores for ${count} images`);
    return [name, all] as const;
  });
  return itemsOf(fragment, Object.fromEntries(values), count);
}

/** The target's feeds for a gradient session. */
export function targetFeeds({ inputs }: Fragment, { feeds }: Target): Readonly<Record<string, Tensor>> {
  return Object.fromEntries(inputs.map(({ name, dims }) => [name, floats(feeds[name]!, dims)]));
}

/** Lets pending messages be processed, such as a cancellation, and waits for more urgent work. */
export async function turn({ signal, pause }: Work, pauses = true): Promise<void> {
  await nextTurn();
  if (pauses) await pause?.();
  if (signal.aborted) throw errors.cancelled();
}

/** @throws not-finite */
export function numbers({ info }: Explainer, what: string, { data }: Tensor): Float32Array {
  const values = data as Float32Array;
  // A loop is used, since `every` would call a function for each of the hundred thousand values of a layer.
  for (let i = 0; i < values.length; i++) {
    if (!Number.isFinite(values[i])) throw errors.notFinite(info.path, what);
  }
  return values;
}

export function imageOf({ tensor, dims }: PreparedInput): Tensor {
  return floats(tensor, dims);
}
