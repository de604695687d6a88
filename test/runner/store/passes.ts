/** Whether a number is as a condition says. */
import type { Comparison } from '../../../src/core/query/query';

export function passes(
  number: number | undefined,
  { comparison, value }: { comparison: Comparison; value: number },
): boolean {
  if (number === undefined) return false;
  return {
    '<': number < value,
    '<=': number <= value,
    '=': number === value,
    '!=': number !== value,
    '>=': number >= value,
    '>': number > value,
  }[comparison];
}
