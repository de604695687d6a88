/** Inputs of metrics for networks that are small enough to work out by hand. */

import type { MethodNetwork } from '../../../src/core/methods/network';
import type { Subject } from '../../../src/core/metrics/metric';
import type { Saliency } from '../../../src/core/saliency';
import { CLASSES, classTarget } from '../../../src/core/target/class-scores';

/** A network that scores an image by a function of its values, in chunks of three; p of class 0 is that score. */
export function networkScoredBy(
  image: readonly number[],
  [height, width]: readonly [number, number],
  p: (image: Float32Array) => number,
): MethodNetwork {
  const data = Float32Array.from(image);
  const scoresOf = (values: Float32Array) => {
    const probability = p(values);
    return {
      [CLASSES.logits]: Float32Array.of(Math.log(probability), 0),
      [CLASSES.probabilities]: Float32Array.of(probability, 1 - probability),
    };
  };
  const unasked = () => {
    throw new Error('not asked for by metrics');
  };
  return {
    outputs: scoresOf(data),
    input: { data, channels: image.length / (height * width), height, width },
    features: { data: new Float32Array(1), channels: 1, height: 1, width: 1 },
    head: undefined,
    featureGradient: unasked,
    inputGradients: unasked,
    scoreMasks: unasked,
    scoreFeatures: unasked,
    async *scoreImages(items) {
      let chunk = [];
      for (const item of items) {
        if (chunk.push({ item, outputs: scoresOf(item.image) }) < 3) continue;
        yield chunk;
        chunk = [];
      }
      if (chunk.length > 0) yield chunk;
    },
  };
}

export function saliencyFrom(values: ArrayLike<number>, signed = false): Saliency {
  const map = Float32Array.from(values);
  const [min, max] = [Math.min(...map), Math.max(...map)];
  return { map, signed, min, max, zero: min === max };
}

/** Class 0 of a network, with a blurred image of zeros. */
export function subjectOf(network: MethodNetwork, map: ArrayLike<number>, rest: Partial<Subject> = {}): Subject {
  const { data, channels, height, width } = network.input;
  const saliency = saliencyFrom(map);
  return {
    network,
    target: classTarget(['0', '1'], { class: 0 }),
    saliency,
    blurred: new Float32Array(data.length),
    black: new Array<number>(channels).fill(-1),
    imageTransform: { scaleX: 1, scaleY: 1, offsetX: 0, offsetY: 0, image: { width, height } },
    explain: async () => saliency,
    ...rest,
  };
}

export const ignore = () => {};
