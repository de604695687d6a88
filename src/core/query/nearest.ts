/** Suggestions for a mistyped word of a query. */
import leven from 'leven';

/** A longer word is none of the language's, mistyped or not. */
const LONGEST = 20;

/** The known word that differs least from a text; undefined if none is near. */
export function nearestWord(known: readonly string[], text: string): string | undefined {
  if (text.length > LONGEST) return undefined;
  const limit = Math.min(2, Math.floor(text.length / 2));
  const near = known
    .map((word) => ({ word, distance: leven(word, text, { maxDistance: limit + 1 }) }))
    .filter(({ distance }) => distance <= limit);
  return near.sort((a, b) => a.distance - b.distance)[0]?.word;
}
