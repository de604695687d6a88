/** Why the gradient of a target is 0 everywhere, where the scores of a quantised network are the cause. */
import type { OutputInfo } from '../output';
import { CLASSES, probabilitiesOf, seedOf } from './class-scores';
import type { Outputs, Target } from './target';

/**
 * @param outputs for the image
 * @returns in words, if every score that the target depends on is at an end of what its integers can say
 */
export function whyNoSlope(output: OutputInfo, outputs: Outputs, target: Target): string | undefined {
  const seed = seedOf(target);
  if (!output.integers || !seed) return undefined;
  const { lowest, highest, step } = output.integers;
  const values = output.link === 'identity' ? outputs[CLASSES.logits]! : probabilitiesOf(outputs);
  // The first of two classes with one score has its negative.
  const isPair = output.classes === 2 && values[0] === -values[1]!;
  const endOf = (c: number) => {
    const value = isPair ? values[1]! : values[c]!;
    if (value > highest - step / 2) return `${Number(highest.toPrecision(4))}, the highest value`;
    return value < lowest + step / 2 ? `${Number(lowest.toPrecision(4))}, the lowest value` : undefined;
  };
  const ends = [...seed.keys()].filter((c) => seed[c] !== 0).map(endOf);
  if (ends.length === 0 || ends.includes(undefined)) return undefined;
  const [first, ...others] = new Set(ends);
  const at = others.length > 0 ? 'at both ends' : `at ${first}`;
  return `the quantised logit is saturated: ${at} of its integers its gradient is zero; choose another class, a method without gradients such as RISE, or the model in floats`;
}
