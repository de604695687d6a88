/** What an arm makes of an image before the network is trained on it. */
import { DEFAULT_CHOICE } from '../../core/methods/choice';
import { mapsOf } from '../../core/model/layers/arrangement';
import type { Random } from '../../core/random';
import { type MethodFrame, saliencyOf } from '../../core/saliency';
import type { InputForm } from '../../core/training/augment';
import { areaOf, binarised, mixed, randomMask } from '../../core/training/masks';
import type { Arm } from '../../protocol/training';
import { blurImage } from '../sessions/blur';
import { type Explainer, layerOf } from '../sessions/explainer';
import { stacked, type Work } from '../sessions/passes';
import { groupMapsOf } from '../sweep/group-maps';
import { gradientMapper } from '../sweep/maps';
import { createRunner, type Passed } from '../sweep/run';
import { type Input, passesOf } from './images';
import { type NetworkNeeds, type Trainee, withConstants } from './network';

export type MaskedArm = Exclude<Arm, 'plain' | 'head'>;

export const isMasked = (arm: Arm): arm is MaskedArm => arm !== 'plain' && arm !== 'head';

/** What the arms need of the network. */
export const NEEDS: Readonly<Record<Arm, NetworkNeeds>> = {
  plain: { masks: false, gradients: false },
  head: { masks: false, gradients: false },
  'random-mask': { masks: true, gradients: false },
  'grad-cam': { masks: false, gradients: true },
  'group-cam': { masks: true, gradients: false },
  'group-cam-literal': { masks: true, gradients: false },
};

export interface Masking {
  readonly arm: MaskedArm;
  /** G of Group-CAM. */
  readonly groups: number;
  readonly form: InputForm;
}

/** An image of a batch. */
export interface Given {
  readonly input: Input;
  /** The true class. */
  readonly index: number;
  /** For random masks. */
  readonly random: Random;
}

export interface Masked {
  readonly images: readonly Float32Array[];
  /**
   * Images without a map: its gradient is not finite, the probability of their class is too small to be told apart, or the map is the
   * same everywhere, so that the mask keeps the whole image. They are trained on as they are.
   */
  readonly unmapped: number;
}

/**
 * Equation 5 with the maps of the true classes by the network as it is now.
 *
 * @param count called after each image
 */
export async function maskedInputs(
  trainee: Trainee,
  network: Explainer,
  { arm, groups, form }: Masking,
  given: readonly Given[],
  work: Work,
  count: () => void,
): Promise<Masked> {
  const backdrops = await blurredImages(given, form);
  const frames =
    arm === 'grad-cam'
      ? await gradCamsOf(network, given, work, count)
      : await withConstants(trainee, network, (constant) => {
          const asked = given.map(({ input, index }, i) => ({ image: input.tensor, blurred: backdrops[i]!, index }));
          return groupMapsOf(constant, asked, given[0]!.input.dims, groups, work, count);
        });
  const inputSize = { height: form.height, width: form.width };
  let unmapped = 0;
  const images = given.map(({ input, random }, i) => {
    const frame = frames[i];
    const found = frame && saliencyOf({ ...frame, inputSize });
    if (!found || found.zero) {
      unmapped += 1;
      return input.tensor;
    }
    const own = binarised(found.map);
    const mask = arm === 'random-mask' ? randomMask(areaOf(own), form, layerOf(network), random) : own;
    return mixed(input.tensor, backdrops[i]!, mask, form, arm === 'group-cam-literal');
  });
  return { images, unmapped };
}

/** Images that are blurred in one run. */
const BLURRED = 16;

async function blurredImages(given: readonly Given[], { layout }: InputForm): Promise<readonly Float32Array[]> {
  const { kernel, sigma } = DEFAULT_CHOICE.blur;
  const all: Float32Array[] = [];
  for (let from = 0; from < given.length; from += BLURRED) {
    const part = given.slice(from, from + BLURRED).map(({ input }) => input);
    const { tensor, dims } = part[0]!;
    const images = stacked(
      part.map((input) => input.tensor),
      [part.length, ...dims.slice(1)],
    );
    const blurred = (await blurImage(images, layout, kernel, sigma)).data as Float32Array;
    part.forEach((_, i) => {
      all.push(blurred.subarray(i * tensor.length, (i + 1) * tensor.length));
    });
  }
  return all;
}

async function gradCamsOf(network: Explainer, given: readonly Given[], work: Work, count: () => void) {
  const frames: (MethodFrame | undefined)[] = [];
  const inputs = (async function* () {
    for (const { input } of given) yield input;
  })();
  for await (const { input, passed } of passesOf(createRunner(network), inputs, work)) {
    frames.push(await gradCamOf(network, input, passed, given[frames.length]!.index, work));
    count();
  }
  return frames;
}

/** Grad-CAM's map of a class; undefined where it has none. */
export async function gradCamOf(
  explainer: Explainer,
  input: Input,
  passed: Passed,
  index: number,
  work: Work,
): Promise<MethodFrame | undefined> {
  const layer = layerOf(explainer);
  const { channels, height, width } = layer;
  const features = { data: mapsOf(passed.activations, layer), channels, height, width };
  const frame = await gradientMapper(explainer)({ ...passed, input, features }, index, work);
  return typeof frame === 'string' ? undefined : frame;
}
