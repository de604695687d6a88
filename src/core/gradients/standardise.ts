/** The common part of layer, instance, group and mean-variance normalisation. */
import { reduce } from '../onnx/ops';
import type { RuleContext } from './rule';
import { add, divide, multiply, subtract } from './rules/arithmetic';

/** n = (x - mean) / sqrt(var + epsilon) over some axes. */
export interface Standardised {
  readonly normal: string;
  /** dx of dn: (dn - mean(dn) - n mean(dn n)) / sqrt(var + epsilon) */
  back(dn: string): string;
}

export function standardised(c: RuleContext, x: string, axes: readonly number[], epsilon: number): Standardised {
  const mean = (tensor: string) => reduce(c.emit, 'ReduceMean', tensor, axes);
  const centred = subtract(c, x, mean(x));
  const variance = mean(multiply(c, centred, centred));
  const deviation = c.emit.op('Sqrt', [add(c, variance, c.scalar(epsilon))]);
  return standardisedBack(c, divide(c, centred, deviation), axes, (dx) => divide(c, dx, deviation));
}

/** @param scaled divides by sqrt(var + epsilon) */
export function standardisedBack(
  c: RuleContext,
  normal: string,
  axes: readonly number[],
  scaled: (tensor: string) => string,
): Standardised {
  const mean = (tensor: string) => reduce(c.emit, 'ReduceMean', tensor, axes);
  return {
    normal,
    back: (dn) => {
      const along = multiply(c, normal, mean(multiply(c, dn, normal)));
      return scaled(subtract(c, subtract(c, dn, mean(dn)), along));
    },
  };
}
