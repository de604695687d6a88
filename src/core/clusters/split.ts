/** Two-means: the split of points into two with the least sum of squares, from several beginnings. */
import type { Random } from '../random';
import { type Points, squaredDistance } from './points';

const STARTS = 10;
const ITERATIONS = 100;

export interface Split {
  /** Positions within `members`. */
  readonly parts: readonly [readonly number[], readonly number[]];
  /**
   * Distance of the two centres over the standard deviation within the parts, along the line through both. Cutting one
   * normal distribution in half gives 2.65; a uniform one 3.46.
   */
  readonly separation: number;
}

/** @returns undefined if all points are equal */
export function* splitInTwo(
  points: Points,
  members: readonly number[],
  random: Random,
): Generator<void, Split | undefined> {
  let best: { readonly sum: number; readonly isSecond: Uint8Array; readonly centres: Float64Array } | undefined;
  for (let start = 0; start < STARTS; start++) {
    const run = yield* lloyd(points, members, random);
    if (run && (!best || run.sum < best.sum * (1 - 1e-9))) best = run;
  }
  if (!best) return undefined;
  const { isSecond, centres } = best;
  const parts = [0, 1].map((side) => members.filter((_, i) => isSecond[i] === side));
  const [first, second] = parts as [number[], number[]];
  if (first.length === 0 || second.length === 0) return undefined;
  return { parts: [first, second], separation: separationOf(points, first, second, centres) };
}

function* lloyd({ data, dimensions }: Points, members: readonly number[], random: Random) {
  const centres = new Float64Array(2 * dimensions);
  const place = (side: number, member: number) => {
    for (let d = 0; d < dimensions; d++) centres[side * dimensions + d] = data[member * dimensions + d]!;
  };
  place(0, members[random.below(members.length)]!);
  const distances = members.map((m) => squaredDistance(data, m, centres, 0, dimensions));
  const total = distances.reduce((sum, d) => sum + d, 0);
  if (total === 0) return undefined;
  place(1, members[draw(distances, random.uniform() * total)]!);

  const isSecond = new Uint8Array(members.length);
  let sum = 0;
  for (let iteration = 0; iteration < ITERATIONS; iteration++) {
    yield;
    let changed = iteration === 0;
    sum = 0;
    members.forEach((m, i) => {
      const a = squaredDistance(data, m, centres, 0, dimensions);
      const b = squaredDistance(data, m, centres, 1, dimensions);
      const side = b < a ? 1 : 0;
      if (side !== isSecond[i]) changed = true;
      isSecond[i] = side;
      sum += Math.min(a, b);
    });
    if (!changed) break;
    const counts = [0, 0];
    const sums = new Float64Array(2 * dimensions);
    members.forEach((m, i) => {
      const side = isSecond[i]!;
      counts[side]! += 1;
      for (let d = 0; d < dimensions; d++) sums[side * dimensions + d]! += data[m * dimensions + d]!;
    });
    for (const side of [0, 1]) {
      if (counts[side] === 0) continue;
      for (let d = 0; d < dimensions; d++)
        centres[side * dimensions + d] = sums[side * dimensions + d]! / counts[side]!;
    }
  }
  return { sum, isSecond, centres };
}

/** The first position at which the running sum exceeds `drawn`; rounding may leave none. */
function draw(chances: readonly number[], drawn: number): number {
  let sum = 0;
  for (const [i, chance] of chances.entries()) {
    sum += chance;
    if (sum > drawn) return i;
  }
  return chances.findLastIndex((chance) => chance > 0);
}

function separationOf({ data, dimensions }: Points, first: number[], second: number[], centres: Float64Array): number {
  const line = Float64Array.from({ length: dimensions }, (_, d) => centres[dimensions + d]! - centres[d]!);
  const length = Math.sqrt(line.reduce((sum, value) => sum + value ** 2, 0));
  if (length === 0) return 0;
  let squares = 0;
  for (const part of [first, second]) {
    const along = part.map((m) =>
      line.reduce((sum, value, d) => sum + (value / length) * data[m * dimensions + d]!, 0),
    );
    const mean = along.reduce((sum, value) => sum + value, 0) / along.length;
    squares += along.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  }
  const deviation = Math.sqrt(squares / (first.length + second.length));
  return deviation === 0 ? Number.POSITIVE_INFINITY : length / deviation;
}
