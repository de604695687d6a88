/** Which images a batch has. */
import type { Random } from '../random';
import { PURPOSES, randomAt } from './seeds';

/** What of an image decides how often it is drawn. */
export interface Grouped {
  readonly truth: readonly number[];
  readonly group?: number;
}

/**
 * Indices of the images that count equally as a whole: all, those of each class, or those of each class within each group.
 * Images without a group are a group of their own.
 */
export function groupsOf(
  images: readonly Grouped[],
  balance: 'none' | 'class' | 'group',
): readonly (readonly number[])[] {
  const groups = new Map<string, number[]>();
  images.forEach(({ truth, group }, i) => {
    const key =
      balance === 'none' ? '' : `${truth.toSorted((a, b) => a - b)}${balance === 'group' ? `/${group ?? ''}` : ''}`;
    const members = groups.get(key);
    if (members) members.push(i);
    else groups.set(key, [i]);
  });
  return [...groups.values()];
}

/** Weights with mean 1, so that each group has the same sum. */
export function weightsOf(groups: readonly (readonly number[])[]): Float64Array {
  const count = groups.reduce((sum, { length }) => sum + length, 0);
  const weights = new Float64Array(count);
  for (const members of groups) for (const i of members) weights[i] = count / (groups.length * members.length);
  return weights;
}

/** Batches of an epoch. The last one is filled up with images from the epoch's beginning. */
export const stepsPerEpoch = (images: number, batch: number): number => Math.ceil(images / batch);

/** The images of an epoch in their order: each once, or as often from one group as from another. */
export function epochOrder(
  groups: readonly (readonly number[])[],
  { seed, epoch }: { readonly seed: number; readonly epoch: number },
): Uint32Array {
  const random = randomAt(seed, PURPOSES.order, epoch);
  const count = groups.reduce((sum, { length }) => sum + length, 0);
  const shuffledGroups = groups.map((members) => shuffled(Uint32Array.from(members), random));
  const order = Uint32Array.from({ length: count }, (_, i) => {
    const members = shuffledGroups[i % groups.length]!;
    return members[Math.floor(i / groups.length) % members.length]!;
  });
  return shuffled(order, random);
}

/** @param index of the batch in its epoch, from 0 */
export function batchOf(order: Uint32Array, index: number, batch: number): Uint32Array {
  return Uint32Array.from({ length: batch }, (_, i) => order[(index * batch + i) % order.length]!);
}

/** In place, by Fisher and Yates. */
export function shuffled(values: Uint32Array, random: Random): Uint32Array {
  for (let i = values.length - 1; i > 0; i--) {
    const j = random.below(i + 1);
    [values[i], values[j]] = [values[j]!, values[i]!];
  }
  return values;
}
