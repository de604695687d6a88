/** Deletion (RISE, arXiv 1806.07421): the area under the curve from the image to one without it; lower is better. */
import { choice, type OptionsOf, seedOption } from '../options';
import { createRandom } from '../random';
import { areaUnder, curveBetween, stepOptions } from './curve';
import type { MetricResult, Report, Subject } from './metric';

/**
 * The values that replace deleted pixels. `blur`: the blurred image (Group-CAM's text). `zero`: 0 after preprocessing,
 * usually the mean colour (its authors' code). `noise`: normally distributed, with the mean and the deviation of each
 * channel of the image.
 */
const SUBSTITUTES = ['blur', 'zero', 'black', 'noise'] as const;

export const deletionOptions = {
  ...stepOptions,
  to: choice('What deleted pixels become', 'blur', SUBSTITUTES),
  seed: seedOption,
};

type Options = OptionsOf<typeof deletionOptions>;

export async function deletion(subject: Subject, options: Options, report: Report): Promise<MetricResult> {
  const ends = { from: subject.network.input.data, to: deletedImage(subject, options) };
  const curve = await curveBetween(subject, ends, options, report);
  return { scores: { deletion: areaUnder(curve) }, curve, ends };
}

/** The image after all pixels are deleted, [channels, height, width]. */
export function deletedImage(
  subject: Pick<Subject, 'network' | 'blurred' | 'black'>,
  { to, seed }: Pick<Options, 'to' | 'seed'>,
): Float32Array {
  return MAKERS[to](subject, seed);
}

type Maker = (subject: Pick<Subject, 'network' | 'blurred' | 'black'>, seed: number) => Float32Array;

const MAKERS: { readonly [S in (typeof SUBSTITUTES)[number]]: Maker } = {
  blur: ({ blurred }) => blurred,
  zero: ({ network }) => new Float32Array(network.input.data.length),
  black: ({ network: { input }, black }) => {
    const pixels = input.height * input.width;
    return input.data.map((_, i) => black[Math.floor(i / pixels)]!);
  },
  noise: ({ network: { input } }, seed) => {
    const { data, channels } = input;
    const random = createRandom(seed);
    const noise = new Float32Array(data.length);
    const pixels = data.length / channels;
    for (let c = 0; c < channels; c++) {
      const plane = data.subarray(c * pixels, (c + 1) * pixels);
      const mean = plane.reduce((sum, value) => sum + value, 0) / pixels;
      const variance = plane.reduce((sum, value) => sum + (value - mean) ** 2, 0) / pixels;
      for (let i = 0; i < pixels; i++) noise[c * pixels + i] = mean + Math.sqrt(variance) * random.normal();
    }
    return noise;
  },
};
