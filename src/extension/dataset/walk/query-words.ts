/** Queries as the extension writes and abbreviates them. Pure. */

const LONGEST = 40;

/** A name in a query, quoted where it is not a plain word. */
export function quoted(name: string): string {
  return /^[\p{L}_][\p{L}\p{N}_-]*$/u.test(name) ? name : `"${name.replace(/["\\]/g, '\\$&')}"`;
}

/** What a list has, in words that follow its number of images: "wrong", "images". */
export function shortQuery(query: string): string {
  const condition = query
    .replace(/\s*\b(order\s+by|limit)\b.*$/is, '')
    .replace(/\s+/g, ' ')
    .trim();
  if (condition === '') return 'images';
  return condition.length > LONGEST ? `${condition.slice(0, LONGEST - 1)}…` : condition;
}

/** Where a list is at: "3 of 57 wrong". */
export const placeText = (position: number, count: number, query: string): string =>
  `${position + 1} of ${count} ${shortQuery(query)}`;
