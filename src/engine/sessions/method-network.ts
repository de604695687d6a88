/** Implements the network that the methods of core use, with the sessions of an explainer. */

import { DOWNSTREAM } from '../../core/cam/downstream';
import { GRADIENT } from '../../core/cam/gradient';
import { SCORE } from '../../core/cam/transform';
import { errors } from '../../core/errors';
import type { Blur } from '../../core/methods/choice';
import type { BackwardRule, MethodNetwork, Scored, WithFeatures, WithImage } from '../../core/methods/network';
import { startInUse } from '../../core/model/info';
import { mapsOf, tensorOf } from '../../core/model/layers/arrangement';
import type { Outputs, Target } from '../../core/target/target';
import { relayout } from '../pictures/prepare';
import { inChunks, SINGLE } from '../runtime/batching';
import { floats, type Session, type Tensor } from '../runtime/runtime';
import { checkApart, copiesAlone } from './apart';
import { scoreMasks } from './blends';
import type { Explainer } from './explainer';
import { type ImageState, layerOf, type Part, type Parts, startOf } from './explainer';
import { copiesOf, numbers, outputsOf, runSize, score, stacked, targetFeeds, turn, type Work } from './passes';

export function networkOf(explainer: Explainer, state: ImageState, blur: Blur, work: Work): MethodNetwork {
  const { info } = explainer;
  const { channels, layout } = info.input;
  const size = { height: info.preprocessing.height.value, width: info.preprocessing.width.value };
  const planes = (data: Float32Array) => relayout(data, layout, 'NCHW', channels, size);
  const ordered = (image: Float32Array) => relayout(image, 'NCHW', layout, channels, size);

  return {
    outputs: state.outputs,
    input: { data: planes(state.input.tensor), channels, ...size },
    features: state.features,
    ...(work.due && { isDue: work.due.isDue }),
    head: explainer.parts['linear-head'],
    featureGradient: (target) => featureGradient(explainer, state, target, work),

    inputGradients: <T extends WithImage>(items: Iterable<T>, target: Target, rule: BackwardRule) =>
      inChunks({ batching: SINGLE }, items, async (chunk) => {
        const [item] = chunk as readonly [T];
        const gradient = await inputGradient(explainer, state, ordered(item.image), target, rule, work);
        return [{ item, gradient: planes(gradient) }];
      }),

    scoreImages: <T extends WithImage>(items: Iterable<T>) =>
      inChunks(explainer, items, async (chunk) => {
        const images = batched(
          explainer,
          chunk.map(({ image }) => ordered(image)),
          state.input.dims,
        );
        // To score plain images, each image is passed as both inputs of the blend: the blend then leaves it unchanged.
        const hidden = chunk.map(() => ({ mask: new Float32Array(state.features.height * state.features.width) }));
        return withOutputs(chunk, (await score(explainer, work, images, images, hidden)).outputs);
      }),

    scoreMasks: (items, background, scoring) => scoreMasks(explainer, state, items, background, blur, work, scoring),

    scoreFeatures: <T extends WithFeatures>(items: Iterable<T>) =>
      inChunks(explainer, items, async (chunk) => {
        const features = chunk.map((item) => item.features);
        return withOutputs(chunk, await scoreFeatures(explainer, state, features, work));
      }),
  };
}

/**
 * `scoreImages` by a session without the blend, for requests with hundreds of images. Methods do not use it, so that
 * their maps do not depend on whether it exists.
 */
export function scoreManyImages<T extends WithImage>(
  explainer: Explainer,
  state: ImageState,
  items: Iterable<T>,
  work: Work,
): AsyncIterable<readonly Scored<T>[]> {
  const { input, preprocessing } = explainer.info;
  const size = { height: preprocessing.height.value, width: preprocessing.width.value };
  const values = state.input.tensor.length;
  const names = Object.keys(explainer.fragment.outputs);
  // All chunks share one buffer, since the system clears the memory of each new buffer.
  let buffer = new Float32Array();
  return inChunks(explainer, items, async (chunk) => {
    const count = runSize(chunk.length, explainer.batching);
    if (buffer.length !== count * values) buffer = new Float32Array(count * values);
    chunk.forEach((item, i) => {
      const place = buffer.subarray(i * values, (i + 1) * values);
      if (item.drawTo && input.layout === 'NCHW') item.drawTo(place);
      else place.set(relayout(item.image, 'NCHW', input.layout, input.channels, size));
    });
    await turn(work);
    const said = async (images: Tensor) => {
      const result = await partOf(explainer, 'images').run({ [SCORE.image]: images }, names);
      return outputsOf(explainer, result, images.dims[0]!);
    };
    const images = floats(buffer, [count, ...state.input.dims.slice(1)]);
    const outputs = await said(images);
    if (count > 1) {
      const at = chunk.length - 1;
      const alone = () => said(copiesOf(images, at, copiesAlone(explainer.batching)));
      await checkApart(explainer, outputs, at, async () => (await alone())[0]!);
    }
    work.passes += count;
    return withOutputs(chunk, outputs);
  });
}

