/** Shifts of the heat, computed plainly from maps. */
import type { Row, StoredMap } from '../../../src/protocol/dataset';
import type { RunFile } from '../../../src/runner/store/form';
import { NO_EVENTS } from './made';

/** Values as they are shown: value - offset, without what is negative. */
export const shownValues = ({ values, lo, hi, offset }: StoredMap): readonly number[] =>
  [...values].map((byte) => Math.max(lo + (byte / 255) * (hi - lo) - offset, 0));

/** Ranks from 1 on; those of equal values are their mean. */
const ranksOf = (values: readonly number[]): readonly number[] =>
  values.map((value) => {
    const before = values.filter((other) => other < value).length;
    const same = values.filter((other) => other === value).length;
    return before + (same + 1) / 2;
  });

/** 1 - Pearson's correlation of the ranks; undefined where all values of one side are equal. */
export function plainShift(a: readonly number[], b: readonly number[]): number | undefined {
  const centred = [a, b].map((values) => {
    const ranks = ranksOf(values);
    const mean = ranks.reduce((sum, rank) => sum + rank, 0) / ranks.length;
    return ranks.map((rank) => rank - mean);
  }) as [number[], number[]];
  const dot = (x: readonly number[], y: readonly number[]) => x.reduce((sum, value, i) => sum + value * y[i]!, 0);
  const [x, y] = centred;
  const [xx, yy] = [dot(x, x), dot(y, y)];
  return xx > 0 && yy > 0 ? 1 - dot(x, y) / Math.sqrt(xx * yy) : undefined;
}

/** By item: the shifts of the rows of which two versions predict the same class. */
export function shiftsOf(
  run: RunFile,
  a: number,
  b: number,
  rowsOfB: readonly Row[],
  rowsOfA: ReadonlyMap<number, Row>,
): ReadonlyMap<number, number> {
  const found = new Map<number, number>();
  for (const { item, top } of rowsOfB) {
    const before = rowsOfA.get(item)!.top?.[0]?.[0];
    if (before === undefined || before !== top?.[0]?.[0]) continue;
    const [first, second] = [a, b].map((version) => mapOf(run, version, item));
    const shift = first && second && plainShift(shownValues(first), shownValues(second));
    if (shift !== undefined) found.set(item, shift);
  }
  return found;
}

export function mapOf(run: RunFile, version: number, item: number): StoredMap | undefined {
  const pictures = run.pictures({ version, items: [item], maps: true }, NO_EVENTS);
  if (pictures instanceof Promise) throw new Error('the pictures are not there at once');
  return pictures[0]!.map;
}
