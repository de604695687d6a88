/** A network small enough to differentiate by hand, as the methods see it. */
import type { Background, MethodNetwork, Scored, WithMask } from '../../../src/core/methods/network';
import { CLASSES, seedOf } from '../../../src/core/target/class-scores';
import type { Outputs, Target } from '../../../src/core/target/target';
import { resampled } from '../../support/maps';

export interface TinyNetwork {
  /** [channels][height][width] */
  readonly image: readonly (readonly (readonly number[])[])[];
  /** Side of the averaged squares between the image and the layer. */
  readonly pool?: number;
  /** The layer: A^k = ReLU(sum over c of weights[k][c] P_c + bias[k]), P the averaged image. */
  readonly weights: readonly (readonly number[])[];
  readonly bias?: readonly number[];
  /** t_c = sum over k and positions of head[c][k] places[position] A^k; places are 1 / positions unless given. */
  readonly head: readonly (readonly number[])[];
  readonly places?: readonly number[];
  /** y_c = t_c + curve t_c^2 */
  readonly curve?: number;
}

export interface Counted extends MethodNetwork {
  /** Items asked about, and the most that were drawn before their answer was given. */
  readonly asked: { items: number; atOnce: number };
}

const CHUNK = 3;

export function tinyNetwork(model: TinyNetwork): Counted {
  const { image, pool = 1, weights, head, curve = 0 } = model;
  const [channels, height, width] = [image.length, image[0]!.length, image[0]![0]!.length];
  const [u, v, K] = [height / pool, width / pool, weights.length];
  const positions = u * v;
  const bias = model.bias ?? weights.map(() => 0);
  const places = model.places ?? new Array<number>(positions).fill(1 / positions);
  const data = Float32Array.from(image.flat(2));
  const positionOf = (pixel: number) =>
    Math.floor(Math.floor(pixel / width) / pool) * v + Math.floor((pixel % width) / pool);

  const featuresOf = (input: Float32Array) => {
    const averaged = new Float64Array(channels * positions);
    input.forEach((value, i) => {
      const [c, pixel] = [Math.floor(i / (height * width)), i % (height * width)];
      averaged[c * positions + positionOf(pixel)]! += value / pool ** 2;
    });
    return Float32Array.from({ length: K * positions }, (_, i) => {
      const [k, p] = [Math.floor(i / positions), i % positions];
      return Math.max(
        weights[k]!.reduce((sum, w, c) => sum + w * averaged[c * positions + p]!, bias[k]!),
        0,
      );
    });
  };
  const linear = (features: Float32Array) =>
    head.map((row) =>
      features.reduce((sum, a, i) => sum + row[Math.floor(i / positions)]! * places[i % positions]! * a, 0),
    );
  const scoresOf = (features: Float32Array): Outputs => {
    const logits = Float32Array.from(linear(features), (t) => t + curve * t ** 2);
    const total = logits.reduce((sum, y) => sum + Math.exp(y), 0);
    return { [CLASSES.logits]: logits, [CLASSES.probabilities]: logits.map((y) => Math.exp(y) / total) };
  };
  const featureGradient = (features: Float32Array, target: Target) => {
    const slopes = linear(features).map((t, c) => seedOf(target)![c]! * (1 + 2 * curve * t));
    return Float32Array.from(features, (_, i) => {
      const [k, p] = [Math.floor(i / positions), i % positions];
      return places[p]! * slopes.reduce((sum, slope, c) => sum + slope * head[c]![k]!, 0);
    });
  };
  const inputGradient = (input: Float32Array, target: Target, rule: 'plain' | 'guided') => {
    const features = featuresOf(input);
    const upstream = featureGradient(features, target).map((g) => (rule === 'guided' ? Math.max(g, 0) : g));
    return Float32Array.from(input, (_, i) => {
      const [c, p] = [Math.floor(i / (height * width)), positionOf(i % (height * width))];
      return weights.reduce((sum, w, k) => {
        const at = k * positions + p;
        return sum + (features[at]! > 0 ? (w[c]! * upstream[at]!) / pool ** 2 : 0);
      }, 0);
    });
  };

  const asked = { items: 0, atOnce: 0 };
  async function* chunked<T, Answer>(items: Iterable<T>, answer: (item: T) => Answer): AsyncGenerator<Answer[]> {
    let chunk: T[] = [];
    const flush = () => {
      asked.atOnce = Math.max(asked.atOnce, chunk.length);
      const answers = chunk.map(answer);
      chunk = [];
      return answers;
    };
    for (const item of items) {
      asked.items += 1;
      if (chunk.push(item) === CHUNK) yield flush();
    }
    if (chunk.length > 0) yield flush();
  }
  const scored = <T>(item: T, features: Float32Array): Scored<T> => ({ item, outputs: scoresOf(features) });
  /** I M + B (1 - M); the blurred image is the mean of each channel here, and masks of the layer's size have squares. */
  const blend = ({ mask, resampling }: WithMask, background: Background) => {
    const pixels = height * width;
    const full = resampling
      ? resampled(mask, resampling, height, width)
      : Array.from({ length: pixels }, (_, i) => mask[positionOf(i)]!);
    return data.map((value, i) => {
      const plane = data.subarray(Math.floor(i / pixels) * pixels, (Math.floor(i / pixels) + 1) * pixels);
      const behind = background === 'zero' ? 0 : plane.reduce((a, b) => a + b, 0) / pixels;
      const m = full[i % pixels]!;
      return value * m + behind * (1 - m);
    });
  };

  const features = featuresOf(data);
  return {
    asked,
    input: { data, channels, height, width },
    features: { data: features, channels: K, height: u, width: v },
    outputs: scoresOf(features),
    head: model.places || curve ? undefined : Float32Array.from(head.flat()),
    featureGradient: async (target) => featureGradient(features, target),
    inputGradients: (items, target, rule) =>
      chunked(items, (item) => ({ item, gradient: inputGradient(item.image, target, rule) })),
    scoreImages: (items) => chunked(items, (item) => scored(item, featuresOf(item.image))),
    scoreMasks: (items, background) => chunked(items, (item) => scored(item, featuresOf(blend(item, background)))),
    scoreFeatures: (items) => chunked(items, (item) => scored(item, item.features)),
  };
}
