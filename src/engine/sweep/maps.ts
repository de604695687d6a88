/** Grad-CAM maps of a sweep, the same as those of `explain`. */
import type { FeatureMaps } from '../../core/cam/features';
import { channelWeights } from '../../core/cam/split';
import { ExplainError } from '../../core/errors';
import { gradCamFrame } from '../../core/methods/grad-cam';
import type { MethodFrame } from '../../core/saliency';
import { classTarget } from '../../core/target/class-scores';
import type { SweepParams } from '../../protocol/requests';
import { checkLayer } from '../explanations/method-needs';
import type { Explainer, Part } from '../sessions/explainer';
import { featureGradient } from '../sessions/method-network';
import type { Work } from '../sessions/passes';
import type { ReadImage } from './read';
import type { Passed } from './run';

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
): Promise<{ readonly explainer: Explainer; readonly mapper?: Mapper }> {
  const explainer = await load(['sweep', 'linear-head']);
  if (!maps) return { explainer };
  const head = explainer.parts['linear-head'];
  // The head gives what `link` makes logits of, so its weights are gradients only without a link.
  if (head && explainer.info.output.link === 'identity') return { explainer, mapper: linearMapper(head) };
  try {
    checkLayer('grad-cam', explainer.info);
    const complete = await load(['sweep', 'linear-head', 'feature-gradient']);
    return { explainer: complete, mapper: gradientMapper(complete) };
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
  return async ({ activations, input, features }, index, work) => {
    const target = classTarget(explainer.info.labels.value, { class: index });
    try {
      const state = { activations, input: { ...input, milliseconds: 0 } };
      const gradient = await featureGradient(explainer, state, target, work);
      return gradCamFrame(features, channelWeights(gradient, features.channels));
    } catch (thrown) {
      if (thrown instanceof ExplainError && thrown.code === 'not-finite') return thrown.message;
      throw thrown;
    }
  };
}
