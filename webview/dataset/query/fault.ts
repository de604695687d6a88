/** Where the fault of a query is, as its message says. Pure. */

const PLACE = /^query, at character (\d+) \(".*"\): ([\s\S]*)$/;

/** The position in the query, from 0, and the reason alone; of other messages the whole. */
export function placeOf(query: string, message: string): { readonly at?: number; readonly reason: string } {
  const found = PLACE.exec(message);
  if (!found) return { reason: message };
  return { at: Math.min(Number(found[1]) - 1, query.length), reason: found[2]! };
}
