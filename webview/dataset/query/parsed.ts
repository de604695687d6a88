/** What the text of a query means, or what is wrong with it. Pure. */
import { reasonOf } from '../../../src/core/errors';
import { parseQuery } from '../../../src/core/query/parse';
import type { Query } from '../../../src/core/query/query';

export type Parsed = { readonly query: Query } | { readonly fault: string };

export function parsedOf(text: string): Parsed {
  try {
    return { query: parseQuery(text) };
  } catch (thrown) {
    return { fault: reasonOf(thrown) };
  }
}
