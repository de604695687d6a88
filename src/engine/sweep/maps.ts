/** Grad-CAM maps of a sweep, the same as those of `explain`. */
import type { FeatureMaps } from '../../core/cam/features';
import { channelWeights } from '../../core/cam/split';
import { ExplainError } from '../../core/errors';
import { gradCamFrame } from '../../core/methods/grad-cam';
import { mapsOf } from '../../core/model/layers/arrangement';
import { type MethodFrame, saliencyOf } from '../../core/saliency';
import { classTarget, probabilitiesOf } from '../../core/target/class-scores';
import type { SweepParams } from '../../protocol/requests';
import { topClasses } from '../explanations/class-choice';
import { inputSizeOf } from '../explanations/image-state';
import { checkLayer } from '../explanations/method-needs';
import { floats } from '../runtime/runtime';
import { type Explainer, layerOf, type Part } from '../sessions/explainer';
import { featureGradient } from '../sessions/method-network';
import { numbers, type Work } from '../sessions/passes';
import type { ReadImage } from './read';
import type { MapsWay, Passed } from './run';

/** What is known of an image when its map is made. */
export interface Seen extends Passed {
  readonly input: ReadImage['input'];
  readonly features: FeatureMaps;
}

/** The map of a class, or why there is none, in words. */
export type Mapper = (seen: Seen, index: number, work: Work) => Promise<MethodFrame | string>;

/** What a model lacks without which it has no gradients, while its predictions are as good as any. */
const LACKS: ReadonlySet<string> = new Set([
  'unsupported-operator',
  'not-connected',
  'gradient-rule',
  'no-spatial-layer',
  'method-unsuitable',
]);

/**
 * The sessions of a sweep, and what makes its maps, if it has any.
 *
 * @param load returns the explainer with these parts
 * @throws errors of reading the model and of creating sessions
 */
export async function loadFor(
  { maps }: SweepParams,
  load: (parts: readonly Part[]) => Promise<Explainer>,
): Promise<{ readonly explainer: Explainer; readonly mapper?: Mapper; readonly hasGradients?: true }> {
  const explainer = await load(['sweep', 'linear-head']);
  if (!maps) return { explainer };
  const head = explainer.parts['linear-head'];
  // The head gives what `link` makes logits of, so its weights are gradients only without a link.
  if (head && explainer.info.output.link === 'identity') return { explainer, mapper: linearMapper(head) };
  try {
    checkLayer('grad-cam', explainer.info);
    const complete = await load(['sweep', 'linear-head', 'feature-gradient']);
    return { explainer: complete, mapper: gradientMapper(complete), hasGradients: true };
  } catch (thrown) {
    if (!(thrown instanceof ExplainError && LACKS.has(thrown.code))) throw thrown;
    return { explainer, mapper: async () => thrown.message };
  }
}

/**
 * Logits are linear in the mean of a channel, so the gradient is the same at all of its pixels: the weight over the number
 * of pixels. No gradient has to be computed.
 *
 * @param head [classes, K]
 */
function linearMapper(head: Float32Array): Mapper {
  return async ({ features }, index) => {
    const { channels, height, width } = features;
    const weights = head.subarray(index * channels, (index + 1) * channels);
    return gradCamFrame(
      features,
      weights.map((weight) => weight / (height * width)),
    );
  };
}

export function gradientMapper(explainer: Explainer): Mapper {
  const known = (values: Float32Array, work: Work) => {
    numbers(explainer, 'gradients', floats(values, []));
    work.hasSlope ||= values.some((value) => value !== 0);
    return mapsOf(values, layerOf(explainer));
  };
  const asked = ({ activations, start, input }: Seen, index: number, work: Work) => {
    const target = classTarget(explainer.info.labels.value, { class: index });
    return featureGradient(explainer, { activations, start, input: { ...input, milliseconds: 0 } }, target, work);
  };
  return async (seen, index, work) => {
    const { features, gradient } = seen;
    try {
      const slope = gradient?.class === index ? known(gradient.values, work) : await asked(seen, index, work);
      return gradCamFrame(features, channelWeights(slope, features.channels));
    } catch (thrown) {
      if (thrown instanceof ExplainError && thrown.code === 'not-finite') return thrown.message;
      throw thrown;
    }
  };
}

/** The same map from 0 to 1; empty for what has none. */
export function mapWith(explainer: Explainer, mapper: Mapper): MapsWay['map'] {
  return async (input, passed, asked, work) => {
    const index = asked ?? topClasses(probabilitiesOf(passed.outputs), 1)[0]!;
    const frame = await mapper({ ...passed, input, features: featuresOf(explainer, passed) }, index, work);
    if (typeof frame === 'string') return new Float32Array();
    return saliencyOf({ ...frame, inputSize: inputSizeOf(explainer) }).map;
  };
}

export function featuresOf(explainer: Explainer, { activations }: Pick<Passed, 'activations'>): FeatureMaps {
  const layer = layerOf(explainer);
  const { channels, height, width } = layer;
  return { data: mapsOf(activations, layer), channels, height, width };
}
