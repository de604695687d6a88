/** Draws some of many things at random. */
import { createRandom } from '../core/random';

/** Draws `limit` items at random and keeps their order. With the same seed, a higher limit only adds items. */
export function sample<T>(items: readonly T[], limit: number | undefined, seed: number): readonly T[] {
  if (limit === undefined || limit >= items.length) return items;
  const random = createRandom(seed);
  const keys = items.map(() => random.uniform());
  const chosen = new Set(
    Array.from(items.keys())
      .sort((a, b) => keys[a]! - keys[b]!)
      .slice(0, limit),
  );
  return items.filter((_, i) => chosen.has(i));
}
