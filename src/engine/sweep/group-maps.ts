/**
 * Group-CAM's maps of many images at once (arXiv 2103.13859, section 5): without the importance weights of equation 1, so that
 * no backward pass is needed, and without de-noising. `groupCam` of core makes the same maps one by one.
 */
import { isConstant, type Mask, makeMask, normalised } from '../../core/cam/masks';
import { maskScore, merge } from '../../core/cam/merge';
import { groupMaps, unitWeights } from '../../core/cam/split';
import { areFaint } from '../../core/methods/faint';
import { mapsOf } from '../../core/model/layers/arrangement';
import { blankFrame, type MethodFrame } from '../../core/saliency';
import { classTarget } from '../../core/target/class-scores';
import type { Outputs } from '../../core/target/target';
import { inChunks } from '../runtime/batching';
import { type Explainer, layerOf } from '../sessions/explainer';
import { runSize, score, stacked, type Work } from '../sessions/passes';

/** An image of which a map is asked. Both pictures are in the network's layout. */
export interface Asked {
  readonly image: Float32Array;
  readonly blurred: Float32Array;
  /** The class. */
  readonly index: number;
}

interface Blend extends Pick<Asked, 'image' | 'blurred'> {
  readonly mask: Float32Array;
}

/** Images whose activations are in memory at a time. Their masks are many times as many, so the runs are full. */
const TOGETHER = 16;

/**
 * @param images any number
 * @param dims of an image, [1, ...]
 * @param count called after each image
 * @returns a frame for each image, in order; blank where the scores of its class are too small to be told apart
 * @throws not-finite
 */
export async function groupMapsOf(
  explainer: Explainer,
  images: readonly Asked[],
  dims: readonly number[],
  groups: number,
  work: Work,
  count: () => void = () => {},
): Promise<readonly MethodFrame[]> {
  const frames: MethodFrame[] = [];
  for (let from = 0; from < images.length; from += TOGETHER) {
    const found = await together(explainer, images.slice(from, from + TOGETHER), dims, groups, work);
    frames.push(...found);
    found.forEach(count);
  }
  return frames;
}

async function together(
  explainer: Explainer,
  images: readonly Asked[],
  dims: readonly number[],
  groups: number,
  work: Work,
): Promise<readonly MethodFrame[]> {
  const { preprocessing, labels } = explainer.info;
  const layer = layerOf(explainer);
  const { channels, height, width } = layer;
  const nothing = new Float32Array(height * width);
  const scored = (blends: Iterable<Blend>, withFeatures = false) =>
    scoredBlends(explainer, blends, dims, work, withFeatures);
  const own = await scored(
    images.map(({ image }) => ({ image, blurred: image, mask: nothing })),
    true,
  );
  const split = own.map(({ activations }) => {
    const features = { data: mapsOf(activations!, layer), channels, height, width };
    const masks = groupMaps(features, unitWeights(channels), groups).map((map) =>
      makeMask(map, features, preprocessing.height.value, preprocessing.width.value),
    );
    return { masks, shown: [...masks.keys()].filter((l) => !isConstant(masks[l]!)) };
  });
  const results = await scored(
    images.flatMap((asked, i) => {
      const { masks, shown } = split[i]!;
      return [{ ...asked, mask: nothing }, ...shown.map((l) => ({ ...asked, mask: normalised(masks[l]!) }))];
    }),
  );
  let at = 0;
  return images.map(({ index }, i): MethodFrame => {
    const { masks, shown } = split[i]!;
    const target = classTarget(labels.value, { class: index });
    const [blurred, ...others] = results.slice(at, at + 1 + shown.length).map(({ outputs }) => target.score(outputs));
    at += 1 + shown.length;
    const frame = frameOf(masks, shown, others, blurred!, { height, width });
    const all = [blurred!, ...others];
    // As where images are explained one by one: what is left of such scores is rounding.
    return areFaint(target, { least: Math.min(...all), most: Math.max(...all) }) ? blankFrame(frame) : frame;
  });
}

/** @param of the scores of the masks that are shown */
function frameOf(
  masks: readonly Mask[],
  shown: readonly number[],
  of: readonly number[],
  blurred: number,
  size: { readonly height: number; readonly width: number },
): MethodFrame {
  const scores = new Float32Array(masks.length);
  shown.forEach((l, i) => {
    scores[l] = maskScore(of[i]!, blurred, 'gradient-free');
  });
  const total = 1 + shown.length;
  return { done: total, total, ...size, ...merge(masks, scores, 'gradient-free'), signed: false };
}

interface Scored {
  readonly outputs: Outputs;
  readonly activations?: Float32Array;
}

async function scoredBlends(
  explainer: Explainer,
  blends: Iterable<Blend>,
  dims: readonly number[],
  work: Work,
  withFeatures: boolean,
): Promise<Scored[]> {
  const all: Scored[] = [];
  const chunks = inChunks(explainer, blends, async (chunk) => {
    const many = [runSize(chunk.length, explainer.batching), ...dims.slice(1)];
    const pictures = (of: 'image' | 'blurred') =>
      stacked(
        chunk.map((blend) => blend[of]),
        many,
      );
    const { outputs, features } = await score(explainer, work, pictures('image'), pictures('blurred'), chunk, {
      withFeatures,
    });
    const size = features && features.length / outputs.length;
    return chunk.map((_, i) => ({
      outputs: outputs[i]!,
      ...(size !== undefined && { activations: features!.subarray(i * size, (i + 1) * size) }),
    }));
  });
  for await (const chunk of chunks) all.push(...chunk);
  return all;
}
