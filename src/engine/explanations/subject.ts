/** Makes the input of metrics from an explanation. */

import { methods } from '../../core/methods/method-table';
import type { MethodNetwork } from '../../core/methods/network';
import { centreBlob, randomMap } from '../../core/metrics/baselines';
import type { MeasuredMap } from '../../core/metrics/measurement';
import type { Subject } from '../../core/metrics/metric';
import type { ModelInfo } from '../../core/model/info';
import { createRandom } from '../../core/random';
import type { Frame } from '../../core/saliency';
import { type Saliency, saliencyOf } from '../../core/saliency';
import { classTarget } from '../../core/target/class-scores';
import type { Explanation } from '../../protocol/explanation';
import { relayout } from '../pictures/prepare';
import type { Explainer, ImageState } from '../sessions/explainer';
import { networkOf, scoreManyImages } from '../sessions/method-network';
import { backdropOf, firstPass, type Work } from '../sessions/passes';
import { inputSizeOf } from './image-state';

/** The subjects, by map. They differ only in the map and in how it is computed. */
export type Subjects = { readonly [M in MeasuredMap]: () => Subject };

/**
 * @param regions objects of the class
 * @param seed seed of the random map
 */
export async function subjectsOf(
  explainer: Explainer,
  state: ImageState,
  explanation: Explanation,
  { regions, seed }: { readonly regions?: Subject['regions']; readonly seed: number },
  work: Work,
): Promise<Subjects> {
  const { info } = explainer;
  const network: MethodNetwork = {
    ...networkOf(explainer, state, explanation.blur, work),
    ...(explainer.parts.images && { scoreImages: (items) => scoreManyImages(explainer, state, items, work) }),
  };
  const backdrop = await backdropOf(explainer, state, 'blurred', explanation.blur);
  const shared = {
    network,
    target: classTarget(info.labels.value, { class: explanation.class }),
    blurred: relayout(
      backdrop.tensor.data as Float32Array,
      info.input.layout,
      'NCHW',
      info.input.channels,
      inputSizeOf(explainer),
    ),
    black: blackOf(info),
    imageTransform: state.input.transform,
    ...(regions && { regions }),
  };
  return {
    explanation: () => ({
      ...shared,
      saliency: saliencyOf(explanation.frame),
      explain: (image) => explainAgain(explainer, state, explanation, image, work),
    }),
    random: () => {
      const random = createRandom(seed);
      const draw = () => randomMap(network.input, random);
      return { ...shared, saliency: draw(), explain: async () => draw() };
    },
    centre: () => {
      const saliency = centreBlob(network.input);
      return { ...shared, saliency, explain: async () => saliency };
    },
  };
}

/** Explains another image in the same way. */
async function explainAgain(
  explainer: Explainer,
  { input }: ImageState,
  { method, options, blur, contrast, contrastWeight = 1, class: index }: Explanation,
  image: Float32Array,
  work: Work,
): Promise<Saliency> {
  const { layout, channels } = explainer.info.input;
  const size = inputSizeOf(explainer);
  const tensor = relayout(image, 'NCHW', layout, channels, size);
  const state = await firstPass(explainer, { ...input, tensor }, blur, work);
  const others = contrast?.map((other) => other.class);
  const target = classTarget(explainer.info.labels.value, {
    class: index,
    ...(others && { contrast: { classes: others, weight: contrastWeight } }),
  });
  let last: Pick<Frame, 'height' | 'width' | 'map' | 'offset' | 'signed'>;
  for await (const frame of methods[method].run(networkOf(explainer, state, blur, work), target, options)) last = frame;
  return saliencyOf({ ...last!, inputSize: size });
}

function blackOf({ preprocessing: { mean, std }, input: { channels } }: ModelInfo): readonly number[] {
  return Array.from({ length: channels }, (_, c) => -mean.value[c]! / std.value[c]!);
}
