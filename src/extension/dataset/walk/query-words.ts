/** Queries in the words of titles. Pure. */

const LONGEST = 40;

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
  `${(position + 1).toLocaleString('en')} of ${count.toLocaleString('en')} ${shortQuery(query)}`;