function withOutputs<T>(items: readonly T[], outputs: readonly Outputs[]): Scored<T>[] {
  return items.map((item, i) => ({ item, outputs: outputs[i]! }));
}

/** The gradient of the target's value with respect to A, [K, height, width]. */
export async function featureGradient(
  explainer: Explainer,
  state: Pick<ImageState, 'input' | 'activations' | 'start'>,
  target: Target,
  work: Work,
): Promise<Float32Array> {
  const layer = layerOf(explainer);
  const start = startOf(explainer, state);
  if (startInUse(explainer.info).tensor === explainer.info.input.name) work.passes += 1;
  return mapsOf(await gradient(explainer, partOf(explainer, 'feature-gradient'), start, target, work), layer);
}

const GRADIENTS = { plain: 'input-gradient', guided: 'guided-gradient' } as const satisfies Record<BackwardRule, Part>;

function inputGradient(
  explainer: Explainer,
  { input }: ImageState,
  image: Float32Array,
  target: Target,
  rule: BackwardRule,
  work: Work,
): Promise<Float32Array> {
  work.passes += 1;
  return gradient(explainer, partOf(explainer, GRADIENTS[rule]), floats(image, input.dims), target, work);
}

async function gradient(
  explainer: Explainer,
  session: Session,
  source: Tensor,
  target: Target,
  work: Work,
): Promise<Float32Array> {
  await turn(work);
  const feeds = { [GRADIENT.source]: source, ...targetFeeds(explainer.fragment, target) };
  const result = await session.run(feeds, [GRADIENT.gradient]);
  const values = numbers(explainer, 'gradients', result[GRADIENT.gradient]!);
  work.hasSlope ||= values.some((value) => value !== 0);
  return values;
}

async function scoreFeatures(
  explainer: Explainer,
  state: ImageState,
  features: readonly Float32Array[],
  work: Work,
): Promise<readonly Outputs[]> {
  const layer = layerOf(explainer);
  const names = Object.keys(explainer.fragment.outputs);
  const tensors = features.map((maps) => tensorOf(maps, layer, state.activations));
  const count = runSize(features.length, explainer.batching);
  const { data, dims } = startOf(explainer, state);
  const said = async (of: readonly Float32Array[], images: number) => {
    const feeds = {
      [DOWNSTREAM.features]: stacked(of, [images, ...layer.shape.slice(1)]),
      ...(!layer.cut && {
        [DOWNSTREAM.start]: stacked(
          of.map(() => data as Float32Array),
          [images, ...dims.slice(1)],
        ),
      }),
    };
    return outputsOf(explainer, await partOf(explainer, 'features').run(feeds, names), images);
  };
  await turn(work);
  const outputs = await said(tensors, count);
  if (count > 1) {
    const copies = copiesAlone(explainer.batching);
    const same = new Array<Float32Array>(copies).fill(tensors.at(-1)!);
    const alone = async () => (await said(same, copies))[0]!;
    await checkApart(explainer, outputs, tensors.length - 1, alone, { of: 'rest' });
  }
  work.passes += count;
  return outputs;
}

/** Joins the values of single images, [1, ...], to one tensor for a run. */
function batched({ batching }: Explainer, values: readonly Float32Array[], dims: readonly number[]): Tensor {
  return stacked(values, [runSize(values.length, batching), ...dims.slice(1)]);
}

function partOf<P extends Part>({ parts, info }: Explainer, part: P): NonNullable<Parts[P]> {
  const made = parts[part];
  if (!made) throw errors.internal(`no session "${part}" for ${info.path}`);
  return made as NonNullable<Parts[P]>;
}
