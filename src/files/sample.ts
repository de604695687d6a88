/** Draws some of many things at random. */
import { createRandom } from '../core/random';

/**
 * Draws `limit` items at random and keeps their order. With the same seed, a higher limit only adds items.
 *
 * @param first whether an item is drawn before all others
 */
export function sample<T>(
  items: readonly T[],
  limit: number | undefined,
  seed: number,
  first: (item: T) => boolean = () => false,
): readonly T[] {
  if (limit === undefined || limit >= items.length) return items;
  const random = createRandom(seed);
  // A key lies in [0, 1).
  const keys = items.map((item) => random.uniform() - (first(item) ? 1 : 0));
  const chosen = new Set(
    Array.from(items.keys())
      .sort((a, b) => keys[a]! - keys[b]!)
      .slice(0, limit),
  );
  return items.filter((_, i) => chosen.has(i));
}
