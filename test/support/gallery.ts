/** Every method on photographs: which models, which images, and what becomes of a map. */
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { ExplainError } from '../../src/core/errors';
import type { MethodName } from '../../src/core/methods/names';
import type { OptionValues } from '../../src/core/options';
import { saliencyOf } from '../../src/core/saliency';
import type { Service } from '../../src/protocol/requests';
import { explainWith } from './explain';
import { REFUSALS } from './refusals';
import { shared } from './shared';

export const GALLERY_MODELS = ['mobilenet_v2', 'mobilenet_v2_birds', 'squeezenet1_1', 'cifar10_resnet20'] as const;
export type GalleryModel = (typeof GALLERY_MODELS)[number];

/** Fewer passes than by default, for the methods that take long. */
export const FEWER: Partial<Record<MethodName, OptionValues>> = {
  'score-cam': { channels: 32 },
  rise: { masks: 50 },
  occlusion: { patch: 20, stride: 20 },
  'integrated-gradients': { steps: 4 },
  'smooth-grad': { samples: 4 },
  xrai: { steps: 2 },
};

/** Paths of the photographs below shared/images. */
export function photographs(): string[] {
  return ['imagenet', path.join('coco128', 'images')].flatMap((folder) =>
    readdirSync(shared('images', folder))
      .filter((name) => /\.jpe?g$/i.test(name))
      .sort()
      .map((name) => path.join(folder, name)),
  );
}

export interface Outcome {
  /** `refused` for a cause of the table; anything else that is thrown is not caught. */
  readonly state: 'map' | 'blank' | 'refused';
  /** Of a blank map or a refusal. */
  readonly reason?: string;
  /** Of a map: what has to be known to read it. */
  readonly note?: string;
  readonly class?: number;
  readonly probability?: number;
  readonly passes?: number;
  readonly milliseconds?: number;
}

/** The most probable class of a photograph explained. */
export async function outcomeOf(
  service: Service,
  model: GalleryModel,
  image: string,
  method: MethodName,
  options: OptionValues = {},
): Promise<Outcome> {
  const choice = {
    image: { path: shared('images', image) },
    model: { path: shared('models', `${model}.onnx`) },
    method,
    options,
  };
  try {
    const { explanation } = await explainWith(service, choice);
    const { map, zero } = saliencyOf(explanation.frame);
    const { reason, note } = explanation.saliency;
    if (!map.every(Number.isFinite)) throw new Error(`${method} of ${image} by ${model}: not finite`);
    return {
      state: zero ? 'blank' : 'map',
      ...(zero && { reason }),
      ...(note && { note }),
      class: explanation.class,
      probability: explanation.probability,
      passes: explanation.passes,
      milliseconds: explanation.milliseconds.total,
    };
  } catch (thrown) {
    const refusal = REFUSALS.find(
      ({ methods, code, message }) =>
        methods.includes(method) &&
        thrown instanceof ExplainError &&
        thrown.code === code &&
        message.test(thrown.message),
    );
    if (!refusal) throw thrown;
    return { state: 'refused', reason: refusal.cause };
  }
}
