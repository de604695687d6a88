/** Names that a mistyped one may have meant. */

/**
 * The entries nearest to `wanted`, best first: those that contain it, then those at a small edit distance, whatever the
 * case.
 */
export function nearest<T extends { readonly name: string }>(entries: readonly T[], wanted: string, count = 5): T[] {
  const text = wanted.toLowerCase();
  const limit = Math.max(2, Math.floor(text.length / 3));
  return entries
    .map((entry) => ({ entry, distance: distanceOf(entry.name.toLowerCase(), text) }))
    .filter(({ distance }) => distance <= limit)
    .sort((a, b) => a.distance - b.distance)
    .slice(0, count)
    .map(({ entry }) => entry);
}

function distanceOf(name: string, text: string): number {
  if (text !== '' && name.includes(text)) return 0;
  return editDistance(name, text);
}

/** Levenshtein's distance. */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const substitution = row[j - 1]! + Number(a[i - 1] !== b[j - 1]);
      next.push(Math.min(substitution, row[j]! + 1, next[j - 1]! + 1));
    }
    row = next;
  }
  return row[b.length]!;
}
