/** Random numbers that depend on a seed and a place alone, so that work may begin again anywhere. */
import { createRandom, type Random } from '../random';

/** What the numbers are for; the same place has other numbers for another purpose. */
export const PURPOSES = { order: 1, augmentation: 2, mask: 3, pasting: 4 } as const;

/**
 * @param seed a whole number
 * @param place whole numbers below 2^32, such as an epoch and an image
 */
export function randomAt(seed: number, ...place: readonly number[]): Random {
  const state = place.reduce((bits, part) => createRandom((bits ^ part) >>> 0).bits(), createRandom(seed >>> 0).bits());
  return createRandom(state);
}
