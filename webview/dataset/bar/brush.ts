/** Ranges of a histogram's bins. Pure. */
import type { Range } from '../query/edit';

export interface Bins {
  readonly lo: number;
  readonly hi: number;
  readonly bins: number;
}

/** The edge before a bin; `bins` for the last edge. Rounded, so that it reads well in the query. */
export function edge({ lo, hi, bins }: Bins, bin: number): number {
  const step = (hi - lo) / bins;
  const digits = Math.max(Math.ceil(-Math.log10(step)) + 1, 0);
  return Number((lo + bin * step).toFixed(Math.min(digits, 12)));
}

/** The nearest edge of a value. */
export const binOf = ({ lo, hi, bins }: Bins, value: number): number =>
  Math.min(Math.max(Math.round(((value - lo) / (hi - lo)) * bins), 0), bins);

/** Edges as a range of values; at the ends of the histogram there is no bound. */
export function rangeOfEdges(shape: Bins, from: number, to: number): Range {
  const [first, last] = from < to ? [from, to] : [to, from];
  return {
    from: first > 0 ? edge(shape, first) : undefined,
    to: last < shape.bins ? edge(shape, last) : undefined,
  };
}

/** The edges of a range. */
export const edgesOf = (shape: Bins, { from, to }: Range): readonly [number, number] => [
  from === undefined ? 0 : binOf(shape, from),
  to === undefined ? shape.bins : binOf(shape, to),
];

/** Bars as SVG path data in a box of `bins` x 1, the highest as high as the box. */
export function barsOf(counts: ArrayLike<number>): string {
  const values = Array.from(counts);
  const most = Math.max(...values, 1);
  return values
    .map((count, i) => (count > 0 ? `M${i} 1V${(1 - Math.max(count / most, 0.03)).toFixed(3)}H${i + 0.92}V1Z` : ''))
    .join('');
}
