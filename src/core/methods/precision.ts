/**
 * The precision in which blends are scored; `auto` takes int8 on a CPU, and float16 on other devices, where that is faster and
 * faithful.
 */
export const PRECISIONS = ['float32', 'int8', 'float16', 'auto'] as const;
export type Precision = (typeof PRECISIONS)[number];

/** What an explanation asked for, and what it got. */
export interface UsedPrecision {
  readonly used: Exclude<Precision, 'auto'>;
  /** In words for the user. */
  readonly reason: string;
}
