/** Suggestions for a mistyped name. */
import leven from 'leven';

/**
 * The entries nearest to `wanted`, best first: those that contain it, then those at a small edit distance, whatever the
 * case.
 */
export function nearest<T extends { readonly name: string }>(entries: readonly T[], wanted: string, count = 5): T[] {
  const text = wanted.toLowerCase();
  const limit = Math.max(2, Math.floor(text.length / 3));
  return entries
    .map((entry) => ({ entry, distance: distanceOf(entry.name.toLowerCase(), text, limit) }))
    .filter(({ distance }) => distance <= limit)
    .sort((a, b) => a.distance - b.distance)
    .slice(0, count)
    .map(({ entry }) => entry);
}

/** 0 for a name that contains the text; more than `limit` stands for any larger one. */
function distanceOf(name: string, text: string, limit: number): number {
  if (text !== '' && name.includes(text)) return 0;
  return leven(name, text, { maxDistance: limit + 1 });
}
